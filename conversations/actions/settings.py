"""What a conversation's next turns are asked for. A reply that is being written goes on as it was begun."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from conversations import offers
from conversations.actions import accepting
from conversations.generation import choices
from conversations.models import Conversation


def change_settings(
    *,
    conversation: Conversation,
    instructions: str,
    temperature: Decimal | None,
    top_p: Decimal | None,
    reply_limit: int | None,
    tools: Sequence[str],
) -> Conversation:
    """Other instructions, sampling, length and tools from the next turn on."""
    with transaction.atomic():
        conversation = accepting.locked(conversation)
        conversation.instructions, conversation.reply_limit = instructions, reply_limit
        conversation.temperature, conversation.top_p = temperature, top_p
        conversation.tools = list(tools)
        conversation.save(update_fields=["instructions", "temperature", "top_p", "reply_limit", "tools"])
    return conversation


def pick_model(*, conversation: Conversation, slug: str) -> Conversation:
    """Another model from the next turn on, thinking as hard as before where it can. Raises NotOffered."""
    with transaction.atomic():
        conversation = accepting.locked(conversation)
        picked = offers.offered(slug)
        if picked != conversation.model:
            conversation.model, conversation.model_picked_at = picked, timezone.now()
        conversation.effort = choices.offered(conversation.effort, picked)
        conversation.save(update_fields=["model", "model_picked_at", "effort"])
    return conversation
