"""What becomes of deleted conversations in the end."""

from datetime import timedelta

from django.utils import timezone

from conversations.models import UNFINISHED, Conversation

# How long what was deleted can be restored.
KEPT = timedelta(days=7)
_AT_ONCE = 50


def forget_some() -> int:
    """Let go of some conversations that were deleted long enough ago; returns how many.

    Their messages, generations and links go along. The ledger keeps what they cost.
    """
    past = Conversation.objects.filter(deleted_at__lt=timezone.now() - KEPT)
    ended = past.exclude(generations__status__in=UNFINISHED).order_by("deleted_at")
    ids = list(ended.values_list("pk", flat=True)[:_AT_ONCE])
    # Once more: one that was restored since is kept.
    past.filter(pk__in=ids).delete()
    return len(ids)
