"""How a person's windows stand, in words: today, this week, this month against their limits."""

from dataclasses import dataclass
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
    return [_row(left) for left in [*mine, *wider]]


def opening_for(user: User, at: datetime | None = None) -> str:
    """How a person's month stands: "November so far: $3.12 of $5.00."."""
    at = at or timezone.now()
    month = next(
        left
        for left in budgets.standing_of(user, at=at)
        if (left.scope, left.window) == (Scope.USER, Window.MONTH)
    )
    spent = money.format_cost(month.spent) if month.spent > 0 else "nothing spent"
    limit = f" of {money.format_limit(month.limit)}" if month.limit is not None else ""
    return f"{windows.day_of(at):%B} so far: {spent}{limit}."


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


def _row(left: Left) -> WindowRow:
    when = {
        Window.DAY: "Today",
        Window.WEEK: "This week",
        Window.MONTH: f"{windows.day_of(left.at):%B}",
        Window.TOTAL: "In all",
    }[Window(left.window)]
    whose = _WHOSE[left.scope]
    is_mine = left.scope == Scope.USER
    return WindowRow(
        name=f"{whose}, {when[0].lower() + when[1:] if left.window != Window.MONTH else when}"
        if whose
        else when,
        spent=(money.format_cost(left.spent) if left.spent > 0 else "nothing") if is_mine else "",
        limit=money.format_limit(left.limit) if left.limit is not None else "",
        left=money.format_left(left.amount) if left.amount is not None else "",
        resets=windows.instant(left.resets_at) if left.resets_at and left.limit is not None else "",
        is_reached=left.limit is not None and left.spent >= left.limit,
    )
