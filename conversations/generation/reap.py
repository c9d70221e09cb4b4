"""Ending replies whose worker fell silent: the text is kept, the money settled, the word is `interrupted`."""

import uuid
from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from django.conf import settings

from conversations import queries, streams
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.generation.run import announce
from conversations.models import Generation, Status
from conversations.offload import in_thread
from conversations.streams import Entry

log = structlog.get_logger("parley.reaper")


async def reap_stale() -> int:
    """End all running replies that were silent for a lease; returns how many.

    Any process may call it, several at once too: of two that end the same reply one is second and writes nothing.
    """
    stale = await in_thread(_stale)
    for generation_id in stale:
        await _reap(generation_id)
    return len(stale)


def is_silent(generation: Generation) -> bool:
    """True when a running reply's worker has not been heard of for a lease."""
    beat = generation.heartbeat_at
    limit = queries.stale_before(settings.TIMINGS.lease)
    return generation.status == Status.RUNNING and beat is not None and beat < limit


def fold(seq: int, text: str, reasoning: str, thought_ms: int | None, tail: Sequence[Entry]) -> Written:
    """A snapshot with the stream's entries beyond it, as far as they follow on without a gap."""
    for entry in tail:
        if entry.is_end or entry.seq != seq + 1:
            break
        body = orjson.loads(entry.body)
        text += body.get("text", "")
        reasoning += body.get("reasoning", "")
        thought_ms = body.get("thought_ms", thought_ms)
        seq = entry.seq
    return Written(seq=seq, text=text, reasoning=reasoning, reasoning_ms=thought_ms, reasoning_details=[])


def _stale() -> list[uuid.UUID]:
    limit = queries.stale_before(settings.TIMINGS.lease)
    return list(
        Generation.objects.filter(status=Status.RUNNING, heartbeat_at__lt=limit).values_list("pk", flat=True)
    )


async def _reap(generation_id: uuid.UUID) -> None:
    try:
        tail = await streams.read_after(str(generation_id), 0)
    except streams.Unreachable:
        tail = []
    view = await in_thread(_end, generation_id, tail)
    if view is not None:
        log.warning("reply interrupted: its worker fell silent", generation=str(generation_id))
        await announce(str(generation_id), view)


def _end(generation_id: uuid.UUID, tail: Sequence[Entry]) -> dict[str, Any] | None:
    reply = queries.generation_with_reply(generation_id).reply
    beyond = [entry for entry in tail if entry.seq > reply.snapshot_seq]
    written = fold(reply.snapshot_seq, reply.text, reply.reasoning, reply.reasoning_ms, beyond)
    return finish.finish(
        generation_id, worker=None, ending=Ending(status=Status.INTERRUPTED, written=written)
    )
