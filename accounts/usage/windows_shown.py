"""How a person's windows stand, in words: today, this week, this month against their limits."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts import budgets, money, windows
from accounts.budgets import Left
from accounts.models import Scope, User, Window
from accounts.usage import facts
from accounts.usage.facts import By, Of, Span

_WHOSE = {Scope.ORGANISATION: "The organisation", Scope.TEAM: "Your team", Scope.USER: ""}


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


def rows_for(user: User, at: datetime | None = None) -> list[WindowRow]:
    """A person's day, week and month, and every wider window that limits them. Four queries at most."""
    at = at or timezone.now()
    standing = budgets.standing_of(user, at=at)
    own = {left.window: left for left in standing if left.scope == Scope.USER}
    counted = _spent_in_short_windows(user, at)
    mine = [
        own.get(window) or Left(Scope.USER, window, at, None, counted[window], Decimal(0))
        for window in (Window.DAY, Window.WEEK, Window.MONTH)
    ]
    if Window.TOTAL in own:
        mine.append(own[Window.TOTAL])
    wider = [left for left in standing if left.scope != Scope.USER and left.limit is not None]
    return [row_of(left) for left in mine] + [_wider_row(left) for left in wider]


def row_of(left: Left) -> WindowRow:
    """One window, for its owner or whoever manages it."""
    notes = []
    if left.is_own:
        notes.append("your own limit")
    elif left.granted:
        notes.append(
            f"{money.format_limit(abs(left.granted))} {'granted' if left.granted > 0 else 'taken off'}"
        )
    return WindowRow(
        name=_when(left),
        spent=money.format_cost(left.spent) if left.spent > 0 else "nothing",
        limit=money.format_limit(left.limit) if left.limit is not None else "",
        left=money.format_left(left.amount) if left.amount is not None else "",
        resets=windows.instant(left.resets_at) if left.resets_at and left.limit is not None else "",
        is_reached=left.limit is not None and left.spent >= left.limit,
        note=", ".join(notes),
    )


def opening_for(user: User, at: datetime | None = None, *, is_estimated: bool = False) -> str:
    """How a person's month stands: "November so far: $3.12 of $5.00."."""
    standing = budgets.standing_of(user, at=at)
    month = next(left for left in standing if (left.scope, left.window) == (Scope.USER, Window.MONTH))
    return month_words(month, is_estimated=is_estimated)


def month_words(month: Left, *, is_estimated: bool = False) -> str:
    """How a month stands: "November so far: $3.12 of $5.00."."""
    about = "≈ " if is_estimated else ""
    spent = f"{about}{money.format_cost(month.spent)}" if month.spent > 0 else "nothing spent"
    limit = f" of {money.format_limit(month.limit)}" if month.limit is not None else ""
    return f"{windows.day_of(month.at):%B} so far: {spent}{limit}."


def _spent_in_short_windows(user: User, at: datetime) -> dict[str, Decimal]:
    """Where no counter runs for want of a limit, the entries are added up."""
    today = windows.day_of(at)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    by_day = facts.sums(By.DAY, span=Span(min(monday, first), today), of=Of(user=user.pk))
    starts = {Window.DAY: today, Window.WEEK: monday, Window.MONTH: first}
    return {
        window.value: sum((one.spent for one in by_day if one.key[0] >= start), Decimal(0))
        for window, start in starts.items()
    }


def _wider_row(left: Left) -> WindowRow:
    """A window of the organisation or the team: what others spent is not told, what is left is."""
    when = _when(left)
    if left.window != Window.MONTH:
        when = when[0].lower() + when[1:]
    return replace(row_of(left), name=f"{_WHOSE[left.scope]}, {when}", spent="", note="")


def _when(left: Left) -> str:
    match Window(left.window):
        case Window.DAY:
            return "Today"
        case Window.WEEK:
            return "This week"
        case Window.MONTH:
            return f"{windows.day_of(left.at):%B}"
        case Window.TOTAL:
            return "In all"
