"""The locked counters: opening, locking and moving them. Only `ledger` calls this.

Lock order everywhere: scope (organisation, team, user), then id. New windows are inserted in the order of
scopes too, and before any is locked, so that no two of us wait for each other.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Q, QuerySet

from accounts import windows
from accounts.budgets import Counted
from accounts.models import EntryKind, LedgerEntry, Posting, SpendWindow

_NOTHING = Decimal(0)


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
    moved = [(entry, *_movement(entry)) for entry in entries]
    Posting.objects.bulk_create(
        Posting(entry=entry, window_id=window_id, spent=spent, held=held)
        for entry, spent, held in moved
        for window_id in window_ids
    )
    SpendWindow.objects.filter(id__in=window_ids).update(
        spent=F("spent") + sum((spent for _, spent, _ in moved), _NOTHING),
        held=F("held") + sum((held for _, _, held in moved), _NOTHING),
    )


def _movement(entry: LedgerEntry) -> tuple[Decimal, Decimal]:
    """What an entry does to a window: (spent, held)."""
    if entry.kind in (EntryKind.HOLD, EntryKind.RELEASE):
        return _NOTHING, entry.amount
    return entry.amount, _NOTHING


def _locking() -> QuerySet[SpendWindow]:
    # NO KEY: postings refer to these rows, and inserting one must not wait for us.
    return SpendWindow.objects.select_for_update(no_key=True).order_by("scope", "id")
