"""Which ways can take a request: how long it is, what it is asked for. What cannot is passed over, with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts import money
from conversations import refusals
from conversations.generation import bound, prompt, weighing
from conversations.generation.choices import Choices
from conversations.generation.routes import Way
from conversations.models import Generation, Model, Parameter
from conversations.providers.base import Effort


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of whoever answers. `input_bound` and `text_bytes` are of all that is sent."""

    effort: Effort | None  # None = the model does not think
    parameters: frozenset[Parameter]
    input_bound: int
    text_bytes: int


class Why(StrEnum):
    """Why a way is not taken."""

    SIZE = "size"
    OFF = "off"
    EFFORT = "effort"
    TEMPERATURE = Parameter.TEMPERATURE.value
    TOP_P = Parameter.TOP_P.value
    TOOLS = Parameter.TOOLS.value
    PRICE = "price"
    FAILING = "failing"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Passed:
    """A way that was not taken."""

    provider: str  # its name
    why: Why
    figure: int = 0  # of tokens, where the reason has one

    def as_json(self) -> dict[str, Any]:
        """As a generation keeps it."""
        return {"provider": self.provider, "why": self.why.value, "figure": self.figure}


@dataclass(frozen=True, slots=True)
class Fit:
    """A way that can be taken, and how many tokens the reply may have there."""

    way: Way
    room: int


def wish_for(asked_for: Choices | Generation, *, input_bound: int, text_bytes: int) -> Wish:
    """The wish of a reply that is asked for so."""
    wanted = {
        Parameter.TEMPERATURE: asked_for.temperature,
        Parameter.TOP_P: asked_for.top_p,
        Parameter.TOOLS: tuple(asked_for.tools) or None,
    }
    return Wish(
        effort=Effort(asked_for.effort) if asked_for.model.efforts else None,
        parameters=frozenset(one for one, value in wanted.items() if value is not None),
        input_bound=input_bound,
        text_bytes=text_bytes,
    )


def wish_of(generation: Generation) -> Wish:
    """The wish of a generation, its length counted as when it was held for."""
    reply = generation.reply
    around = [*prompt.told(generation.instructions), *prompt.going_on(reply.carried_text)]
    branch = weighing.weight_of(reply.parent_id, generation.model_id, with_tools=bool(generation.tools))
    return wish_for(
        generation,
        input_bound=generation.input_bound,
        text_bytes=branch.bytes + bound.bytes_of([turn.text for turn in around]),
    )


def fit(model: Model, ways: Sequence[Way], wish: Wish) -> tuple[list[Fit], list[Passed]]:
    """Those that can take it, in their order, and the others. Raises a Refusal where nobody can."""
    fits, passed = [], []
    for way in ways:
        room = bound.room_in(way.context_window, wish.input_bound, wish.text_bytes)
        why = _why_not(way, wish) or (Why.SIZE if room is None else None)
        if why is not None:
            passed.append(Passed(way.provider_name, why, way.context_window if why is Why.SIZE else 0))
        elif room is not None:
            fits.append(Fit(way, min(room, way.longest_reply or room)))
    if not fits:
        raise _refusal(model, ways, passed, wish)
    return fits, passed


def words_for(why: str, figure: int = 0, *, is_assumed: bool = False) -> str:
    """The reason, to follow the provider's name; `is_assumed` of a figure that nobody has stated."""
    match why:
        case Why.SIZE if is_assumed:
            return _("reads %(window)s tokens at most (assumed)") % {"window": money.tokens_short(figure)}
        case Why.SIZE:
            return _("reads %(window)s tokens at most") % {"window": money.tokens_short(figure)}
        case Why.OFF:
            return _("does not answer without thinking")
        case Why.EFFORT:
            return _("cannot be asked to think that hard")
        case Why.TEMPERATURE:
            return _("takes no temperature")
        case Why.TOP_P:
            return _("takes no top-p")
        case Why.TOOLS:
            return _("takes no tools")
        case Why.PRICE:
            return _("became dearer than what was held for")
        case Why.FAILING:
            return _("failed again and again, and was left alone for a moment")
        case Why.KEY:
            return _("has a key that cannot be read")
        case _:
            return ""


def _refusal(model: Model, ways: Sequence[Way], passed: Sequence[Passed], wish: Wish) -> refusals.Refusal:
    """Why nobody can take it. Shortening helps where every one of them is too small."""
    if all(one.why is Why.SIZE for one in passed):
        window = max(way.context_window for way in ways)
        words = money.tokens_short(window)
        if model.is_window_assumed and window == model.context_window:
            words = _("%(window)s (assumed)") % {"window": words}
        likely = bound.likely_tokens(wish.input_bound, wish.text_bytes)
        return refusals.TooLong(money.tokens_short(likely), words)
    reasons = "; ".join(f"{one.provider} {words_for(one.why, one.figure)}" for one in passed)
    return refusals.NoneFits(model.name, reasons)


def _why_not(way: Way, wish: Wish) -> Why | None:
    """What of the wish it does not take."""
    if wish.effort is not None and wish.effort.value not in way.efforts:
        return Why.OFF if wish.effort is Effort.OFF else Why.EFFORT
    lacking = next((one for one in Parameter if one in wish.parameters and one.value in way.lacks), None)
    return Why(lacking.value) if lacking else None
