"""`<think>…</think>` at the head of a text, for servers that do not tell reasoning from answer themselves."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import Literal

OPENING = "<think>"
CLOSING = "</think>"
_MOST_LEADING_SPACE = 64  # characters before the tag; more is an answer that begins oddly

Kind = Literal["reasoning", "text"]


class _Place(Enum):
    LEAD = auto()  # nothing but white space so far
    INSIDE = auto()
    GAP = auto()  # the line ends after the closing tag
    ANSWER = auto()


class ThinkTags:
    """Splits a streamed text into reasoning and answer.

    Only one block counts, and only at the very start: people and models write `<think>` in prose and code.
    What might be the beginning of a tag is held back until it is clear, and nothing else is.
    `starts_inside` is for prompts whose template has already opened the block.
    """

    def __init__(self, *, starts_inside: bool = False) -> None:
        self._place = _Place.INSIDE if starts_inside else _Place.LEAD
        self._held = ""

    @property
    def is_settled(self) -> bool:
        """True once everything to come is the answer."""
        return self._place is _Place.ANSWER and not self._held

    def feed(self, text: str, *, is_last: bool = False) -> Iterator[tuple[Kind, str]]:
        """The pieces that are certain now."""
        self._held += text
        if self._place is _Place.LEAD:
            self._look_for_opening(is_last)
        if self._place is _Place.INSIDE:
            yield from self._inside(is_last)
        if self._place is _Place.GAP:
            self._held = self._held.lstrip("\r\n")
            if self._held:
                self._place = _Place.ANSWER
        if self._place is _Place.ANSWER and self._held:
            answer, self._held = self._held, ""
            yield "text", answer

    def _look_for_opening(self, is_last: bool) -> None:
        start = self._held.lstrip()
        if start.startswith(OPENING):
            self._held = start[len(OPENING) :]
            self._place = _Place.INSIDE
        elif is_last or not OPENING.startswith(start) or len(self._held) - len(start) > _MOST_LEADING_SPACE:
            self._place = _Place.ANSWER

    def _inside(self, is_last: bool) -> Iterator[tuple[Kind, str]]:
        reasoning, tag, rest = self._held.partition(CLOSING)
        if tag:
            self._held = rest
            self._place = _Place.GAP
        else:
            kept = 0 if is_last else _length_of_started_tag(self._held)
            reasoning = self._held[: len(self._held) - kept]
            self._held = self._held[len(reasoning) :]
        if reasoning:
            yield "reasoning", reasoning


def _length_of_started_tag(text: str) -> int:
    """Of the longest end of `text` that is a beginning of the closing tag."""
    longest = min(len(text), len(CLOSING) - 1)
    return next((n for n in range(longest, 0, -1) if CLOSING.startswith(text[-n:])), 0)
