"""Proof that the books are right: whatever is not is said in a sentence. Reads only.

Each check is one statement over the whole ledger, for a nightly task and for the end of a test.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts import rollups
from accounts.models import Books

logger = logging.getLogger("parley.ledger")

# A hold this old belongs to no running reply: the longest turn, its queue and its lease fit many times over.
OLDEST_HOLD = timedelta(hours=2)
MOST_FAULTS_KEPT = 100

_COUNTERS_ARE_SUMS = """
    SELECT 'Window ' || w.id || ' says spent ' || w.spent || ', held ' || w.held || ', granted ' || w.granted
        || '; its postings say ' || coalesce(sum(p.spent), 0) || ', ' || coalesce(sum(p.held), 0)
        || ' and ' || coalesce(sum(p.granted), 0) || '.'
    FROM accounts_spendwindow w LEFT JOIN accounts_posting p ON p.window_id = w.id
    GROUP BY w.id
    HAVING w.spent <> coalesce(sum(p.spent), 0) OR w.held <> coalesce(sum(p.held), 0)
        OR w.granted <> coalesce(sum(p.granted), 0)
"""
_POSTINGS_ARE_ENTRIES = """
    SELECT 'The ' || e.kind || ' ' || e.key || ' of ' || e.amount || ' is posted as spent ' || p.spent
        || ', held ' || p.held || ', granted ' || p.granted || '.'
    FROM accounts_posting p JOIN accounts_ledgerentry e ON e.id = p.entry_id
    WHERE p.held <> CASE WHEN e.kind IN ('hold', 'release') THEN e.amount ELSE 0 END
        OR p.spent <> CASE WHEN e.kind IN ('charge', 'correction') THEN e.amount ELSE 0 END
        OR p.granted <> CASE WHEN e.kind = 'grant' THEN e.amount ELSE 0 END
"""
_ENTRIES_FOLLOW_A_HOLD = """
    SELECT 'The ' || e.kind || ' ' || e.key || ' has no hold.'
    FROM accounts_ledgerentry e
    WHERE e.kind IN ('hold', 'release', 'charge', 'correction')
        AND NOT EXISTS (SELECT FROM accounts_ledgerentry h WHERE h.key = 'hold:' || e.generation_id)
"""
_ENTRIES_POST_WHERE_THE_HOLD_DID = """
    SELECT 'The ' || e.kind || ' ' || e.key || ' is not posted to the windows of its hold.'
    FROM accounts_ledgerentry e JOIN accounts_ledgerentry h ON h.key = 'hold:' || e.generation_id
    WHERE e.kind IN ('hold', 'release', 'charge', 'correction') AND (
        SELECT coalesce(array_agg(p.window_id ORDER BY p.window_id), '{}')
        FROM accounts_posting p WHERE p.entry_id = e.id
    ) IS DISTINCT FROM (
        SELECT array_agg(p.window_id ORDER BY p.window_id) FROM accounts_posting p WHERE p.entry_id = h.id
    )
"""
_RELEASES_ARE_WHOLE = """
    SELECT 'The release of generation ' || e.generation_id || ' gives back '
        || -sum(e.amount) FILTER (WHERE e.kind = 'release') || ' of '
        || sum(e.amount) FILTER (WHERE e.kind = 'hold') || ' held.'
    FROM accounts_ledgerentry e
    WHERE e.kind IN ('hold', 'release')
        AND EXISTS (SELECT FROM accounts_ledgerentry r WHERE r.key = 'release:' || e.generation_id)
    GROUP BY e.generation_id HAVING sum(e.amount) <> 0
"""
_CHARGES_COME_WITH_A_RELEASE = """
    SELECT 'The charge ' || c.key || ' was booked and its hold was never released.'
    FROM accounts_ledgerentry c
    WHERE c.kind = 'charge'
        AND NOT EXISTS (
            SELECT FROM accounts_ledgerentry r WHERE r.generation_id = c.generation_id AND r.kind = 'release'
        )
"""
_CORRECTIONS_FOLLOW_A_CHARGE = """
    SELECT 'The correction ' || e.key || ' has no charge.'
    FROM accounts_ledgerentry e
    WHERE e.kind = 'correction'
        AND NOT EXISTS (SELECT FROM accounts_ledgerentry c WHERE c.key = 'charge:' || e.attempt_id)
"""
_ATTEMPTS_COST_NOTHING_LESS_THAN_NOTHING = """
    SELECT 'Attempt ' || attempt_id || ' cost ' || sum(amount) || ' in all.'
    FROM accounts_ledgerentry WHERE kind IN ('charge', 'correction')
    GROUP BY attempt_id HAVING sum(amount) < 0
"""
_ENTRIES_COUNT_WITH_THEIR_HOLD = """
    SELECT 'The ' || e.kind || ' ' || e.key || ' counts at another instant than its hold.'
    FROM accounts_ledgerentry e JOIN accounts_ledgerentry h ON h.key = 'hold:' || e.generation_id
    WHERE e.counted_at <> h.counted_at
"""
_GRANTS_ARE_POSTED = """
    SELECT 'The grant ' || e.key || ' of ' || e.amount || ' is posted to no window.'
    FROM accounts_ledgerentry e
    WHERE e.kind = 'grant' AND NOT EXISTS (SELECT FROM accounts_posting p WHERE p.entry_id = e.id)
"""
# Of a hold `h`: it was released with all of its generation, or for a later call. By number: clocks may be set back.
IS_RELEASED = """
    EXISTS (
        SELECT FROM accounts_ledgerentry r
        WHERE r.generation_id = h.generation_id AND r.kind = 'release' AND (
            r.key = 'release:' || h.generation_id
            OR nullif(split_part(r.key, ':', 3), '')::int > coalesce(nullif(split_part(h.key, ':', 3), ''), '1')::int
        )
    )
"""
_HOLDS_ARE_YOUNG = f"""
    SELECT 'The hold of ' || h.amount || ' for generation ' || h.generation_id || ' is open since '
        || to_char(h.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' (UTC).'
    FROM accounts_ledgerentry h
    WHERE h.kind = 'hold' AND h.created_at < %s AND NOT {IS_RELEASED}
"""  # noqa: S608 -- our own words only
_ALWAYS = (
    _COUNTERS_ARE_SUMS,
    _POSTINGS_ARE_ENTRIES,
    _ENTRIES_FOLLOW_A_HOLD,
    _ENTRIES_POST_WHERE_THE_HOLD_DID,
    _RELEASES_ARE_WHOLE,
    _CHARGES_COME_WITH_A_RELEASE,
    _CORRECTIONS_FOLLOW_A_CHARGE,
    _ATTEMPTS_COST_NOTHING_LESS_THAN_NOTHING,
    _ENTRIES_COUNT_WITH_THEIR_HOLD,
    _GRANTS_ARE_POSTED,
)


def verify(*, oldest_hold: timedelta = OLDEST_HOLD) -> list[str]:
    """The faults found, as sentences; none means the books are right."""
    return list(_faults(oldest_hold))


def _faults(oldest_hold: timedelta) -> Iterator[str]:
    with transaction.atomic(), connection.cursor() as cursor:
        # Years of entries may take longer than any page may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        for check in _ALWAYS:
            cursor.execute(check)
            yield from (sentence for (sentence,) in cursor.fetchall())
        cursor.execute(_HOLDS_ARE_YOUNG, [timezone.now() - oldest_hold])
        yield from (sentence for (sentence,) in cursor.fetchall())
        yield from rollups.differences()


def record(faults: Sequence[str], *, started_at: datetime) -> None:
    """Keep the result of a check for the administration; raise alarm when there are faults."""
    now = timezone.now()
    taken_ms = (now - started_at) // timedelta(milliseconds=1)
    Books.objects.update_or_create(
        pk=1,
        defaults={
            "checked_at": now,
            "checked_in_ms": max(0, taken_ms),
            "faults": list(faults[:MOST_FAULTS_KEPT]),
        },
    )
    if faults:
        logger.error("the books do not add up: %s faults, the first: %s", len(faults), faults[0])
