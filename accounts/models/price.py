from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from accounts.ids import new_id


class Price(models.Model):
    """What a provider asks for a model, in dollars per 1M tokens, from one instant to another.

    Keyed by text (provider slug, upstream model name), so that a price outlives the rows that used it.
    Of the rows in force at an instant the youngest counts.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=40)
    upstream_model = models.CharField(max_length=200)
    input = models.DecimalField(max_digits=20, decimal_places=12)
    cache_read = models.DecimalField(max_digits=20, decimal_places=12, null=True, blank=True)  # None = input
    cache_write = models.DecimalField(max_digits=20, decimal_places=12, null=True, blank=True)  # None = input
    output = models.DecimalField(max_digits=20, decimal_places=12)
    # Hours of the week (UTC) with other rates:
    # [{"days": [0, 1], "from": "01:00", "to": "04:00", "input": "0.30", "cache_read": "0.006", "output": "1.20"}],
    # days from 0 = Monday.
    bands = models.JSONField(default=list, blank=True)
    # False for the demo: its replies show what they would have cost, and cost nothing.
    is_billed = models.BooleanField(default=True)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_to = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200)
    author = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["provider", "upstream_model", "valid_from"])]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(input__gte=0) & models.Q(output__gte=0), name="price_is_not_negative"
            ),
        ]
