"""What a reply is asked for: by which model, how hard it is to think, what it is told, how long it may be.

A conversation keeps it for its next turns, a generation as it was when it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from conversations.generation import routes
from conversations.models import Conversation, Generation, Model
from conversations.providers.base import Effort


@dataclass(frozen=True, slots=True)
class Choices:
    """`temperature` and `top_p` are None where they are not sent."""

    model: Model
    effort: Effort
    instructions: str
    temperature: Decimal | None
    top_p: Decimal | None
    reply_limit: int | None
    tools: tuple[str, ...]  # names of those that it may call

    def as_fields(self) -> dict[str, Any]:
        """As the generation keeps them."""
        return {
            "model": self.model,
            "effort": self.effort.value,
            "instructions": self.instructions,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "reply_limit": self.reply_limit,
            "tools": list(self.tools),
        }


def choices_of(
    user: User, conversation: Conversation, *, model: Model | None = None, effort: str = ""
) -> Choices:
    """What the next reply is asked for; `model` and `effort` are for this one alone."""
    model = model or conversation.model
    effort = offered(effort or conversation.effort, model)
    is_thinking = thinks(model, effort)
    return Choices(
        model=model,
        effort=Effort(effort),
        instructions="\n\n".join(
            filter(None, [user.instructions.strip(), conversation.instructions.strip()])
        ),
        temperature=None if is_thinking else conversation.temperature,
        top_p=None if is_thinking else conversation.top_p,
        reply_limit=conversation.reply_limit,
        tools=_tools_for(model, conversation.tools),
    )


def choices_again(
    user: User,
    conversation: Conversation,
    before: Generation,
    *,
    model: Model | None = None,
    effort: str = "",
) -> Choices:
    """What a reply in the place of another is asked for: what that one was, but for what is named here and what was
    chosen for the conversation since."""
    if model is None and not _is_since(conversation.model_picked_at, before):
        model = before.model
    if not effort and not _is_since(conversation.effort_picked_at, before):
        effort = before.effort
    return choices_of(user, conversation, model=model, effort=effort)


def choose_effort(conversation: Conversation, effort: str) -> None:
    """Have the next turns think that hard ("" = as before), as far as the model can. The caller saves it."""
    chosen = offered(effort or conversation.effort, conversation.model)
    if chosen != conversation.effort:
        conversation.effort, conversation.effort_picked_at = chosen, timezone.now()


def thinks(model: Model, effort: str) -> bool:
    """True when it thinks before it answers: then providers ignore, or refuse, what is said of sampling."""
    return bool(model.efforts) and effort != Effort.OFF


def offered(effort: str, model: Model) -> str:
    """The effort, or the model's usual one where it does not offer that."""
    return effort if effort in model.efforts else model.default_effort


def _tools_for(model: Model, wanted: Sequence[str]) -> tuple[str, ...]:
    """Those wanted; none where nobody takes any: the switch is greyed then, and says so."""
    return tuple(wanted) if wanted and routes.take_tools(routes.routes_on(model)) else ()


def _is_since(picked_at: datetime | None, before: Generation) -> bool:
    return picked_at is not None and picked_at > before.queued_at
