"""That the books are right, and every call to a provider is in them."""

from django.utils import timezone

from accounts import ledger, verification
from accounts.models import EntryKind, LedgerEntry
from conversations.models import UNFINISHED, Attempt, TitleCall, Trial


def check_books() -> list[str]:
    """Everything there is to check, kept for the administration; faults raise alarm and are returned as sentences."""
    started_at = timezone.now()
    faults = [*ledger.verify(), *unbooked_attempts()]
    verification.record(faults, started_at=started_at)
    return faults


def unbooked_attempts() -> list[str]:
    """A sentence for each attempt of an ended generation, trial of a route and call for a title without a charge."""
    charged = LedgerEntry.objects.filter(kind=EntryKind.CHARGE).values("attempt_id")
    attempts = Attempt.objects.exclude(generation__status__in=UNFINISHED).exclude(pk__in=charged)
    trials = Trial.objects.exclude(finished_at=None).exclude(pk__in=charged)
    titles = TitleCall.objects.exclude(finished_at=None).exclude(pk__in=charged)
    return [
        f"{what} {key} at {provider} has no charge."
        for what, rows in (
            ("Attempt", attempts.values_list("pk", "provider")),
            ("Trial", trials.values_list("pk", "provider")),
            ("Title", titles.values_list("pk", "provider")),
        )
        for key, provider in rows
    ]
