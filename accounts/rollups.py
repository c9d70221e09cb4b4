"""Closed days: what was spent on each, added up once, so that no page adds up a ledger of years.

`SpendDay` has everything that counts before `Books.open_from`, always: whoever books something late into a closed day
adds it there in the same transaction. What counts from then on is read from the entries themselves.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from accounts import counters, windows
from accounts.models import Books, EntryKind, LedgerEntry
from accounts.usage.facts import FACTS

# Everything ever booked lies between these.
_EVER = {"live_from": windows.EPOCH, "live_to": datetime.max.replace(tzinfo=windows.EPOCH.tzinfo)}

_AT_ONCE = timedelta(days=7)

_KEYS = "day, user_id, team_id, provider, model"
_FIGURES = (
    *("replies", "prompt", "cached", "completion", "reasoning"),
    *("spent", "part_cached", "part_new", "part_thinking", "part_answer", "saved", "estimated", "reported"),
)
_SUMS = ", ".join(f"sum({figure}) AS {figure}" for figure in _FIGURES)
# All of these statements are made of our own words alone.
_DAYS = f"""
    SELECT {_KEYS}, {_SUMS} FROM ({FACTS}) facts
    WHERE %(ids)s::uuid[] IS NULL OR id = ANY(%(ids)s) GROUP BY {_KEYS}
"""  # noqa: S608
_ADD = (
    f"INSERT INTO accounts_spendday ({_KEYS}, {', '.join(_FIGURES)}) {_DAYS} ON CONFLICT ({_KEYS}) DO UPDATE SET "
    + ", ".join(f"{figure} = accounts_spendday.{figure} + excluded.{figure}" for figure in _FIGURES)
)


def open_from() -> datetime | None:
    """The instant from which on days are open; None = no day is closed."""
    return Books.objects.filter(pk=1).values_list("open_from", flat=True).first()


def add_late(entries: Sequence[LedgerEntry]) -> None:
    """Add what was just booked to the closed days it counts in, if it does. One query, and a second one if so."""
    ids = [entry.pk for entry in entries if entry.kind in (EntryKind.CHARGE, EntryKind.CORRECTION)]
    since = open_from() if ids else None
    if since is not None and any(entry.counted_at < since for entry in entries):
        _add(ids=ids, live_to=since)


def close_days(at: datetime | None = None) -> datetime:
    """Close every day before the one of `at`; returns the instant from which on days are open. Repeating it is idle.

    The day before is left open for an hour after midnight, so that few replies have to be added late. A week at a
    time: sends wait while days are closed.
    """
    until = windows.day_start(windows.day_of((at or timezone.now()) - timedelta(hours=1)))
    while (reached := _close_some(until)) < until:
        pass
    return reached


def _close_some(until: datetime) -> datetime:
    with transaction.atomic():
        counters.enter_alone()
        books, _ = Books.objects.get_or_create(pk=1)
        if books.open_from is None:
            _clear()
        since = books.open_from or _first_day() or until
        if books.open_from is not None and since >= until:
            return since
        books.open_from = min(until, windows.day_start(windows.day_of(since) + _AT_ONCE))
        _add(live_from=since, live_to=books.open_from)
        books.save(update_fields=["open_from"])
        return books.open_from


def _first_day() -> datetime | None:
    """When the first day began on which anything was spent."""
    first = LedgerEntry.objects.filter(kind=EntryKind.CHARGE).aggregate(at=Min("counted_at"))["at"]
    return windows.day_start(windows.day_of(first)) if first else None


def remake() -> None:
    """Make all closed days again, from entries alone. In the caller's transaction, alone with the books."""
    _clear()
    since = open_from()
    if since is not None:
        since = windows.day_start(windows.day_of(since))
        Books.objects.filter(pk=1).update(open_from=since)
        _add(live_to=since)


def differences() -> list[str]:
    """A sentence for each closed day that is not what its entries come to."""
    since = open_from()
    if since is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, _values(live_to=since) | {"open": windows.day_of(since)})
        return [
            f"{day}, {provider}: closed with {closed} spent, its entries say {booked}."
            if closed != booked
            else f"{day}, {provider}: {closed} spent is right, but not of what it is made up."
            for day, provider, closed, booked in cursor.fetchall()
        ]


_DIFFERENCES = f"""
    WITH booked AS ({_DAYS})
    SELECT coalesce(s.day, b.day), coalesce(s.provider, b.provider), coalesce(s.spent, 0), coalesce(b.spent, 0)
    FROM (SELECT * FROM accounts_spendday WHERE day < %(open)s) s FULL JOIN booked b
        ON s.day = b.day AND s.provider = b.provider AND s.model = b.model
        AND coalesce(s.user_id, '{0:032x}') = coalesce(b.user_id, '{0:032x}')
        AND coalesce(s.team_id, '{0:032x}') = coalesce(b.team_id, '{0:032x}')
    WHERE (s.spent, s.estimated, s.reported, s.replies, s.prompt, s.cached, s.completion, s.reasoning)
        IS DISTINCT FROM
        (b.spent, b.estimated, b.reported, b.replies, b.prompt, b.cached, b.completion, b.reasoning)
    ORDER BY 1, 2
"""  # noqa: S608


def _clear() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_spendday")


def _add(**which: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ADD, _values(**which))


def _values(**which: Any) -> dict[str, Any]:
    return {**_EVER, "ids": None, "zone": windows.zone().key, **which}
