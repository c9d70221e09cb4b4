"""One look at the rows of a worker's running replies: save their text, say that we live, hear who is to stop."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from conversations.generation.record import Snapshot
from conversations.models import Generation, Status

_SAVE_SQL = """
    UPDATE conversations_message m
    SET snapshot_seq = %(seq)s, text = left(m.text, m.carried) || %(text)s, reasoning = %(reasoning)s,
        reasoning_ms = %(reasoning_ms)s, hops = %(hops)s::jsonb
    FROM conversations_generation g
    WHERE g.id = %(generation)s AND m.id = g.reply_id AND m.snapshot_seq <= %(seq)s
"""


@dataclass(frozen=True, slots=True)
class Look:
    """What a row says. Suspending its owner stops a reply like its reader does."""

    is_stopped: bool
    stop_seq: int | None


def look(worker: str, running: Sequence[uuid.UUID]) -> dict[uuid.UUID, Look]:
    """What the rows say, and that we live; a row that is missing is lost to this worker."""
    with transaction.atomic():
        rows = list(
            _locked(worker, running).values_list(
                "pk", "heartbeat_at", "stop_requested_at", "stop_seq", "owner__is_active"
            )
        )
        _beat([row[0] for row in rows if _is_due(row[1])])
    return {row[0]: Look(row[2] is not None or not row[4], row[3]) for row in rows}


def save(worker: str, fresh: Mapping[uuid.UUID, Snapshot]) -> None:
    """Save the snapshots of the rows that are still this worker's.

    The rows are locked first: whoever ends a reply in the meantime is waited for, and then we write no more. Nor is
    anything written over what a reply has kept since with a call that ended: its row is further than the snapshot.
    """
    with transaction.atomic():
        mine = _locked(worker, fresh).values_list("pk", flat=True)
        saves = [_fields_of(key, fresh[key]) for key in mine]
        if saves:
            with connection.cursor() as cursor:
                cursor.executemany(_SAVE_SQL, saves)


def _fields_of(generation_id: uuid.UUID, saved: Snapshot) -> dict[str, uuid.UUID | int | str | None]:
    return {
        "generation": generation_id,
        "seq": saved.seq,
        "text": saved.text,
        "reasoning": saved.reasoning,
        "reasoning_ms": saved.reasoning_ms,
        "hops": orjson.dumps([hop.as_json() for hop in saved.hops]).decode(),
    }


def _locked(worker: str, wanted: Iterable[uuid.UUID]) -> QuerySet[Generation]:
    return (
        Generation.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=list(wanted), status=Status.RUNNING, worker=worker)
        .order_by("pk")
    )


def _is_due(heartbeat_at: datetime | None) -> bool:
    # Not with every look: each beat rewrites an indexed row.
    limit = timezone.now() - timedelta(seconds=settings.TIMINGS.heartbeat)
    return heartbeat_at is None or heartbeat_at <= limit


def _beat(keys: list[uuid.UUID]) -> None:
    if keys:
        Generation.objects.filter(pk__in=keys).update(heartbeat_at=Now())
