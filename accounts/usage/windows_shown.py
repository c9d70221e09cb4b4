"""How a person's windows stand, in words: today, this week, this month against their limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import money, windows
from accounts.budgets import Left
from accounts.models import Scope, User, Window
from accounts.usage import facts
from accounts.usage.facts import By, Of, Span, Sum

_WHOSE = {
    Scope.ORGANISATION: gettext_lazy("The organisation"),
    Scope.TEAM: gettext_lazy("Your team"),
    Scope.USER: "",
}


@dataclass(frozen=True, slots=True)
class WindowRow:
    """One window; of the organisation's and a team's only what is left is told."""

    name: str  # "Today", "November", "The organisation, November"
    spent: str
    limit: str
    left: str
    resets: str
    is_reached: bool
    note: str = ""  # where the limit comes from, if not from a budget alone


def rows_for(user: User, standing: Sequence[Left]) -> list[WindowRow]:
    """A person's day, week and month, and every wider window that limits them. Two queries.

    Where no counter runs for want of a limit, the days are added up.
    """
    own = {left.window: left for left in standing if left.scope == Scope.USER}
    at = own[Window.MONTH].at
    shown = [window for window in Window if window in own or window != Window.TOTAL]
    by_day = _by_day(Of(user=user.pk), [windows.start_of(window, at) for window in shown], at)
    for window in shown:
        if window not in own:
            spent = _since(by_day, windows.start_of(window, at)).spent
            own[window] = Left(Scope.USER, window, at, None, spent, Decimal(0))
    wider = [left for left in standing if left.scope != Scope.USER and left.limit is not None]
    return [_own_row(own[window], by_day) for window in shown] + [_wider_row(left) for left in wider]


def rows_of(standing: Sequence[Left], of: Of) -> list[WindowRow]:
    """Every window of an owner, `of` being what they spend, for whoever manages it. Two queries."""
    if not standing:
        return []
    by_day = _by_day(of, [left.starts_at for left in standing], standing[0].at)
    return [_own_row(left, by_day) for left in standing]


def is_estimated(left: Left, of: Of) -> bool:
    """Whether an estimate is among what was spent in a window, by whom `of` says. Two queries."""
    span = Span(windows.day_of(left.starts_at), windows.day_of(left.at))
    return facts.total(facts.sums(span=span, of=of)).is_estimated


def row_of(left: Left, *, is_estimated: bool = False) -> WindowRow:
    """One window, for its owner or whoever manages it."""
    notes = []
    if left.is_own:
        notes.append(_("your own limit"))
    elif left.granted:
        amount = {"amount": money.format_limit(abs(left.granted))}
        notes.append((_("%(amount)s granted") if left.granted > 0 else _("%(amount)s taken off")) % amount)
    return WindowRow(
        name=_when(left),
        spent=money.format_spent(left.spent, is_estimated=is_estimated),
        limit=money.format_limit(left.limit) if left.limit is not None else "",
        left=money.format_left(left.amount) if left.amount is not None else "",
        resets=windows.instant(left.resets_at) if left.resets_at and left.limit is not None else "",
        is_reached=left.limit is not None and left.spent >= left.limit,
        note=", ".join(notes),
    )


def month_of(standing: Sequence[Left]) -> Left:
    """A person's month among their windows."""
    return next(left for left in standing if (left.scope, left.window) == (Scope.USER, Window.MONTH))


def month_words(month: Left, *, is_estimated: bool, spenders: int = 0) -> str:
    """How a month stands: "November so far: $3.12 of $5.00, by 41 people."."""
    spent = (
        money.format_spent(month.spent, is_estimated=is_estimated) if month.spent > 0 else _("nothing spent")
    )
    known: dict[str, Any] = {"month": f"{windows.day_of(month.at):%B}", "spent": spent}
    if month.limit is not None:
        known["limit"] = money.format_limit(month.limit)
    if not spenders:
        if month.limit is None:
            return _("%(month)s so far: %(spent)s.") % known
        return _("%(month)s so far: %(spent)s of %(limit)s.") % known
    if month.limit is None:
        sentence = ngettext(
            "%(month)s so far: %(spent)s, by %(count)s person.",
            "%(month)s so far: %(spent)s, by %(count)s people.",
            spenders,
        )
    else:
        sentence = ngettext(
            "%(month)s so far: %(spent)s of %(limit)s, by %(count)s person.",
            "%(month)s so far: %(spent)s of %(limit)s, by %(count)s people.",
            spenders,
        )
    return sentence % {**known, "count": spenders}


def _by_day(of: Of, starts: Sequence[datetime], at: datetime) -> dict[date, Sum]:
    """What was spent on each day, from the first of these instants on."""
    span = Span(windows.day_of(min(starts)), windows.day_of(at))
    return {one.key[0]: one for one in facts.sums(By.DAY, span=span, of=of)}


def _since(by_day: Mapping[date, Sum], start: datetime) -> Sum:
    return facts.total([one for day, one in by_day.items() if day >= windows.day_of(start)])


def _own_row(left: Left, by_day: Mapping[date, Sum]) -> WindowRow:
    return row_of(left, is_estimated=_since(by_day, left.starts_at).is_estimated)


def _wider_row(left: Left) -> WindowRow:
    """A window of the organisation or the team: what others spent is not told, what is left is."""
    when = _when(left)
    if left.window != Window.MONTH:
        when = when[0].lower() + when[1:]
    return replace(row_of(left), name=f"{_WHOSE[left.scope]}, {when}", spent="", note="")


def _when(left: Left) -> str:
    match Window(left.window):
        case Window.DAY:
            return _("Today")
        case Window.WEEK:
            return _("This week")
        case Window.MONTH:
            return f"{windows.day_of(left.at):%B}"
        case Window.TOTAL:
            return _("In all")
