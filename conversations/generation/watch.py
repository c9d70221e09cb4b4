"""One look at the rows of a worker's running replies: save their text, say that we live, hear who is to stop."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from conversations.models import Generation, Status

_SAVE_SQL = """
    UPDATE conversations_message m
    SET snapshot_seq = %s, text = %s, reasoning = %s, reasoning_ms = %s
    FROM conversations_generation g WHERE g.id = %s AND m.id = g.reply_id
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A running reply's text and the last entry that it holds."""

    seq: int
    text: str
    reasoning: str
    reasoning_ms: int | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a row says. Suspending its owner stops a reply like its reader does."""

    is_stopped: bool
    stop_seq: int | None


def save_and_look(
    worker: str, running: Sequence[uuid.UUID], fresh: Mapping[uuid.UUID, Snapshot]
) -> dict[uuid.UUID, Look]:
    """Save the fresh snapshots of rows that are still this worker's; a row that is missing is lost to it.

    The rows are locked first: whoever ends a reply in the meantime is waited for, and then we write no more.
    """
    with transaction.atomic():
        rows = list(
            Generation.objects.select_for_update(no_key=True, of=("self",))
            .filter(pk__in=running, status=Status.RUNNING, worker=worker)
            .order_by("pk")
            .values_list("pk", "heartbeat_at", "stop_requested_at", "stop_seq", "owner__is_active")
        )
        mine = {row[0] for row in rows}
        saves = [(s.seq, s.text, s.reasoning, s.reasoning_ms, key) for key, s in fresh.items() if key in mine]
        if saves:
            with connection.cursor() as cursor:
                cursor.executemany(_SAVE_SQL, saves)
        _beat([row[0] for row in rows if _is_due(row[1])])
    return {row[0]: Look(row[2] is not None or not row[4], row[3]) for row in rows}


def _is_due(heartbeat_at: datetime | None) -> bool:
    # Not with every look: each beat rewrites an indexed row.
    limit = timezone.now() - timedelta(seconds=settings.TIMINGS.heartbeat)
    return heartbeat_at is None or heartbeat_at <= limit


def _beat(keys: list[uuid.UUID]) -> None:
    if keys:
        Generation.objects.filter(pk__in=keys).update(heartbeat_at=timezone.now())
