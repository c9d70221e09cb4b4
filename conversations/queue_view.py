"""The messages that wait as people see them: one shape for the page and for JSON answers."""

import uuid
from typing import Any

from conversations import stored_words
from conversations.models import Conversation, QueuedMessage


def queue_view(conversation_id: uuid.UUID) -> dict[str, Any]:
    """What waits in a conversation, first what goes first, and why it does not go by itself ("" = it does)."""
    rows = QueuedMessage.objects.filter(conversation_id=conversation_id).values_list(
        "pk", "text", "is_being_edited"
    )
    return {
        "conversation": str(conversation_id),
        "rows": [
            {"id": str(key), "text": text, "is_being_edited": is_being_edited}
            for key, text, is_being_edited in rows
        ],
        "paused": stored_words.spoken(
            Conversation.objects.values_list("queue_pause", flat=True).get(pk=conversation_id)
        ),
    }
