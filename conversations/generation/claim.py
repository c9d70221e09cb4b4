"""Taking queued generations. The generations table is the queue; one statement takes from it."""

import uuid

from django.db import connection, transaction

# Claims are taken one at a time over all workers, so that a person's parallel limit is exact.
_CLAIM_LOCK = 7_391_001
PARALLEL_PER_USER = 4

# Fair between people: everybody's first reply comes before anybody's second.
_CLAIM_SQL = """
    WITH waiting AS (
        SELECT q.id, q.queued_at,
               row_number() OVER (PARTITION BY q.owner_id ORDER BY q.queued_at, q.id)
               + (SELECT count(*) FROM conversations_generation r
                  WHERE r.status = 'running' AND r.owner_id = q.owner_id) AS place
        FROM conversations_generation q WHERE q.status = 'queued'
    ), taken AS (
        SELECT g.id FROM conversations_generation g JOIN waiting w ON w.id = g.id
        WHERE g.status = 'queued' AND (w.place <= %(parallel)s OR g.stop_requested_at IS NOT NULL)
        ORDER BY w.place, w.queued_at LIMIT %(most)s
        FOR NO KEY UPDATE OF g SKIP LOCKED
    )
    UPDATE conversations_generation g
    SET status = 'running', worker = %(worker)s, started_at = now(), heartbeat_at = now()
    FROM taken WHERE g.id = taken.id RETURNING g.id
"""


def claim(*, worker: str, most: int) -> list[uuid.UUID]:
    """Take up to `most` queued generations for this worker; each is taken by exactly one worker, once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
        cursor.execute(_CLAIM_SQL, {"parallel": PARALLEL_PER_USER, "most": most, "worker": worker})
        return [row[0] for row in cursor.fetchall()]
