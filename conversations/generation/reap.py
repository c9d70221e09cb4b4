"""Ending replies whose worker fell silent: the text is kept, the money settled, the word is `interrupted`."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import orjson
import structlog
from django.conf import settings
from django.db.models import DateTimeField, Func, QuerySet
from django.db.models.functions import Now

from conversations import hops, offload, streams
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.hops import Hop
from conversations.models import Generation, Message, Status
from conversations.streams import Entry

log = structlog.get_logger("parley.reaper")


class _PostgresStart(Func):
    """When this Postgres was started."""

    function = "pg_postmaster_start_time"
    template = "%(function)s()"
    output_field = DateTimeField()


async def reap_stale() -> int:
    """End all running replies that were silent for a lease; returns how many.

    Any process may call it, several at once too: of two that end the same reply one is second and writes nothing.
    """
    if offload.seconds_since_fault() < settings.TIMINGS.lease:
        # While we could not reach Postgres, perhaps nobody could: all are given a lease to show that they live.
        return 0
    ended = 0
    for generation_id in await offload.in_thread(_stale):
        try:
            ended += await _reap(generation_id)
        except offload.AWAY as fault:
            log.warning("reply not reaped yet", generation=str(generation_id), fault=str(fault)[:200])
        except Exception:
            # One row that cannot be ended must not keep the others waiting.
            log.exception("reply not reaped", generation=str(generation_id))
    return ended


def is_silent(generation: Generation) -> bool:
    """True when a running reply's worker has not been heard of for a lease."""
    return _silent().filter(pk=generation.pk).exists()


def fold(
    seq: int,
    text: str,
    reasoning: str,
    thought_ms: int | None,
    tail: Sequence[Entry],
    known: Sequence[Hop] = (),
) -> Written:
    """A snapshot of what was written with the stream's entries beyond it, as far as they follow on without a gap."""
    found = dict(enumerate(known, 1))
    for entry in tail:
        if entry.seq <= seq:
            continue
        if entry.is_end or entry.seq != seq + 1:
            break
        body = orjson.loads(entry.body)
        text += body.get("text", "")
        reasoning += body.get("reasoning", "")
        thought_ms = body.get("thought_ms", thought_ms)
        kept = orjson.loads(entry.kept or b"{}")
        found |= dict(zip(map(int, kept), hops.from_json(kept.values()), strict=True))
        seq = entry.seq
    return Written(
        seq=seq,
        text=text,
        reasoning=reasoning,
        reasoning_ms=thought_ms,
        reasoning_details=[],
        hops=tuple(found[number] for number in sorted(found)),
    )


def _lease() -> timedelta:
    return timedelta(seconds=settings.TIMINGS.lease)


def _silent() -> QuerySet[Generation]:
    """By the database's clock: those of the machines may differ. One that was away has heard nobody meanwhile."""
    silent = Generation.objects.filter(status=Status.RUNNING, heartbeat_at__lt=Now() - _lease())
    return silent.alias(up_since=_PostgresStart()).filter(up_since__lt=Now() - _lease())


def _stale() -> list[uuid.UUID]:
    return list(_silent().values_list("pk", flat=True))


async def _reap(generation_id: uuid.UUID) -> bool:
    try:
        tail = await streams.read_after(str(generation_id), 0)
    except streams.Unreachable:
        tail = []
    view = await offload.in_thread(
        finish.finish_silent, generation_id, lease=_lease(), ending_of=partial(_ending, tail)
    )
    if view is None:
        return False
    log.warning("reply interrupted: its worker fell silent", generation=str(generation_id))
    await finish.announce(str(generation_id), view)
    return True


def _ending(tail: Sequence[Entry], reply: Message) -> Ending:
    known = hops.from_json(reply.hops)
    written = fold(reply.snapshot_seq, reply.own_text, reply.reasoning, reply.reasoning_ms, tail, known)
    return Ending(status=Status.INTERRUPTED, written=written)
