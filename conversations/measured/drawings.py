"""The model page's charts as numbers for SVG attributes. Figures in, coordinates and words out."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts import money, tally
from accounts.usage import charts
from conversations.measured import shown
from conversations.measured.reading import Found, Measured

_HEIGHT = 72


def drawings(found: Found) -> list[dict[str, Any]]:
    """Four charts over the same periods; each says what its highest bar is."""
    tokens = [tuple(map(Decimal, one.tokens)) for one in found.by_period]
    calls = [(Decimal(one.answered), Decimal(one.judged - one.answered)) for one in found.by_period]
    return [
        _stacked(
            _("Tokens"),
            tokens,
            prefix="strip",
            kinds=tally.KINDS,
            most=lambda top: _("%(count)s at most") % {"count": money.tokens_short(int(top))},
        ),
        _stacked(
            _("Answered, and failed on top"),
            calls,
            prefix="chart",
            kinds=("answered", "failed"),
            most=lambda top: _("%(count)s calls at most") % {"count": f"{int(top):,}"},
        ),
        _spread(
            _("Seconds to the first token"),
            found.by_period,
            Measured.wait,
            lambda top: _("%(seconds)s at most") % {"seconds": shown.seconds(top)},
        ),
        _spread(
            _("Tokens a second"),
            found.by_period,
            Measured.speed,
            lambda top: _("%(speed)s at most") % {"speed": shown.speed(top)},
        ),
    ]


def _stacked(
    title: str,
    periods: Sequence[Sequence[Decimal]],
    *,
    prefix: str,
    kinds: Sequence[str],
    most: Callable[[Decimal], str],
) -> dict[str, Any]:
    highest = max((sum(parts, Decimal(0)) for parts in periods), default=Decimal(0))
    bars = charts.bars(periods, height=_HEIGHT, highest=highest, kinds=kinds)
    return _drawing(title, bars, prefix, len(periods), most(highest) if highest else "")


def _spread(
    title: str,
    periods: Sequence[Measured],
    figure: Callable[[Measured, float], float | None],
    most: Callable[[float], str],
) -> dict[str, Any]:
    """From the middle one of all answers up to the one that 95 of 100 do not exceed."""
    pairs = [(figure(one, shown.HALF), figure(one, shown.MOST)) for one in periods]
    known = [
        None if half is None or top is None else (Decimal(str(half)), Decimal(str(top)))
        for half, top in pairs
    ]
    highest = max((pair[1] for pair in known if pair), default=Decimal(0))
    bars = charts.spreads(known, height=_HEIGHT, highest=highest)
    return _drawing(title, bars, "chart", len(periods), most(float(highest)) if highest else "")


def _drawing(title: str, bars: list[charts.Bar], prefix: str, periods: int, most: str) -> dict[str, Any]:
    return {
        "title": title,
        "bars": bars,
        "prefix": prefix,
        "most": most,
        "width": periods * charts.DAY_WIDTH,
        "height": _HEIGHT,
        "is_spread": any(bar.kind == "spread" for bar in bars),
    }
