"""Bars and lines as numbers for SVG attributes: the pages' policy bars `style`. Figures in, coordinates out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.tally import KINDS

# One day is this wide, its bar somewhat less; drawings stretch to their column and keep their height.
DAY_WIDTH = 22
_BAR = 16
_LEAST = Decimal(1)
_MARK = Decimal(3)


@dataclass(frozen=True, slots=True)
class Bar:
    """One piece of a bar, as a rect's attributes."""

    kind: str
    x: int
    y: Decimal
    height: Decimal
    width: int = _BAR


def bars(
    days: Sequence[Sequence[Decimal]], *, height: int, highest: Decimal, kinds: Sequence[str] = KINDS
) -> list[Bar]:
    """A bar for each day, its parts stacked in the strip's order from the foot; `highest` fills the height.

    Other `kinds` are for bars that count something else than the strip does.
    """
    drawn: list[Bar] = []
    for index, parts in enumerate(days):
        foot = Decimal(height)
        for kind, part in zip(kinds, parts, strict=False):  # a day without spending has none
            tall = _tall(part, height, highest)
            if not tall:
                continue
            foot -= tall
            drawn.append(Bar(kind, index * DAY_WIDTH + (DAY_WIDTH - _BAR) // 2, foot, tall))
    return drawn


def spreads(days: Sequence[tuple[Decimal, Decimal] | None], *, height: int, highest: Decimal) -> list[Bar]:
    """For each day a bar from the lower figure up to the higher one, and a mark at the lower one; None draws none."""
    drawn: list[Bar] = []
    for index, pair in enumerate(days):
        if pair is None:
            continue
        x = index * DAY_WIDTH + (DAY_WIDTH - _BAR) // 2
        low, high = (level(figure, height=height, highest=highest) for figure in pair)
        drawn.append(Bar("spread", x, high, max(_LEAST, low - high)))
        drawn.append(Bar("middle", x, max(Decimal(0), low - _MARK), _MARK))
    return drawn


def line(figures: Sequence[Decimal], *, height: int, highest: Decimal, first_day: int = 0) -> str:
    """A polyline's points through the ends of these days."""
    points = []
    for index, figure in enumerate(figures):
        points.append(f"{(first_day + index) * DAY_WIDTH},{level(figure, height=height, highest=highest)}")
    return " ".join(points)


def level(figure: Decimal, *, height: int, highest: Decimal) -> Decimal:
    """How far below the top an amount stands."""
    if highest <= 0:
        return Decimal(height)
    return (height - figure / highest * height).quantize(Decimal("0.1"))


def _tall(part: Decimal, height: int, highest: Decimal) -> Decimal:
    if part <= 0 or highest <= 0:
        return Decimal(0)
    return max(_LEAST, (part / highest * height).quantize(Decimal("0.1")))


def width_of(days: Sequence[Any]) -> int:
    return len(days) * DAY_WIDTH
