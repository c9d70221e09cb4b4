"""The locked counters: opening, locking and moving them. Only `ledger` calls this, and who rearranges the books.

Lock order everywhere: the books, then scope (organisation, team, user), then id. New windows are inserted in the
order of scopes too, and before any is locked, so that no two of us wait for each other.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q, QuerySet

from accounts import windows
from accounts.budgets import Counted
from accounts.models import EntryKind, LedgerEntry, Posting, SpendWindow

_NOTHING = Decimal(0)
# Held together by all who move money, and alone by whoever rearranges the books.
_BOOKS_LOCK = 0x626F6F6B73


def enter() -> None:
    """Keep the books as they are until our transaction ends; whoever rearranges them is waited for. One query.

    Before limits are read and windows are looked for: what is read after it stays true.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_BOOKS_LOCK])


def enter_alone() -> None:
    """Let nobody else move money until our transaction ends, and take what time that needs."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BOOKS_LOCK])


def open_and_lock(
    counted: Sequence[Counted], at: datetime, *, besides: Collection[uuid.UUID] = ()
) -> list[SpendWindow]:
    """The windows of `at` and those `besides`, locked; missing ones are made. Two queries.

    `counted` is ordered by scope.
    """
    rows = [
        SpendWindow(
            scope=one.scope,
            scope_id=one.scope_id,
            window=one.window,
            starts_at=windows.start_of(one.window, at),
        )
        for one in counted
    ]
    SpendWindow.objects.bulk_create(rows, ignore_conflicts=True)
    wanted = Q(id__in=besides)
    for row in rows:
        wanted |= Q(scope=row.scope, scope_id=row.scope_id, window=row.window, starts_at=row.starts_at)
    return list(_locking().filter(wanted))


def lock(window_ids: Collection[uuid.UUID]) -> None:
    """Lock windows that exist. One query."""
    list(_locking().filter(id__in=window_ids).values_list("id"))


def book(entries: Sequence[LedgerEntry], window_ids: Collection[uuid.UUID]) -> None:
    """Write the entries, post each to each of these locked windows, and move the counters. Three queries."""
    LedgerEntry.objects.bulk_create(entries)
    moved = [(entry, movement_of(entry)) for entry in entries]
    Posting.objects.bulk_create(
        Posting(entry=entry, window_id=window_id, spent=moves.spent, held=moves.held, granted=moves.granted)
        for entry, moves in moved
        for window_id in window_ids
    )
    SpendWindow.objects.filter(id__in=window_ids).update(
        spent=F("spent") + sum((moves.spent for _, moves in moved), _NOTHING),
        held=F("held") + sum((moves.held for _, moves in moved), _NOTHING),
        granted=F("granted") + sum((moves.granted for _, moves in moved), _NOTHING),
    )


@dataclass(frozen=True, slots=True)
class Movement:
    """What an entry does to a window."""

    spent: Decimal = _NOTHING
    held: Decimal = _NOTHING
    granted: Decimal = _NOTHING


def movement_of(entry: LedgerEntry) -> Movement:
    """A hold and its release move what is held, a grant what may be spent, the rest what was spent."""
    if entry.kind in (EntryKind.HOLD, EntryKind.RELEASE):
        return Movement(held=entry.amount)
    if entry.kind == EntryKind.GRANT:
        return Movement(granted=entry.amount)
    return Movement(spent=entry.amount)


def _locking() -> QuerySet[SpendWindow]:
    # NO KEY: postings refer to these rows, and inserting one must not wait for us.
    return SpendWindow.objects.select_for_update(no_key=True).order_by("scope", "id")
