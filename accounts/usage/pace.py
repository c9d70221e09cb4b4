"""How a month goes on if it goes on like this."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.usage import facts
from accounts.usage.facts import Span

# Sooner than this a single long reply would make a month of it.
_LEAST = timedelta(days=2)


def month_of(day: date) -> Span:
    """The whole month that a day lies in."""
    return Span(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def month_before(month: Span) -> Span:
    return month_of(month.first - timedelta(days=1))


def month_after(month: Span) -> Span:
    return month_of(month.last + timedelta(days=1))


def month_end_estimate(spent: Decimal, month: Span, at: datetime | None = None) -> Decimal | None:
    """What the month will have cost at its end, at the pace so far; None when it is too young, or over."""
    at = at or timezone.now()
    start, end = facts.bounds_of(month)
    elapsed = at - start
    if elapsed < _LEAST or at >= end or not spent:
        return None
    return spent * _seconds(end - start) / _seconds(elapsed)


def _seconds(stretch: timedelta) -> Decimal:
    return Decimal(int(stretch.total_seconds()))
