"""What "My usage" shows of one person and one month, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import money, names, pricing, tally, windows
from accounts.usage import charts, facts, pace
from accounts.usage.facts import By, Of, Span, Sum

# Pixels of height; drawings are as wide as their column.
_BAR_HEIGHT = 48
_PACE_HEIGHT = 120
_MOST_MODELS = 4
_OTHERS = gettext_lazy("Other models")
_NOTHING = Decimal(0)
# A limit further away than this is not drawn: all else would lie flat.
_FURTHEST_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Month:
    """One month of somebody's spending, by day and model."""

    span: Span
    by_day: dict[date, Sum]
    by_model: dict[str, dict[date, Sum]]  # by what people call the model, the dearest first
    total: Sum


def month_of(of: Of, span: Span) -> Month:
    """Four queries. The demo stands apart, whatever it answers for."""
    found = facts.sums(By.DAY, By.PROVIDER, By.MODEL, span=span, of=of)
    called = names.known()
    by_day: dict[date, Sum] = {}
    models: dict[str, list[Sum]] = {}
    for one in found:
        day, provider, model = one.key
        name = called.provider(provider) if provider == pricing.DEMO else called.model(model, provider)
        by_day[day] = by_day.get(day, Sum()) + one
        models.setdefault(name, []).append(one)
    dearest = sorted(models, key=lambda model: -facts.total(models[model]).spent)
    by_model: dict[str, dict[date, Sum]] = {}
    for rank, model in enumerate(dearest):
        is_last = rank >= _MOST_MODELS and len(dearest) > _MOST_MODELS + 1
        days = by_model.setdefault(str(_OTHERS) if is_last else model, {})
        for one in models[model]:
            days[one.key[0]] = days.get(one.key[0], Sum()) + one
    return Month(span, by_day, by_model, facts.total(found))


def model_rows(month: Month) -> list[dict[str, Any]]:
    """Each model's figures and its bars, all to one scale."""
    highest = max((one.spent for days in month.by_model.values() for one in days.values()), default=_NOTHING)
    rows = []
    for model, days in month.by_model.items():
        whole = facts.total(list(days.values()))
        parts = [days[day].parts if day in days else () for day in month.span.days]
        rows.append(
            figures(whole)
            | {
                "name": model or _("unknown"),
                "is_drawn": whole.spent > 0,
                "bars": charts.bars(parts, height=_BAR_HEIGHT, highest=highest),
                "width": charts.width_of(parts),
                "height": _BAR_HEIGHT,
                "bars_label": _bars_in_words(days),
            }
        )
    return rows


def day_rows(month: Month) -> list[dict[str, Any]]:
    """Every day on which something was spent, the latest first."""
    return [figures(month.by_day[day]) | {"day": day} for day in sorted(month.by_day, reverse=True)]


def figures(one: Sum) -> dict[str, Any]:
    """A sum as a table shows it: strip, cost, replies, tokens."""
    return {
        "cost": cost_of(one),
        "strip": tally.strip_of(one.parts),
        "label": tally.shares_in_words(one.parts),
        "replies": f"{one.replies:,}",
        "read": money.tokens_short(one.prompt),
        "written": money.tokens_short(one.completion),
        "cached_share": f"{round(100 * one.cached / one.prompt)} %" if one.prompt else "–",
    }


def cost_of(one: Sum) -> str:
    """A sum in short; one that holds an estimate says so, and one of the demo's replies alone that nobody pays it."""
    if not one.spent:
        if one.replies and one.unbilled == one.replies:
            return str(tally.DEMO)
        return _("nothing") if not one.replies else _("free")
    return money.marked(money.format_cost(one.spent), is_estimated=one.is_estimated)


def saved_sentence(month: Sum) -> str:
    """What caching saved, in a sentence; "" when it saved nothing."""
    if month.saved <= 0 or not month.prompt:
        return ""
    share = round(100 * month.cached / month.prompt)
    return _(
        "Reading again from the cache saved %(saved)s: %(cached)s"
        " of %(read)s tokens read (%(share)s %%) came from it."
    ) % {
        "saved": money.format_left(month.saved),
        "cached": money.tokens_short(month.cached),
        "read": money.tokens_short(month.prompt),
        "share": share,
    }


def pace_drawing(
    month: Month, *, spent: Decimal, limit: Decimal | None, at: datetime | None = None
) -> dict[str, Any] | None:
    """The month's line so far, its likely way to the end, and the limit; None while there is nothing to draw."""
    at = at or timezone.now()
    expected = pace.month_end_estimate(spent, month.span, at)
    if month.total.spent <= 0:
        return None
    last = min(windows.day_of(at), month.span.last)
    so_far, run = [_NOTHING], _NOTHING
    for day in month.span.days:
        if day <= last:
            run += month.by_day[day].spent if day in month.by_day else _NOTHING
            so_far.append(run)
    end = max(run, expected or _NOTHING)
    drawn_limit = limit if limit is not None and _NOTHING < limit <= _FURTHEST_LIMIT * end else None
    highest = max(end, drawn_limit or _NOTHING) * Decimal("1.06")
    days_left = len(month.span.days) - (len(so_far) - 1)
    ahead = [run, expected] if expected is not None and days_left else []
    return {
        "width": charts.width_of(month.span.days),
        "height": _PACE_HEIGHT,
        "spent": charts.line(so_far, height=_PACE_HEIGHT, highest=highest),
        "ahead": _ahead(ahead, len(so_far) - 1, len(month.span.days), highest),
        "limit_y": charts.level(drawn_limit, height=_PACE_HEIGHT, highest=highest) if drawn_limit else None,
        "limit": money.format_limit(drawn_limit) if drawn_limit else "",
        "sentence": pace_sentence(expected, limit, month.span),
        "first": month.span.first,
        "last": month.span.last,
    }


def pace_sentence(expected: Decimal | None, limit: Decimal | None, span: Span) -> str:
    """How the month ends if it goes on like this; "" when nobody can say."""
    if expected is None:
        return ""
    known = {"amount": money.format_worst(expected), "day": f"{span.last.day} {span.last:%B}"}
    if limit is None:
        return _("At this pace it will be about %(amount)s by %(day)s.") % known
    known["limit"] = money.format_limit(limit)
    if expected <= limit:
        return _("At this pace it will be about %(amount)s by %(day)s, within your %(limit)s.") % known
    return _("At this pace it will be about %(amount)s by %(day)s, more than your %(limit)s.") % known


def _ahead(figures_: Sequence[Decimal], from_day: int, to_day: int, highest: Decimal) -> str:
    if not figures_:
        return ""
    start, end = figures_
    return (
        charts.line([start], height=_PACE_HEIGHT, highest=highest, first_day=from_day)
        + " "
        + charts.line([end], height=_PACE_HEIGHT, highest=highest, first_day=to_day)
    )


def _bars_in_words(days: dict[date, Sum]) -> str:
    dearest = max(days, key=lambda day: days[day].spent)
    return ngettext(
        "Spent on %(count)s day, most on %(dearest)s: %(amount)s",
        "Spent on %(count)s days, most on %(dearest)s: %(amount)s",
        len(days),
    ) % {
        "count": len(days),
        "dearest": f"{dearest.day} {dearest:%B}",
        "amount": cost_of(days[dearest]),
    }
