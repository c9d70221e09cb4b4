"""What a model is asked: the branch, as turns."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence

from django.conf import settings

from conversations.generation.routes import Way
from conversations.models import Generation, Message, Role
from conversations.providers.base import Effort, Prompt, Turn

# The same for every provider: few take a partial answer to be completed, and each in a way of its own.
GO_ON = (
    "Your last message was cut off. Go on exactly where it breaks off, in the middle of a word if need be. "
    "Repeat nothing of it, and say nothing about the interruption."
)


def prompt_for(generation: Generation, branch: Sequence[Message], way: Way) -> Prompt:
    """The prompt of a generation by one way. Empty replies (failed, stopped early) are left out.

    `branch` comes with its generations (`queries.told_to`): nothing is read here.
    """
    ours = _written_by(generation, branch)
    said = tuple(_turn(message, message.pk in ours) for message in branch if message.text.strip())
    return Prompt(
        model=way.upstream_model,
        turns=told(generation.instructions) + said + going_on(generation.reply.carried_text),
        max_tokens=generation.max_tokens,
        effort=Effort(generation.effort),
        user_ref=pseudonym_of(generation.owner_id),
        conversation_ref=pseudonym_of(generation.conversation_id),
        highest_input_price=generation.highest_input_price or None,
        highest_output_price=generation.highest_output_price or None,
        temperature=generation.temperature,
        top_p=generation.top_p,
    )


def told(instructions: str) -> tuple[Turn, ...]:
    """What comes before everything that was said; nothing where nobody gave instructions."""
    return (Turn(role="system", text=instructions),) if instructions else ()


def going_on(carried: str) -> tuple[Turn, ...]:
    """What follows the branch where a reply is to go on from a partial one. Of that only the answer is sent:
    a thought that was broken off helps nobody."""
    if not carried:
        return ()
    return (Turn(role="assistant", text=carried), Turn(role="user", text=GO_ON))


def pseudonym_of(subject: uuid.UUID) -> str:
    """A stable name for a person or a conversation that means nothing outside this installation."""
    digest = hmac.new(settings.SECRET_KEY.encode(), subject.bytes, hashlib.sha256)
    return digest.hexdigest()[:32]


def _written_by(generation: Generation, branch: Sequence[Message]) -> set[uuid.UUID]:
    """The replies that the model now asked wrote. Signed and encrypted reasoning of another means nothing to it."""
    written = ((message.pk, getattr(message, "generation", None)) for message in branch)
    return {key for key, one in written if one is not None and one.model_id == generation.model_id}


def _turn(message: Message, with_reasoning: bool) -> Turn:
    return Turn(
        role="user" if message.role == Role.USER else "assistant",
        text=message.text,
        reasoning=message.reasoning if with_reasoning else "",
        reasoning_details=tuple(message.reasoning_details) if with_reasoning else (),
    )
