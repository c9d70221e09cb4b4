"""What becomes of deleted conversations in the end."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from conversations.models import UNFINISHED, Conversation, Generation

# How long what was deleted can be restored.
KEPT = timedelta(days=7)
_AT_ONCE = 50


def forget_some() -> int:
    """Let go of some conversations that were deleted long enough ago; returns how many.

    Their messages, generations and links go along. The ledger keeps what they cost.
    """
    past = Conversation.objects.filter(deleted_at__lt=timezone.now() - KEPT)
    running = Generation.objects.filter(conversation=OuterRef("pk"), status__in=UNFINISHED)
    with transaction.atomic():
        # One that is being restored this moment is passed by; one that was is not past any more.
        ended = past.exclude(Exists(running)).order_by("deleted_at").select_for_update(skip_locked=True)
        ids = list(ended.values_list("pk", flat=True)[:_AT_ONCE])
        Conversation.objects.filter(pk__in=ids).delete()
    return len(ids)
