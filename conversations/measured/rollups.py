"""Closed hours and days, added up once, so that no page adds up attempts of months.

An hour is closed when it is over. Attempts end, and costs are stated, after their hour is over, so the last day is
added up again every hour; what is older is never touched but by `remake`. Deleted conversations stay in what was
added up before: it was measured.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from accounts import windows
from conversations.measured import sums
from conversations.models import Attempt, Measure, Unit

# Costs that could only be estimated are asked for again for a day (`tasks.AskAgain`).
SETTLED_AFTER = timedelta(hours=26)
_HOUR = timedelta(hours=1)
_LOCK = 7_230_416  # nobody else's number; only one may add up at a time


def closed_until() -> datetime | None:
    """From which instant on nothing has been added up; None = nothing ever was."""
    last = Measure.objects.filter(unit=Unit.HOUR).aggregate(at=Max("starts_at"))["at"]
    return last + _HOUR if last else None


def close_hours(at: datetime | None = None) -> None:
    """Add up what is over: whatever is new, and the last day again. All of it where the time zone has changed."""
    now = at or timezone.now()
    known = closed_until()
    if known is None or Measure.objects.exclude(zone=windows.zone().key).exists():
        remake(now)
        return
    with transaction.atomic():
        _enter_alone()
        _add_up(min(known, hour_of(now - SETTLED_AFTER)), now)


def remake(at: datetime | None = None) -> None:
    """Make all of it again, from the attempts that there are."""
    with transaction.atomic():
        _enter_alone()
        Measure.objects.all().delete()
        first = Attempt.objects.aggregate(at=Min("started_at"))["at"]
        if first is not None:
            _add_up(hour_of(first), at or timezone.now())


def hour_of(at: datetime) -> datetime:
    """When its hour began, by the clock of BUDGET_TIME_ZONE."""
    local = at.astimezone(windows.zone())
    return at - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def _add_up(since: datetime, now: datetime) -> None:
    """Hours from `since` on, and every day that any of them is in. Days need whole days, so they begin earlier."""
    today = windows.day_start(windows.day_of(now))
    _put(Unit.HOUR, since, hour_of(now))
    _put(Unit.DAY, windows.day_start(windows.day_of(since)), today)


def _put(unit: Unit, since: datetime, until: datetime) -> None:
    if since >= until:
        return
    Measure.objects.filter(unit=unit, starts_at__gte=since).delete()
    with connection.cursor() as cursor:
        cursor.execute(_PUT, sums.values(unit=unit.value, since=since, until=until))


def _enter_alone() -> None:
    with connection.cursor() as cursor:
        # Years of attempts take longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


_PUT = (
    f"INSERT INTO conversations_measure (unit, zone, {', '.join(sums.COLUMNS)})"  # noqa: S608 -- our own words only
    f" SELECT %(unit)s, %(zone)s, {', '.join(sums.COLUMNS)} FROM ({sums.SUMS}) s"
)
