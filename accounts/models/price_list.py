from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from accounts.ids import new_id


class PriceList(models.Model):
    """A provider's list of prices as it was at one moment, to be looked at before any of it is taken.

    By text, like prices: it outlives the provider's row.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=40)  # slug
    provider_name = models.CharField(max_length=80)
    is_pasted = models.BooleanField(default=False)  # by hand; else a worker asked the provider for it
    unit = models.CharField(max_length=8)  # price_lists.reading.Unit
    offers = models.JSONField(default=list)  # price_lists.reading.Offer
    fault = models.TextField(blank=True)  # why there are none, as a sentence
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=80)
    read_at = models.DateTimeField(null=True)  # None = on its way
    taken_at = models.DateTimeField(null=True)  # when prices of it were last put in force

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["-asked_at"])]
