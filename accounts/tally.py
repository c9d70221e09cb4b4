"""What a reply cost, drawn: the strip, the receipt and the words beside them. Figures in, text out."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import money
from accounts.pricing import CostSplit, Tokens, apportion

DEMO = gettext_lazy("demo price, not billed")
DEMO_SENTENCE = gettext_lazy("Demo price, not billed.")

KINDS = ("cached", "new", "thinking", "answer")
_LABELS = (
    gettext_lazy("Read again (cached)"),
    gettext_lazy("Read new"),
    gettext_lazy("Thinking"),
    gettext_lazy("Answer"),
)
_SPOKEN = (
    gettext_lazy("read again"),
    gettext_lazy("read new"),
    gettext_lazy("thinking"),
    gettext_lazy("answer"),
)
_NONE = "–"
_ONE = Decimal(1)

# Pixels.
_STRIP = 96
_GAP = 2
_LEAST = 2


def tally_of(
    *,
    tokens: Tokens,
    split: CostSplit,
    total: Decimal,
    is_estimated: bool,
    is_billed: bool,
    seconds: float | None,
    source_line: str,
    model: str,
) -> dict[str, Any]:
    """The tally under a reply and the receipt it opens into.

    An unbilled reply was charged nothing and shows what its split comes to. Shown lines add up to the shown
    total.
    """
    shown = total if is_billed else split.total
    counts = (tokens.cached, tokens.new, tokens.reasoning, tokens.answer)
    costs = _line_costs(shown, split.parts, counts, is_estimated)
    cost = _marked(money.format_cost(shown), is_estimated)
    return {
        "cost": marked_demo(cost, is_billed=is_billed),
        "seconds": "" if seconds is None else money.seconds_short(seconds),
        "label": _spoken(shown, split.parts, is_estimated, is_billed),
        "strip": strip_of(split.parts),
        "lines": [
            {"kind": kind, "label": str(label), "tokens": _counted(count, is_estimated), "cost": figure}
            for kind, label, count, figure in zip(KINDS, _LABELS, counts, costs, strict=True)
        ],
        "total": {"tokens": _counted(tokens.total, is_estimated), "cost": cost},
        "exact": money.exact(shown),
        "source": source_line if is_billed else str(DEMO_SENTENCE),
        "model": model,
        "speed": _speed(tokens.completion, seconds),
    }


def marked_demo(figure: str, *, is_billed: bool) -> str:
    """A price or a cost as it is shown; where nobody pays it, with the words that say so everywhere."""
    if is_billed:
        return figure
    return _("%(figure)s (demo price, not billed)") % {"figure": figure}


def strip_of(parts: Sequence[Decimal]) -> list[dict[str, Any]]:
    """The strip's segments, left to right, as wide as their share of the cost; none for what cost nothing."""
    drawn = [index for index, part in enumerate(parts) if part > 0]
    if not drawn:
        return []
    room = Decimal(_STRIP - _GAP * (len(drawn) - 1))
    widths = _at_least(_LEAST, apportion(room, [parts[index] for index in drawn], _ONE))
    segments, x = [], 0
    for index, width in zip(drawn, widths, strict=True):
        segments.append({"kind": KINDS[index], "x": x, "width": width})
        x += width + _GAP
    return segments


def shares_in_words(parts: Sequence[Decimal]) -> str:
    """What the strip draws, for those who do not see it: "read again 20 %, read new 80 %"."""
    drawn = [max(Decimal(0), part) for part in parts]
    shares = apportion(Decimal(100), drawn, _ONE)
    return ", ".join(
        f"{word} {share} %" for word, share, part in zip(_SPOKEN, shares, drawn, strict=True) if part
    )


def thought_line(
    ms: int,
    tokens: int | None,
    cost: Decimal | None,
    *,
    is_estimated: bool = False,
    is_cut_off: bool = False,
    steps: int = 0,
) -> str:
    """A closed reasoning block's words, as far as known: "Thought for 12 s · 840 tokens · $0.00024 · 2 steps".

    `is_cut_off`: it was stopped before there was an answer.
    """
    time = money.seconds_short(ms / 1000)
    parts = [
        _("Stopped after %(time)s of thinking") % {"time": time}
        if is_cut_off
        else _("Thought for %(time)s") % {"time": time}
    ]
    if tokens:
        parts.append(
            ngettext("%(count)s token", "%(count)s tokens", tokens)
            % {"count": _counted(tokens, is_estimated)}
        )
        if cost is not None:
            parts.append(_marked(money.format_cost(cost), is_estimated))
    if steps:
        parts.append(ngettext("%(count)s step", "%(count)s steps", steps) % {"count": steps})
    return " · ".join(parts)


def _speed(completion: int, seconds: float | None) -> str:
    return _("%(count)s tokens/s") % {"count": round(completion / seconds)} if seconds and completion else ""


def _line_costs(
    shown: Decimal, parts: Sequence[Decimal], counts: Sequence[int], is_estimated: bool
) -> list[str]:
    """Each part at the total's precision. One too small for that says so, and the others still add up."""
    total = money.rounded_up(shown)
    step = money.quantum_of(total)
    rounded = apportion(total, parts, step)
    lines = []
    for figure, part, count in zip(rounded, parts, counts, strict=True):
        if figure:
            lines.append(_marked(f"${figure:,f}", is_estimated))
        elif part:
            lines.append(_("under %(amount)s") % {"amount": f"${step:f}"})
        else:
            lines.append(_("free") if count else _NONE)
    return lines


def _spoken(shown: Decimal, parts: Sequence[Decimal], is_estimated: bool, is_billed: bool) -> str:
    """The strip for those who do not see it: "Cost $0.00079: read again 20 %, read new 80 %"."""
    if not shown:
        return _("Free") if is_billed else _("Free, demo price, not billed")
    if is_billed:
        cost = _("Cost about %(amount)s") if is_estimated else _("Cost %(amount)s")
    elif is_estimated:
        cost = _("Cost about %(amount)s, demo price, not billed")
    else:
        cost = _("Cost %(amount)s, demo price, not billed")
    shares = shares_in_words(parts)
    return cost % {"amount": money.format_cost(shown)} + (f": {shares}" if shares else "")


def _at_least(least: int, widths: Sequence[Decimal]) -> list[int]:
    """The same sum, with what the narrow ones lack taken from the widest."""
    grown = [max(least, int(width)) for width in widths]
    grown[grown.index(max(grown))] -= sum(grown) - int(sum(widths))
    return grown


def _counted(count: int, is_estimated: bool) -> str:
    return _marked(money.format_tokens(count), is_estimated and count > 0)


def _marked(figure: str, is_estimated: bool) -> str:
    """An estimate is never shown as a fact; nothing is nothing either way."""
    return money.marked(figure, is_estimated=is_estimated and figure != _("free"))
