from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.ids import new_id
from accounts.models.budget import SpendWindow


class EntryKind(models.TextChoices):
    """What a ledger entry does. `hold` and `release` speak of a generation, `charge` and `correction` of an attempt,
    `grant` of one window.
    """

    HOLD = "hold", "hold"
    RELEASE = "release", "release"
    CHARGE = "charge", "charge"
    CORRECTION = "correction", "correction"
    GRANT = "grant", "grant"


class CostSource(models.TextChoices):
    """Where a figure comes from, best first."""

    REPORTED = "reported", gettext_lazy("as billed by the provider")
    PRICED = "priced", gettext_lazy("our price × reported tokens")
    LOOKED_UP = "looked_up", gettext_lazy("looked up at the provider afterwards")
    ESTIMATED = "estimated", gettext_lazy("estimated")
    NOTHING = "nothing", gettext_lazy("nothing was used")


class LedgerEntry(models.Model):
    """One movement of money, never changed (a database trigger says so).

    References are plain ids, never foreign keys: an entry outlives what it speaks of.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)  # makes every step repeatable: "hold:<generation>"
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    # Dollars. A release is negative; a correction or a grant may be.
    amount = models.DecimalField(max_digits=20, decimal_places=12)
    generation_id = models.UUIDField(null=True, db_index=True)
    attempt_id = models.UUIDField(null=True, db_index=True)
    user_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    source = models.CharField(max_length=10, choices=CostSource.choices, blank=True)
    details = models.JSONField(default=dict)  # provider, model, tokens by kind, the price applied
    note = models.TextField(blank=True)
    # By how much this entry took its generation beyond what was held for it: a provider billed above its own bound.
    over = models.DecimalField(max_digits=20, decimal_places=12, null=True)
    # The instant it counts at, in windows and days: that of its generation's hold, however much later it was booked.
    counted_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "ledger entries"
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["user_id", "counted_at"], name="entries_of_a_person"),
            models.Index(
                fields=["team_id", "counted_at"],
                condition=models.Q(team_id__isnull=False),
                name="entries_of_a_team",
            ),
            # What days are made of, and of those the ones that are still open.
            models.Index(
                fields=["counted_at"],
                condition=models.Q(kind__in=["charge", "correction"]),
                name="entries_that_cost",
            ),
            models.Index(
                fields=["created_at"], condition=models.Q(over__isnull=False), name="entries_over_their_hold"
            ),
        ]


class Posting(models.Model):
    """What an entry did to one window: the counters are the sums of these."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(LedgerEntry, on_delete=models.PROTECT, related_name="postings")
    window = models.ForeignKey(SpendWindow, on_delete=models.PROTECT, related_name="postings")
    spent = models.DecimalField(max_digits=20, decimal_places=12)
    held = models.DecimalField(max_digits=20, decimal_places=12)
    granted = models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["entry", "window"], name="one_posting_per_window"),
        ]
