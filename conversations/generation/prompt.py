"""What a model is asked: the branch, as turns."""

import hashlib
import hmac
import uuid
from collections.abc import Sequence

from django.conf import settings

from conversations import hops
from conversations.generation.routes import Way
from conversations.models import Generation, Message, Role
from conversations.providers.base import Effort, Prompt, ToolOffer, Turn
from conversations.tools import registry

# The same for every provider: few take a partial answer to be completed, and each in a way of its own.
GO_ON = (
    "Your last message was cut off. Go on exactly where it breaks off, in the middle of a word if need be. "
    "Repeat nothing of it, and say nothing about the interruption."
)


def prompt_for(generation: Generation, branch: Sequence[Message], way: Way) -> Prompt:
    """The prompt of a generation by one way. Empty replies (failed, stopped early) are left out.

    What came of tools is told where tools are offered, and to the model that asked for them. `branch` comes with its
    generations (`queries.told_to`): nothing is read here.
    """
    ours = _written_by(generation, branch)
    tools = offers_of(generation.tools)
    said = tuple(
        turn
        for message in branch
        for turn in (_with_hops(message) if tools and message.pk in ours else _turns(message, ours))
    )
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
        tools=tools,
    )


def offers_of(names: Sequence[str]) -> tuple[ToolOffer, ...]:
    """The tools of these names as a model is told of them."""
    return tuple(ToolOffer(tool.name, tool.description, tool.parameters) for tool in registry.offered(names))


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


def _turns(message: Message, ours: set[uuid.UUID]) -> Sequence[Turn]:
    if not message.text.strip():
        return ()
    with_reasoning = message.pk in ours
    turn = Turn(
        role="user" if message.role == Role.USER else "assistant",
        text=message.text,
        reasoning=message.reasoning if with_reasoning else "",
        reasoning_details=tuple(message.reasoning_details) if with_reasoning else (),
    )
    return (turn,)


def _with_hops(message: Message) -> Sequence[Turn]:
    """As it was written, call by call; what was carried over stands before the first."""
    kept, text = hops.from_json(message.hops), message.own_text
    turns: list[Turn] = []
    for number, hop in enumerate(kept):
        own = hops.text_between(text, kept, number)
        said = own if number else message.carried_text + own
        turns += hops.turns_of(hop, said, hops.reasoning_between(message.reasoning, kept, number))
    own = hops.text_between(text, kept, len(kept))
    answer = own if kept else message.text
    if answer.strip():
        thought = hops.reasoning_between(message.reasoning, kept, len(kept))
        turns.append(Turn("assistant", answer, thought, tuple(message.reasoning_details)))
    return turns
