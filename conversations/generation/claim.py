"""Taking queued generations. The generations table is the queue; one statement takes from it."""

import uuid

from django.conf import settings
from django.db import connection, transaction

# Claims are taken one at a time over all workers, so that the limits are exact.
_CLAIM_LOCK = 7_391_001

# Fair between people: everybody's first reply comes before anybody's second (`place`, running ones counted in).
# A provider's room goes to those who may have it, and what waits for that room takes up nobody's own limit: so
# people are counted per provider first, then the provider's room is given out, then people are counted over all.
_CLAIM_SQL = """
    WITH running AS (
        SELECT owner_id, provider FROM conversations_generation WHERE status = 'running'
    ), person AS (
        SELECT owner_id, count(*) AS busy FROM running GROUP BY owner_id
    ), limited AS (
        SELECT p.slug AS provider, p.most_parallel - count(r.provider) AS room
        FROM conversations_provider p LEFT JOIN running r ON r.provider = p.slug
        WHERE p.most_parallel IS NOT NULL GROUP BY p.slug, p.most_parallel
    ), waiting AS (
        SELECT q.id, q.owner_id, q.provider, q.queued_at, coalesce(person.busy, 0) AS busy,
               coalesce(u.most_parallel, %(parallel)s) AS share,
               coalesce(person.busy, 0)
               + row_number() OVER (PARTITION BY q.owner_id, q.provider ORDER BY q.queued_at, q.id) AS place
        FROM conversations_generation q JOIN accounts_user u ON u.id = q.owner_id
        LEFT JOIN person USING (owner_id) WHERE q.status = 'queued'
    ), in_line AS (
        SELECT waiting.*, row_number() OVER (PARTITION BY provider ORDER BY place, queued_at, id) AS turn
        FROM waiting WHERE place <= share
    ), allowed AS (
        SELECT in_line.id, queued_at, share,
               busy + row_number() OVER (PARTITION BY owner_id ORDER BY queued_at, in_line.id) AS place
        FROM in_line LEFT JOIN limited USING (provider) WHERE room IS NULL OR turn <= room
    ), taken AS (
        SELECT g.id FROM conversations_generation g JOIN allowed a ON a.id = g.id
        WHERE g.status = 'queued' AND a.place <= a.share
        ORDER BY a.place, a.queued_at LIMIT %(most)s
        FOR NO KEY UPDATE OF g SKIP LOCKED
    )
    UPDATE conversations_generation g
    SET status = 'running', worker = %(worker)s, started_at = now(), heartbeat_at = now()
    FROM taken WHERE g.id = taken.id RETURNING g.id
"""


def claim(*, worker: str, most: int) -> list[uuid.UUID]:
    """Take up to `most` queued generations for this worker; each is taken by exactly one worker, once.

    Nobody has more than their share running, and no provider more than it takes. Where a person waits for several
    providers, one claim may leave room that the next one fills: ask again until nothing comes.
    """
    limits: dict[str, int | str] = {
        "parallel": settings.PARALLEL_REPLIES_PER_PERSON,
        "most": most,
        "worker": worker,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIM_LOCK])
        cursor.execute(_CLAIM_SQL, limits)
        return [row[0] for row in cursor.fetchall()]
