"""What a model is asked: the branch, as turns."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence

from django.conf import settings

from conversations.generation.routes import Way
from conversations.models import Generation, Message, Role
from conversations.providers.base import Effort, Prompt, Turn


def prompt_for(generation: Generation, branch: Sequence[Message], way: Way) -> Prompt:
    """The prompt of a generation by one way. Empty replies (failed, stopped early) are left out."""
    return Prompt(
        model=way.upstream_model,
        turns=tuple(_turn(message) for message in branch if message.text.strip()),
        max_tokens=generation.max_tokens,
        effort=Effort(generation.effort),
        user_ref=pseudonym_of(generation.owner_id),
        conversation_ref=pseudonym_of(generation.conversation_id),
        highest_input_price=generation.highest_input_price or None,
        highest_output_price=generation.highest_output_price or None,
    )


def pseudonym_of(subject: uuid.UUID) -> str:
    """A stable name for a person or a conversation that means nothing outside this installation."""
    digest = hmac.new(settings.SECRET_KEY.encode(), subject.bytes, hashlib.sha256)
    return digest.hexdigest()[:32]


def _turn(message: Message) -> Turn:
    return Turn(
        role="user" if message.role == Role.USER else "assistant",
        text=message.text,
        reasoning=message.reasoning,
        reasoning_details=tuple(message.reasoning_details),
    )
