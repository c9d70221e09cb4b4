from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from conversations.models.conversation import Message


class Rating(models.Model):
    """What a person thinks of a reply. The note is for nobody else; administrators see counts only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reply = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="ratings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_good = models.BooleanField()
    note = models.TextField(blank=True)
    rated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["reply", "user"], name="one_rating_per_reply_and_person"),
        ]
