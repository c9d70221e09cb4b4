from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from accounts.ids import new_id


class AuditEntry(models.Model):
    """Who changed what about people, money, keys and links; never changed itself, holds no secret and no text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    actor_id = models.UUIDField(null=True)  # None = the system or the command line
    actor_name = models.CharField(max_length=80, blank=True)
    action = models.CharField(max_length=60)  # "user.suspended"
    target = models.CharField(max_length=120)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["-created_at"])]
