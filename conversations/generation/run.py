"""One generation from claim to end: call a provider, record what it says, end with the truth."""

import asyncio
import uuid
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any, Protocol

import structlog

from conversations import fault_points, refusals, stored_words
from conversations.generation import begin, finish
from conversations.generation.answering import Answering, Verdict
from conversations.generation.attempts import Result
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.models import Status
from conversations.offload import in_thread_patiently
from conversations.providers.base import FaultCode

log = structlog.get_logger("parley.generation")


class Cause(Enum):
    """Why a run is ended from outside."""

    STOP = "stop"  # its reader, or its owner was suspended
    SHUTDOWN = "shutdown"  # this worker goes away
    LOST = "lost"  # somebody else ended it: this worker may write no more


class Sender(Protocol):
    """Who carries a run's entries to the event log, in order (the desk)."""

    def hurry(self) -> None:
        """Send what there is now rather than at the next tick."""

    async def send_fresh(self, run: "Run") -> None:
        """Send what there is, after all that is under way: it has its numbers then."""

    async def send_last(self, run: "Run") -> None:
        """Send what is left, after all that is under way."""


class Run:
    """A running generation of this worker."""

    def __init__(self, generation_id: uuid.UUID, worker: str, sender: Sender) -> None:
        self.generation_id = generation_id
        self.id = str(generation_id)
        self.recorder = Recorder()
        self.saved_seq = 0  # the last entry in Postgres
        self._worker = worker
        self._sender = sender
        self._results: list[Result] = []
        self._cause: Cause | None = None
        self._stop_seq: int | None = None
        self._talk: asyncio.Task[Verdict] | None = None

    def cancel(self, cause: Cause, stop_seq: int | None = None) -> None:
        """End the run from outside; the upstream socket closes now. The first cause wins."""
        if self._cause is None:
            self._cause, self._stop_seq = cause, stop_seq
            if self._talk is not None:
                self._talk.cancel()

    async def run(self) -> None:
        """Do all of it. Returns when the end is committed, or was committed by somebody else."""
        self._talk = asyncio.create_task(self._converse())
        if self._cause is not None:
            self._talk.cancel()
        try:
            verdict = await self._talk
        except asyncio.CancelledError:
            verdict = self._verdict_of_cause()
        except Exception:
            log.exception("generation broke", generation=self.id)
            verdict = Verdict(
                Status.FAILED,
                fault_code=FaultCode.INTERNAL,
                fault=stored_words.OUR_FAULT,
            )
        if self._cause is not Cause.LOST:
            await self._end(verdict)

    async def _converse(self) -> Verdict:
        try:
            job = await in_thread_patiently(begin.begin, self.generation_id)
            if job.is_stopped:
                return Verdict(Status.STOPPED)
            self.recorder.go_on_from(job.carried)
            answering = Answering(
                self.generation_id,
                worker=self._worker,
                recorder=self.recorder,
                results=self._results,
                hurry=self._sender.hurry,
                send_fresh=partial(self._sender.send_fresh, self),
            )
            return await answering.answer(job)
        except refusals.Refusal as refusal:
            return Verdict(Status.FAILED, fault_code=FaultCode.NO_ROUTE, fault=str(refusal))
        except begin.NotOurs:
            # To be stopped, or not ours any more; which of the two, the commit finds out.
            return Verdict(Status.STOPPED)

    def _verdict_of_cause(self) -> Verdict:
        if self._cause is None:
            # The worker itself is being torn down without a word: leave the row to the reaper.
            self._cause = Cause.LOST
        return Verdict(Status.INTERRUPTED if self._cause is Cause.SHUTDOWN else Status.STOPPED)

    async def _end(self, verdict: Verdict) -> None:
        """Commit the end, then tell. A database that is away is waited for: the text is in memory until then."""
        await self._sender.send_last(self)
        is_cut = verdict.status is Status.STOPPED and self._cause is Cause.STOP
        kept = self.recorder.written(self._stop_seq if is_cut else None)
        ending = Ending(
            status=verdict.status,
            written=kept,
            received=self.recorder.received(),
            cut=self.recorder.written,
            results=tuple(self._results),
            finish_reason=verdict.finish_reason,
            fault_code=verdict.fault_code,
            fault=verdict.fault,
        )
        view = await self._commit(ending)
        if view is not None:
            await fault_points.reached("before_announce")
            await finish.announce(self.id, view)

    async def _commit(self, ending: Ending) -> dict[str, Any] | None:
        try:
            return await in_thread_patiently(
                finish.finish, self.generation_id, worker=self._worker, ending=ending
            )
        except Exception:
            # Something in it cannot be stored: keep the words, drop the rest, and say that it went wrong.
            log.exception("end could not be committed as it was", generation=self.id)
            plain = replace(
                ending,
                status=Status.FAILED,
                written=replace(ending.written, reasoning_details=[]),
                results=(),
                finish_reason="",
                fault_code=FaultCode.INTERNAL,
                fault=stored_words.OUR_FAULT,
            )
            return await in_thread_patiently(
                finish.finish, self.generation_id, worker=self._worker, ending=plain
            )
