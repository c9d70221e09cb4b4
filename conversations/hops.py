"""What a model said before it asked for tools, and what came of them: a reply may have several such hops before its
answer. One call to a provider each.

Positions count characters of what was written for the reply itself, without what it carried over.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from conversations.providers.base import ToolCall, Turn

# Between the text of one call and that of the next, so that they are paragraphs of one reply.
GAP = "\n\n"
_NEVER_RUN = "The reply ended before this was run."
# Characters of arguments and result that pages show.
MOST_SHOWN = 4_000
_CLIPPED = "…"


class State(StrEnum):
    """Of a step."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a tool. `arguments` is the model's very text, `result` what it is told."""

    id: str
    name: str
    arguments: str
    about: str = ""  # what it is about, in few words for the reader: "12.5 × 3"
    state: State = State.RUNNING
    result: str = ""

    @property
    def call(self) -> ToolCall:
        """As the provider is told of it."""
        return ToolCall(self.id, self.name, self.arguments)

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "state": self.state.value}

    def shown(self) -> dict[str, Any]:
        """As pages have it."""
        return {**self.as_json(), "arguments": _clipped(self.arguments), "result": _clipped(self.result)}

    def closed(self) -> "Step":
        """As it is kept when nothing runs any more."""
        is_open = self.state == State.RUNNING
        return replace(self, state=State.FAILED, result=_NEVER_RUN) if is_open else self


@dataclass(frozen=True, slots=True)
class Hop:
    """Where its text and its reasoning end, the provider's own blocks of that reasoning, and its steps."""

    text_at: int
    reasoning_at: int
    details: tuple[Mapping[str, Any], ...]
    steps: tuple[Step, ...]

    def as_json(self) -> dict[str, Any]:
        """As a message keeps it."""
        return {
            **self._places(),
            "details": list(self.details),
            "steps": [step.as_json() for step in self.steps],
        }

    def shown(self, number: int) -> dict[str, Any]:
        """As pages and the socket have it, numbered from 1; what is very long is clipped."""
        return {"number": number, **self._places(), "steps": [step.shown() for step in self.steps]}

    def _places(self) -> dict[str, int]:
        return {"text_at": self.text_at, "reasoning_at": self.reasoning_at}


def from_json(kept: Iterable[Mapping[str, Any]]) -> tuple[Hop, ...]:
    """As `Hop.as_json` gave them."""
    return tuple(
        Hop(
            text_at=hop["text_at"],
            reasoning_at=hop["reasoning_at"],
            details=tuple(hop.get("details", ())),
            steps=tuple(Step(**{**step, "state": State(step["state"])}) for step in hop["steps"]),
        )
        for hop in kept
    )


def shown(hops: Iterable[Hop]) -> list[dict[str, Any]]:
    """All of them for a page."""
    return [hop.shown(number) for number, hop in enumerate(hops, 1)]


def closed(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    """With nothing in them that runs."""
    return tuple(replace(hop, steps=tuple(step.closed() for step in hop.steps)) for hop in hops)


def text_between(text: str, hops: Sequence[Hop], number: int) -> str:
    """What the model wrote for its call of this number, from 0; after the last hop, the answer."""
    start = hops[number - 1].text_at if number else 0
    end = hops[number].text_at if number < len(hops) else len(text)
    return text[start:end].removeprefix(GAP) if start else text[start:end]


def reasoning_between(reasoning: str, hops: Sequence[Hop], number: int) -> str:
    """What it thought for it."""
    start = hops[number - 1].reasoning_at if number else 0
    end = hops[number].reasoning_at if number < len(hops) else len(reasoning)
    return reasoning[start:end]


def turns_of(hop: Hop, text: str, reasoning: str) -> tuple[Turn, ...]:
    """A hop as a provider is told of it: the model's turn, and directly after it one result for each call."""
    asked = Turn(
        role="assistant",
        text=text,
        reasoning=reasoning,
        reasoning_details=hop.details,
        tool_calls=tuple(step.call for step in hop.steps),
    )
    return (asked, *(Turn(role="tool", text=step.result, call_id=step.id) for step in hop.steps))


def _clipped(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else text[:MOST_SHOWN] + _CLIPPED
