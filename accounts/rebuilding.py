"""Rearranging the books: counting what a window did not count, following another time zone, making counters again.

All of it works from entries alone, and alone: nobody moves money meanwhile. Repeating any of it changes nothing.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import counters, rollups, windows
from accounts.models import ORGANISATION_ID, Books, Budget, LedgerEntry, Scope, SpendWindow, Window

# What an entry does to a window, as `counters.movement_of` has it.
SPENT = "CASE WHEN e.kind IN ('charge', 'correction') THEN e.amount ELSE 0 END"
HELD = "CASE WHEN e.kind IN ('hold', 'release') THEN e.amount ELSE 0 END"
GRANTED = "CASE WHEN e.kind = 'grant' THEN e.amount ELSE 0 END"

_END_OF_TIME = datetime.max.replace(tzinfo=windows.EPOCH.tzinfo)


def complete(scope: Scope, window: str, *, scope_id: uuid.UUID | None = None, at: datetime) -> None:
    """Have the window of `at` count all that was booked since it began, whether or not it was counted then.

    So a limit that is set at noon counts the morning. Without `scope_id`, for everybody in that scope who spent
    anything in it. In the caller's transaction, after `counters.enter_alone()`.
    """
    start, end = windows.start_of(window, at), windows.end_of(window, at) or _END_OF_TIME
    owners = [scope_id] if scope_id else _owners(scope, start, end)
    SpendWindow.objects.bulk_create(
        (SpendWindow(scope=scope, scope_id=owner, window=window, starts_at=start) for owner in owners),
        ignore_conflicts=True,
    )
    rows = SpendWindow.objects.filter(scope=scope, scope_id__in=owners, window=window, starts_at=start)
    ids = list(rows.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_POST_WHAT_IS_MISSING, {"windows": ids, "start": start, "end": end})
        cursor.execute(_COUNT, {"windows": ids})


def follow_time_zone(at: datetime | None = None) -> bool:
    """When BUDGET_TIME_ZONE has changed, let the windows and days of the new one count what the old ones did.

    Returns whether it had. Replies under way settle in the windows of their hold all the same.
    """
    at, zone = at or timezone.now(), windows.zone().key
    if (_known_zone() or "UTC") == zone:
        return False
    with transaction.atomic():
        counters.enter_alone()
        Books.objects.update_or_create(pk=1, defaults={"time_zone": zone})
        for scope in Scope:
            complete(scope, Window.MONTH, at=at)
        for scope_value, scope_id, window in set(
            Budget.objects.exclude(window=Window.MONTH).values_list("scope", "scope_id", "window")
        ):
            complete(Scope(scope_value), window, scope_id=scope_id, at=at)
        rollups.remake()
    return True


def rebuild() -> list[str]:
    """Make every counter and every closed day again; returns what was not as its entries say."""
    with transaction.atomic():
        counters.enter_alone()
        found = differences()
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"windows": None})
        rollups.remake()
    return found


def differences() -> list[str]:
    """A sentence for each counter and each closed day that is not what its entries come to. Reads only."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"windows": None})
        counted = [sentence for (sentence,) in cursor.fetchall()]
    return [*counted, *rollups.differences()]


def _known_zone() -> str | None:
    return Books.objects.filter(pk=1).values_list("time_zone", flat=True).first()


def _owners(scope: Scope, start: datetime, end: datetime) -> Collection[Any]:
    if scope == Scope.ORGANISATION:
        return [ORGANISATION_ID]
    column = "team_id" if scope == Scope.TEAM else "user_id"
    entries = LedgerEntry.objects.filter(counted_at__gte=start, counted_at__lt=end)
    return entries.exclude(**{column: None}).values_list(column, flat=True).distinct()


# A grant is one window's own; everything else counts for the organisation, the team that pays and the person.
_POST_WHAT_IS_MISSING = f"""
    INSERT INTO accounts_posting (entry_id, window_id, spent, held, granted)
    SELECT e.id, w.id, {SPENT}, {HELD}, {GRANTED}
    FROM accounts_spendwindow w
    JOIN accounts_ledgerentry e ON e.counted_at >= %(start)s AND e.counted_at < %(end)s AND CASE
        WHEN e.kind = 'grant' THEN e.details->>'scope' = w.scope::text
            AND e.details->>'scope_id' = w.scope_id::text AND e.details->>'window' = w."window"
        WHEN w.scope = 2 THEN e.team_id = w.scope_id
        WHEN w.scope = 3 THEN e.user_id = w.scope_id
        ELSE true END
    WHERE w.id = ANY(%(windows)s)
        AND NOT EXISTS (SELECT FROM accounts_posting p WHERE p.entry_id = e.id AND p.window_id = w.id)
    ORDER BY e.id
"""  # noqa: S608 -- our own words only
_SUMS = f"""
    SELECT w.id, coalesce(sum({SPENT}), 0) AS spent, coalesce(sum({HELD}), 0) AS held,
        coalesce(sum({GRANTED}), 0) AS granted
    FROM accounts_spendwindow w
    LEFT JOIN accounts_posting p ON p.window_id = w.id LEFT JOIN accounts_ledgerentry e ON e.id = p.entry_id
    WHERE %(windows)s::uuid[] IS NULL OR w.id = ANY(%(windows)s)
    GROUP BY w.id
"""  # noqa: S608 -- our own words only
_DIFFERS = "(w.spent, w.held, w.granted) IS DISTINCT FROM (s.spent, s.held, s.granted)"
_COUNT = f"""
    UPDATE accounts_spendwindow w SET spent = s.spent, held = s.held, granted = s.granted
    FROM ({_SUMS}) s WHERE s.id = w.id AND {_DIFFERS}
"""  # noqa: S608 -- our own words only
_DIFFERENCES = f"""
    SELECT 'Window ' || w.id || ' says spent ' || w.spent || ', held ' || w.held || ', granted ' || w.granted
        || '; its entries say ' || s.spent || ', ' || s.held || ' and ' || s.granted || '.'
    FROM accounts_spendwindow w JOIN ({_SUMS}) s ON s.id = w.id WHERE {_DIFFERS}
"""  # noqa: S608 -- our own words only
