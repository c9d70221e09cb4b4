from typing import ClassVar

from django.db import models
from django.utils import timezone

from accounts.ids import new_id


class OpenInvitations(models.Manager["Invitation"]):
    def get_queryset(self) -> models.QuerySet["Invitation"]:
        """Those that can still be used now."""
        return (
            super()
            .get_queryset()
            .filter(revoked_at=None, expires_at__gt=timezone.now(), used__lt=models.F("places"))
        )


class Invitation(models.Model):
    """A link that lets people join. Only the hash of its secret is kept, so it can be shown once.

    The link that makes the first administrator is one too (`makes_first_administrator`): it works only
    while there is no administrator.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    secret_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)  # "" = whoever holds the link; else only this address may join
    makes_administrator = models.BooleanField(default=False)
    makes_first_administrator = models.BooleanField(default=False)
    monthly_budget = models.DecimalField(max_digits=20, decimal_places=12, null=True, blank=True)
    places = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0)
    invited_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Invitation"]] = models.Manager()
    open: ClassVar[OpenInvitations] = OpenInvitations()
