"""Rates that hold at certain hours, from a list's conditional entries to the bands of a price.

Every entry holds in a stretch of the day, on certain days; where several hold, later ones win, rate by rate. A
price's bands know no such order, so the week is cut at every border and each piece gets what holds in it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from accounts import peak_hours

Rates = Mapping[str, Decimal | None]

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHOLE_DAY = 24 * 60


class NotBands(ValueError):
    """The entry holds under a condition that no hours of the week express."""


@dataclass(frozen=True, slots=True)
class Override:
    """Rates that hold on these days between these minutes, the last one not included."""

    days: frozenset[int]
    start: int
    end: int
    rates: Mapping[str, Decimal]

    def holds(self, day: int, minute: int) -> bool:
        if day not in self.days:
            return False
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end  # over midnight, judged by the day of the instant


def override_of(entry: Mapping[str, Any], rates: Mapping[str, Decimal]) -> Override:
    """One conditional entry, its rates read already. Raises NotBands."""
    if "min_prompt_tokens" in entry:
        raise NotBands(_("it asks more for long prompts"))
    days = entry.get("utc_days")
    if days is not None and not isinstance(days, list):
        raise NotBands(_("its days cannot be read"))
    numbers = frozenset(range(7)) if days is None else frozenset(map(_day, days))
    has_start, has_end = (entry.get(name) is not None for name in ("utc_start", "utc_end"))
    if has_start != has_end or not numbers:
        raise NotBands(_("its hours cannot be read"))
    start, end = (_minute(entry["utc_start"]), _minute(entry["utc_end"])) if has_start else (0, _WHOLE_DAY)
    if start == end:
        raise NotBands(_("its hours cannot be read"))
    return Override(numbers, start, end, rates)


def bands_of(overrides: Sequence[Override], base: Rates) -> list[dict[str, Any]]:
    """The bands that say the same, as a price keeps them: days with one schedule together, equal pieces joined."""
    borders = sorted({0, _WHOLE_DAY, *(b for one in overrides for b in (one.start, one.end))})
    by_schedule: dict[tuple[Any, ...], list[int]] = {}
    for day in range(7):
        by_schedule.setdefault(tuple(_schedule(overrides, base, day, borders)), []).append(day)
    bands = [
        {"days": days, "from": _clock(start), "to": _clock(end), **{name: str(rate) for name, rate in rates}}
        for schedule, days in by_schedule.items()
        for start, end, rates in schedule
    ]
    return peak_hours.checked(bands)


def _schedule(
    overrides: Sequence[Override], base: Rates, day: int, borders: Sequence[int]
) -> list[tuple[int, int, tuple[tuple[str, Decimal], ...]]]:
    pieces: list[tuple[int, int, tuple[tuple[str, Decimal], ...]]] = []
    for start, end in pairwise(borders):
        rates: dict[str, Decimal] = {}
        for one in overrides:
            if one.holds(day, start):
                rates |= one.rates
        told = tuple(sorted((name, rate) for name, rate in rates.items() if rate != base.get(name)))
        if not told:
            continue
        if pieces and pieces[-1][1] == start and pieces[-1][2] == told:
            pieces[-1] = (pieces[-1][0], end, told)
        else:
            pieces.append((start, end, told))
    return pieces


def _day(name: object) -> int:
    if name not in _DAYS:
        raise NotBands(_("its days cannot be read"))
    return _DAYS.index(str(name))


def _minute(clock: object) -> int:
    """A clock as a number: 400 is 04:00, 1030 is 10:30."""
    # Its size first: to look at 1e5000000 as a whole number takes all there is.
    if isinstance(clock, bool) or not isinstance(clock, int | Decimal) or not 0 <= clock <= 2400:
        raise NotBands(_("its hours cannot be read"))
    if clock != int(clock):
        raise NotBands(_("its hours cannot be read"))
    hours, minutes = divmod(int(clock), 100)
    if not (0 <= hours <= 24 and 0 <= minutes < 60 and hours * 60 + minutes <= _WHOLE_DAY):
        raise NotBands(_("its hours cannot be read"))
    return hours * 60 + minutes


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
