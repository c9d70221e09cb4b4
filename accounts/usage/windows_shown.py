"""How a person's windows stand, in words: today, this week, this month against their limits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from accounts import money, windows
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


def rows_for(user: User, standing: Sequence[Left]) -> list[WindowRow]:
    """A person's day, week and month, and every wider window that limits them. Two queries at most."""
    own = {left.window: left for left in standing if left.scope == Scope.USER}
    month = own[Window.MONTH]
    short = {Window.DAY, Window.WEEK} - set(own)
    counted = _spent_in_short_windows(user, month.at) if short else {}
    for window in short:
        own[window] = Left(Scope.USER, window, month.at, None, counted[window], Decimal(0))
    wider = [left for left in standing if left.scope != Scope.USER and left.limit is not None]
    return [row_of(own[window]) for window in Window if window in own] + [_wider_row(left) for left in wider]


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


def month_of(standing: Sequence[Left]) -> Left:
    """A person's month among their windows."""
    return next(left for left in standing if (left.scope, left.window) == (Scope.USER, Window.MONTH))


def month_words(month: Left, *, is_estimated: bool = False) -> str:
    """How a month stands: "November so far: $3.12 of $5.00."."""
    about = "≈ " if is_estimated else ""
    spent = f"{about}{money.format_cost(month.spent)}" if month.spent > 0 else "nothing spent"
    limit = f" of {money.format_limit(month.limit)}" if month.limit is not None else ""
    return f"{windows.day_of(month.at):%B} so far: {spent}{limit}."


def _spent_in_short_windows(user: User, at: datetime) -> dict[Window, Decimal]:
    """Where no counter runs for want of a limit, the entries of the week are added up."""
    today = windows.day_of(at)
    monday = today - timedelta(days=today.weekday())
    by_day = {
        one.key[0]: one.spent for one in facts.sums(By.DAY, span=Span(monday, today), of=Of(user=user.pk))
    }
    return {Window.DAY: by_day.get(today, Decimal(0)), Window.WEEK: sum(by_day.values(), Decimal(0))}


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
