"""The end of a generation: final text, attempts, money and status in one transaction. The first end wins."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson
import structlog
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import ledger
from conversations import courier, fault_points, hints, hops, offload, queries, reply_view, standing, streams
from conversations.events import Hint, Topic
from conversations.generation import attempts, lookup, queue, title
from conversations.generation.attempts import Result
from conversations.generation.record import Written
from conversations.models import UNFINISHED, Conversation, Generation, Message, Status
from conversations.search import rows

log = structlog.get_logger("parley.generation")


@dataclass(frozen=True, slots=True)
class Ending:
    """How a generation ended. `results` has every attempt, the last one being that which wrote."""

    status: Status
    written: Written
    results: tuple[Result, ...] = ()
    finish_reason: str = ""
    fault_code: str = ""
    fault: str = ""
    received: Written | None = field(default=None)  # all that came, where a Stop cut what is kept
    cut: Callable[[int], Written] | None = None  # what a reader who had drawn up to that event had seen


def finish(generation_id: uuid.UUID, *, worker: str, ending: Ending) -> dict[str, Any] | None:
    """End a worker's own generation, unless it has ended; returns its reply's view as it ended, to be announced.

    It may have been ended by an earlier try, whose answer was lost with the connection to Postgres.
    """
    with transaction.atomic():
        generation = locked(generation_id, status=Status.RUNNING, worker=worker)
        if generation is not None:
            _end(generation, _heeding_stop(generation, ending))
        elif Generation.objects.filter(pk=generation_id, status__in=UNFINISHED).exists():
            return None
    fault_points.reach("commit_lost")
    return _view_of(generation_id)


def _heeding_stop(generation: Generation, ending: Ending) -> Ending:
    """A Stop that was taken before the end counts, though the worker had not heard of it: what was shown is kept."""
    shown = generation.stop_seq
    if shown is None or ending.cut is None or shown >= ending.written.seq:
        return ending
    if ending.status not in (Status.DONE, Status.INTERRUPTED, Status.STOPPED):
        return ending
    return replace(
        ending,
        status=Status.STOPPED,
        written=ending.cut(shown),
        received=ending.received or ending.written,
        finish_reason="",
        fault_code="",
        fault="",
    )


def finish_silent(
    generation_id: uuid.UUID, *, lease: timedelta, ending_of: Callable[[Message], Ending]
) -> dict[str, Any] | None:
    """End a generation whose worker was silent for a lease, whoever it was; None when it is heard of again.

    Silence is checked, and the reply read, under the lock: a worker that comes back in between keeps its run.
    """
    with transaction.atomic():
        generation = locked(generation_id, status=Status.RUNNING, heartbeat_at__lt=Now() - lease)
        if generation is None:
            return None
        _end(generation, ending_of(generation.reply))
    return _view_of(generation_id)


def finish_unbegun(generation: Generation) -> None:
    """End a queued generation that was stopped, in the transaction that locked it: no worker ever sees it."""
    written = Written(seq=0, text="", reasoning="", reasoning_ms=None, reasoning_details=[])
    # Not partials: Django, telling of a robust hook that failed, asks for its name and fails itself.
    transaction.on_commit(lambda: _announce_unbegun(generation.pk), robust=True)
    _end(generation, Ending(status=Status.STOPPED, written=written))


def locked(generation_id: uuid.UUID, **still: Any) -> Generation | None:
    """The generation, if `still` holds. Conversation, generation, attempts, windows: the order in which
    everybody locks."""
    conversation = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("model", "owner")
        .get(generations=generation_id)
    )
    rows = Generation.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "reply", "owner", "model"
    )
    generation = rows.filter(pk=generation_id, **still).first()
    if generation is not None:
        generation.conversation = conversation
    return generation


def _end(generation: Generation, ending: Ending) -> None:
    """All of the end, and the beginning of what waits for it."""
    now = timezone.now()
    write_reply(generation, ending.written)
    rows.add(generation.conversation.owner_id, [generation.reply])
    _end_row(generation, ending, now)
    Conversation.objects.filter(pk=generation.conversation_id).update(
        updated_at=now, is_unread=_is_unread(generation)
    )
    fault_points.reach("before_settle")
    charges = attempts.settle(
        generation,
        ending.results,
        came=ending.received or ending.written,
        was_cut_short=ending.status in (Status.STOPPED, Status.INTERRUPTED),
        fault_code=ending.fault_code,
        at=now,
    )
    lookup.defer(generation.attempts.all())
    title.defer(generation)
    # Before the next turn tells of itself.
    transaction.on_commit(lambda: _tell(generation), robust=True)
    waiting = queue.next_after(generation)
    # Last: from here on everybody's sends wait for this transaction.
    if waiting is not None:
        team_id = generation.conversation.team_id
        ledger.lock_for_next(generation_id=generation.pk, user=generation.owner, team_id=team_id, at=now)
    ledger.settle(generation_id=generation.pk, charges=charges)
    if waiting is not None:
        queue.send_or_pause(waiting, generation)
    fault_points.reach("after_settle")


def _tell(generation: Generation) -> None:
    """Tell the owner's pages that the reply has ended and what is left, and workers that there is room."""
    fault_points.reach("after_commit")
    owner, conversation = generation.owner, generation.conversation
    ended = {"conversation": str(conversation.pk), "is_unread": _is_unread(generation)}
    hints.publish(owner.pk, Hint(topic=Topic.REPLY_ENDED, id=str(generation.pk), data=ended))
    try:
        hints.publish(owner.pk, Hint(topic=Topic.MONEY, data=standing.standing_for(owner, conversation)))
        if Generation.objects.filter(status=Status.QUEUED).exists():
            hints.wake_workers()
    except offload.AWAY as fault:
        # The end is committed; pages and workers look again by themselves.
        log.warning("end not told", generation=str(generation.pk), fault=str(fault)[:200])


def _is_unread(ended: Generation) -> bool:
    """Whoever stopped it was there and saw."""
    return ended.stop_requested_at is None


def _view_of(generation_id: uuid.UUID) -> dict[str, Any]:
    """The reply as it ended, for those that follow it."""
    return reply_view.reply_view(queries.generation_with_reply(generation_id).reply)


def _announce_unbegun(generation_id: uuid.UUID) -> None:
    """By the courier: whoever pressed Stop waits for no event log."""
    courier.carry("end", partial(announce, str(generation_id), _view_of(generation_id)))


def write_reply(generation: Generation, written: Written) -> None:
    """Keep what was written. The caller holds the generation's lock."""
    reply = generation.reply
    reply.text = reply.carried_text + written.text
    kept = [hop.as_json() for hop in hops.closed(written.hops)]
    Message.objects.filter(pk=reply.pk).update(
        text=reply.text,
        reasoning=written.reasoning,
        reasoning_ms=written.reasoning_ms,
        reasoning_details=written.reasoning_details,
        hops=kept,
        snapshot_seq=written.seq,
    )


def _end_row(generation: Generation, ending: Ending, now: datetime) -> None:
    generation.status = ending.status
    generation.finished_at = now
    generation.finish_reason = ending.finish_reason[:40]
    generation.fault_code, generation.fault = ending.fault_code, ending.fault
    generation.save(update_fields=["status", "finished_at", "finish_reason", "fault_code", "fault"])


async def announce(generation: str, view: dict[str, Any]) -> None:
    """Close the reply's stream with its final view. Without Redis, followers find it in Postgres."""
    try:
        await streams.close(generation, orjson.dumps({"reply": view}))
    except streams.Unreachable:
        log.warning("end not announced; followers will look", generation=generation)
