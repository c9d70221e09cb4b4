from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.ids import new_id, new_secret
from conversations.models.conversation import Conversation


class ShareLink(models.Model):
    """A link to a frozen copy of a conversation, for anyone signed in. Later turns never show through."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_secret, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="share_links")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="share_links")
    title = models.CharField(max_length=120)
    # The copy: [{"role", "author_name", "text", "reasoning", "reasoning_ms", "hops", "created_at"}]; never money.
    turns = models.JSONField()
    includes_reasoning = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)  # None = until revoked
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["owner", "-created_at"])]


class ShareVisit(models.Model):
    """That a person opened a link: the owner is told how many did."""

    id = models.BigAutoField(primary_key=True)
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="visits")
    visitor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["link", "visitor"], name="one_visit_per_person"),
        ]
