"""That every call to a provider is in the ledger."""

from accounts.models import EntryKind, LedgerEntry
from conversations.models import UNFINISHED, Attempt


def unbooked_attempts() -> list[str]:
    """A sentence for each attempt of an ended generation that has no charge."""
    ended = Attempt.objects.exclude(generation__status__in=UNFINISHED)
    charged = LedgerEntry.objects.filter(kind=EntryKind.CHARGE).values("attempt_id")
    return [
        f"Attempt {key} at {provider} has no charge."
        for key, provider in ended.exclude(pk__in=charged).values_list("pk", "provider")
    ]
