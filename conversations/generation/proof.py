"""That the books are right, and every call to a provider is in them."""

from django.utils import timezone

from accounts import ledger, verification
from accounts.models import EntryKind, LedgerEntry
from conversations.models import UNFINISHED, Attempt


def check_books() -> list[str]:
    """Everything there is to check, kept for the administration; faults raise alarm and are returned as sentences."""
    started_at = timezone.now()
    faults = [*ledger.verify(), *unbooked_attempts()]
    verification.record(faults, started_at=started_at)
    return faults


def unbooked_attempts() -> list[str]:
    """A sentence for each attempt of an ended generation that has no charge."""
    ended = Attempt.objects.exclude(generation__status__in=UNFINISHED)
    charged = LedgerEntry.objects.filter(kind=EntryKind.CHARGE).values("attempt_id")
    return [
        f"Attempt {key} at {provider} has no charge."
        for key, provider in ended.exclude(pk__in=charged).values_list("pk", "provider")
    ]
