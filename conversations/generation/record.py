"""A running reply in memory: what was written, as numbered entries for the event log and as text for Postgres.

Of a reply that goes on from another, the text here is what is new: the carried part is in its row already, and
stays there whatever becomes of the run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import orjson

from conversations import hops
from conversations.generation.joint import Joint
from conversations.hops import Hop, Step
from conversations.providers.base import ReasoningDelta, TextDelta
from conversations.providers.details import ReasoningDetails
from conversations.streams import Entry


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a running reply wrote, and the last entry that it holds."""

    seq: int
    text: str
    reasoning: str
    reasoning_ms: int | None
    hops: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """What was written up to and with entry `seq`, without what the reply carried over."""

    seq: int
    text: str
    reasoning: str
    reasoning_ms: int | None
    reasoning_details: list[dict[str, Any]]
    hops: tuple[Hop, ...] = ()

    def since(self, hop: int) -> tuple[str, str]:
        """What was written after so many hops, for its price: text, with what tools were asked, and reasoning.

        Where fewer hops are known, all that is known was before.
        """
        if hop > len(self.hops):
            return "", ""
        text_at, reasoning_at = 0, 0
        if hop:
            text_at, reasoning_at = self.hops[hop - 1].text_at, self.hops[hop - 1].reasoning_at
        asked = [step.name + step.arguments for later in self.hops[hop:] for step in later.steps]
        return self.text[text_at:] + "".join(asked), self.reasoning[reasoning_at:]


class Recorder:
    """Numbers what arrives. Deltas between two entries become one: the frame rate is the desk's own."""

    def __init__(self) -> None:
        self.seq = 0
        self.has_output = False  # true from the first token on: from then no other attempt may start
        self._joint = Joint("")
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._details = ReasoningDetails()
        self._fresh_text: list[str] = []
        self._fresh_reasoning: list[str] = []
        # Length of the text at entry n (index n - 1): where a Stop cuts.
        self._text_at: list[int] = []
        self._hops_at: list[int] = []  # and how many hops there were
        self._text_length = 0
        # All that came, numbered or not.
        self._text_came, self._reasoning_came = 0, 0
        self._hops: list[Hop] = []
        self._fresh_hops: set[int] = set()
        self._needs_gap = False
        self._thinking_since: float | None = None
        self._thought_ms: int | None = None
        self._thought_is_fresh = False

    @property
    def has_fresh(self) -> bool:
        """True when something arrived since the last entry."""
        return bool(self._fresh_text or self._fresh_reasoning or self._thought_is_fresh or self._fresh_hops)

    @property
    def hops(self) -> Sequence[Hop]:
        """How often it asked for tools so far, and for what."""
        return self._hops

    def go_on_from(self, carried: str) -> None:
        """What is about to come continues this text: what it repeats of its end is left out."""
        self._joint = Joint(carried)

    def take(self, delta: TextDelta | ReasoningDelta) -> None:
        """Add what a provider sent."""
        self.has_output = True
        if isinstance(delta, TextDelta):
            if delta.text.strip():
                self._end_thinking()
            self._add_text(self._joint.take(delta.text))
            return
        if self._thinking_since is None:
            self._thinking_since = monotonic()
        self._fresh_reasoning.append(delta.text)
        self._reasoning_came += len(delta.text)
        if delta.details:
            self._details.add(delta.details)

    def ask(self, steps: Sequence[Step]) -> None:
        """What was written so far ends with the wish to have these tools run."""
        self._end_call()
        details, self._details = self._details.merged(), ReasoningDetails()
        self._hops.append(Hop(self._text_came, self._reasoning_came, details, tuple(steps)))
        self._fresh_hops.add(len(self._hops) - 1)
        self._needs_gap = self._text_came > 0

    def answer(self, steps: Sequence[Step]) -> None:
        """The steps of the last hop as they came out."""
        self._hops[-1] = replace(self._hops[-1], steps=tuple(steps))
        self._fresh_hops.add(len(self._hops) - 1)

    def next_entry(self) -> Entry | None:
        """What arrived since the last entry as the next one; None when nothing did."""
        if not self.has_fresh:
            return None
        return self._number()

    def end(self) -> Entry | None:
        """The last entry, when the provider will send no more."""
        self._end_call()
        return self.next_entry()

    def snapshot(self) -> Snapshot:
        """All numbered entries' text, for Postgres while it runs."""
        text, reasoning = "".join(self._text), "".join(self._reasoning)
        return Snapshot(self.seq, text, reasoning, self._thought_ms, tuple(self._hops))

    def written(self, up_to: int | None = None) -> Written:
        """All numbered entries' text, or what a reader who had drawn `up_to` had seen of it."""
        text, reasoning, seq = "".join(self._text), "".join(self._reasoning), self.seq
        kept = tuple(self._hops)
        details: Sequence[Mapping[str, Any]] = self._details.merged()
        if up_to is not None and up_to < self.seq:
            seq = max(0, up_to)
            text = text[: self._text_at[seq - 1] if seq else 0]
            kept = kept[: self._hops_at[seq - 1] if seq else 0]
            if len(kept) < len(self._hops):
                details = self._hops[len(kept)].details  # of the call whose text is the last now
            # Reasoning already received is kept: it was paid for, and nobody had to read it to stop.
        return Written(
            seq=seq,
            text=text,
            reasoning=reasoning,
            reasoning_ms=self._thought_ms,
            reasoning_details=[dict(block) for block in details],
            hops=kept,
        )

    def received(self) -> Written:
        """All that came, for its price: with what was left out at the joint."""
        written, dropped = self.written(), self._joint.dropped
        shifted = tuple(replace(hop, text_at=hop.text_at + len(dropped)) for hop in written.hops)
        return replace(written, text=dropped + written.text, hops=shifted)

    def _add_text(self, text: str) -> None:
        if text:
            text = hops.GAP + text if self._needs_gap else text
            self._needs_gap = False
            self._fresh_text.append(text)
            self._text_came += len(text)

    def _end_call(self) -> None:
        self._end_thinking()
        self._add_text(self._joint.rest())

    def _end_thinking(self) -> None:
        """Each call thinks anew; what is told is how long it was in all."""
        if self._thinking_since is not None:
            self._thought_ms = (self._thought_ms or 0) + int((monotonic() - self._thinking_since) * 1000)
            self._thinking_since = None
            self._thought_is_fresh = True

    def _number(self) -> Entry:
        text, reasoning = "".join(self._fresh_text), "".join(self._fresh_reasoning)
        self._fresh_text.clear()
        self._fresh_reasoning.clear()
        body: dict[str, Any] = {}
        if reasoning:
            body["reasoning"] = reasoning
            self._reasoning.append(reasoning)
        if text:
            body["text"] = text
            self._text.append(text)
            self._text_length += len(text)
        if self._thought_is_fresh:
            body["thought_ms"] = self._thought_ms
            self._thought_is_fresh = False
        kept = b""
        if self._fresh_hops:
            fresh = {number + 1: self._hops[number] for number in sorted(self._fresh_hops)}
            body["hops"] = [hop.shown(number) for number, hop in fresh.items()]
            kept = orjson.dumps({str(number): hop.as_json() for number, hop in fresh.items()})
            self._fresh_hops.clear()
        self.seq += 1
        self._text_at.append(self._text_length)
        self._hops_at.append(len(self._hops))
        return Entry(self.seq, orjson.dumps(body), kept)
