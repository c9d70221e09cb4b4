"""One generation from claim to end: call a provider, record what it says, end with the truth."""

import asyncio
import uuid
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol

import structlog

from conversations import fault_points, refusals, stored_words
from conversations.generation import attempts, begin, finish
from conversations.generation.attempts import Result
from conversations.generation.begin import Call, Job
from conversations.generation.call import call_provider
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.models import Status
from conversations.offload import in_thread_patiently
from conversations.providers.base import FaultCode, ProviderError

log = structlog.get_logger("parley.generation")

MOST_ATTEMPTS = 3  # where only one route is left; several are asked once each
SHORT_PAUSE_SECONDS = 0.5
LONGEST_RETRY_AFTER_SECONDS = 10.0


def _may_be_billed(fault: ProviderError, result: Result) -> bool:
    """True when the provider may have worked for it: the hold is for one answer, so nobody is asked again."""
    return result.usage is not None or fault.code in attempts.ACCEPTED_FAULTS


def _wait_before(following: Call | None, failed: Call, fault: ProviderError) -> float | None:
    """Seconds until the next route may be asked; None when there is none, or its provider wants longer."""
    if following is None:
        return None
    if following.way.provider != failed.way.provider:
        return 0.0
    wait = SHORT_PAUSE_SECONDS if fault.retry_after is None else fault.retry_after
    return wait if fault.is_retryable and wait <= LONGEST_RETRY_AFTER_SECONDS else None


class Cause(Enum):
    """Why a run is ended from outside."""

    STOP = "stop"  # its reader, or its owner was suspended
    SHUTDOWN = "shutdown"  # this worker goes away
    LOST = "lost"  # somebody else ended it: this worker may write no more


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: Status
    finish_reason: str = ""
    fault_code: str = ""
    fault: str = ""


class Sender(Protocol):
    """Who carries a run's entries to the event log, in order (the desk)."""

    def hurry(self) -> None:
        """Send what there is now rather than at the next tick."""

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
        self._talk: asyncio.Task[_Verdict] | None = None

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
            verdict = _Verdict(
                Status.FAILED,
                fault_code=FaultCode.INTERNAL,
                fault=stored_words.OUR_FAULT,
            )
        if self._cause is not Cause.LOST:
            await self._end(verdict)

    async def _converse(self) -> _Verdict:
        try:
            job = await in_thread_patiently(begin.begin, self.generation_id)
            if job.is_stopped:
                return _Verdict(Status.STOPPED)
            self.recorder.go_on_from(job.carried)
            return await self._try_calls(job)
        except refusals.Refusal as refusal:
            return _Verdict(Status.FAILED, fault_code=FaultCode.NO_ROUTE, fault=str(refusal))
        except begin.NotOurs:
            # To be stopped, or not ours any more; which of the two, the commit finds out.
            return _Verdict(Status.STOPPED)

    async def _try_calls(self, job: Job) -> _Verdict:
        """Another attempt only while not a single token has come: what was shown is never asked for twice. Routes
        are asked once each; a single one again, after the wait that its provider asked for, unless that is long."""
        calls = list(job.calls) if len(job.calls) > 1 else list(job.calls) * MOST_ATTEMPTS
        number = 0
        while True:
            call = calls[number]
            number += 1
            attempt_id = await in_thread_patiently(
                begin.open_attempt, self.generation_id, worker=self._worker, number=number, way=call.way
            )
            result = Result(attempt_id)
            self._results.append(result)
            await fault_points.reached("before_connect")
            try:
                reason = await call_provider(call, result, self.recorder, self._sender.hurry)
            except ProviderError as fault:
                log.warning(
                    "attempt failed",
                    generation=self.id,
                    attempt=number,
                    code=fault.code,
                    provider=call.way.provider,
                    status=fault.status,
                    detail=fault.detail,
                )
                result.fault_code = fault.code
                following = calls[number] if number < len(calls) else None
                wait = _wait_before(following, call, fault)
                if wait is None or self.recorder.has_output or _may_be_billed(fault, result):
                    return self._verdict_of_fault(fault)
                await in_thread_patiently(attempts.fail, result, fault.code)
                await asyncio.sleep(wait)
            else:
                return _Verdict(Status.DONE, finish_reason=reason)

    def _verdict_of_fault(self, fault: ProviderError) -> _Verdict:
        cut = fault.code in (FaultCode.CUT, FaultCode.STALLED, FaultCode.UNREACHABLE)
        if self.recorder.has_output and cut:
            return _Verdict(Status.INTERRUPTED, fault_code=fault.code, fault=str(fault))
        return _Verdict(Status.FAILED, fault_code=fault.code, fault=str(fault))

    def _verdict_of_cause(self) -> _Verdict:
        if self._cause is None:
            # The worker itself is being torn down without a word: leave the row to the reaper.
            self._cause = Cause.LOST
        return _Verdict(Status.INTERRUPTED if self._cause is Cause.SHUTDOWN else Status.STOPPED)

    async def _end(self, verdict: _Verdict) -> None:
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
