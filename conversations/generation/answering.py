"""Having a reply written: call after call, each by a route that may be taken, with what tools come to in between."""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from accounts.ids import new_id
from conversations import fault_points
from conversations.generation import attempts, begin, next_call, steps
from conversations.generation.attempts import TOOL_CALLS, Result
from conversations.generation.begin import Call, Job
from conversations.generation.call import call_provider
from conversations.generation.next_call import NoNextCall
from conversations.generation.record import Recorder
from conversations.models import Status
from conversations.offload import in_thread_patiently
from conversations.providers.base import FaultCode, ProviderError
from conversations.providers.tool_calls import ToolCalls

log = structlog.get_logger("parley.generation")

MOST_ATTEMPTS = 3  # where only one route is left; several are asked once each
SHORT_PAUSE_SECONDS = 0.5
LONGEST_RETRY_AFTER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended, as far as the provider goes."""

    status: Status
    finish_reason: str = ""
    fault_code: str = ""
    fault: str = ""


class Answering:
    """One reply's calls. `results` is filled with every attempt, as it is begun; `send_fresh` puts all that was
    written so far into the event log, and `hurry` has it put there soon."""

    def __init__(
        self,
        generation_id: uuid.UUID,
        *,
        worker: str,
        recorder: Recorder,
        results: list[Result],
        hurry: Callable[[], None],
        send_fresh: Callable[[], Awaitable[None]],
    ) -> None:
        self._generation_id = generation_id
        self._worker = worker
        self._recorder = recorder
        self._results = results
        self._hurry = hurry
        self._send_fresh = send_fresh

    async def answer(self, job: Job) -> Verdict:
        """Call after call, until the model asks for no more tools. Routes are asked once each; a single one again."""
        calls = list(job.calls) if len(job.calls) > 1 else list(job.calls) * MOST_ATTEMPTS
        opened: Result | None = None
        while True:
            answered = await self._try_calls(calls, opened)
            if isinstance(answered, Verdict):
                return answered
            call, result = answered
            if result.finish_reason != TOOL_CALLS or not (call.prompt.tools and call.prompt.may_call):
                return Verdict(Status.DONE, finish_reason=result.finish_reason)
            await self._take_steps(call, result)
            before = tuple(self._results)
            opened = self._announced()
            try:
                following = await self._open_next(call, before, opened)
            except NoNextCall as end:
                return Verdict(Status.DONE, finish_reason=end.reason)
            # Who has begun to answer goes on: nobody else knows what was thought and done.
            calls = [following] * MOST_ATTEMPTS

    async def _take_steps(self, call: Call, result: Result) -> None:
        """Do what the model asked for, in sight of its reader."""
        asked = steps.asked(result.calls.merged())
        result.calls = ToolCalls()
        self._recorder.ask(asked)
        await self._send_fresh()
        await fault_points.reached("tool_asked")
        self._recorder.answer(await steps.run(asked, [tool.name for tool in call.prompt.tools]))
        await self._send_fresh()
        await fault_points.reached("tool_done")

    def _announced(self) -> Result:
        """Of the next attempt. Known before it is written down: whoever ends the run meanwhile sees that nobody was
        called."""
        result = Result(new_id(), was_asked=False)
        self._results.append(result)
        return result

    async def _open_next(self, call: Call, before: Sequence[Result], opened: Result) -> Call:
        return await in_thread_patiently(
            next_call.open_next,
            self._generation_id,
            worker=self._worker,
            call=call,
            results=before,
            following=opened.attempt_id,
            written=self._recorder.written(),
            received=self._recorder.received(),
        )

    async def _try_calls(self, calls: Sequence[Call], opened: Result | None) -> tuple[Call, Result] | Verdict:
        """Another attempt only while not a single token of it has come: what was shown is never asked for twice. It
        waits as its provider asked for, unless that is long. `opened` is the first attempt where it is written down.
        """
        number = 0
        while True:
            call = calls[number]
            number += 1
            result = opened or await self._open_attempt(call)
            opened = None
            await fault_points.reached("before_connect")
            try:
                await call_provider(call, result, self._recorder, self._hurry)
            except ProviderError as fault:
                log.warning(
                    "attempt failed",
                    generation=str(self._generation_id),
                    attempt=len(self._results),
                    code=fault.code,
                    provider=call.way.provider,
                    status=fault.status,
                    detail=fault.detail,
                )
                result.fault_code, result.unshown = fault.code, fault.unshown
                following = calls[number] if number < len(calls) else None
                wait = _wait_before(following, call, fault)
                if wait is None or result.first_data_at is not None or _may_be_billed(fault, result):
                    return self._verdict_of_fault(fault)
                await in_thread_patiently(attempts.fail, result, fault.code)
                await asyncio.sleep(wait)
            else:
                return call, result

    async def _open_attempt(self, call: Call) -> Result:
        result = self._announced()
        await in_thread_patiently(
            begin.open_attempt,
            self._generation_id,
            worker=self._worker,
            attempt_id=result.attempt_id,
            number=len(self._results),
            way=call.way,
        )
        return result

    def _verdict_of_fault(self, fault: ProviderError) -> Verdict:
        cut = fault.code in (FaultCode.CUT, FaultCode.STALLED, FaultCode.UNREACHABLE)
        if self._recorder.has_output and cut:
            return Verdict(Status.INTERRUPTED, fault_code=fault.code, fault=str(fault))
        return Verdict(Status.FAILED, fault_code=fault.code, fault=str(fault))


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
    if not fault.is_retryable or wait > LONGEST_RETRY_AFTER_SECONDS:
        return None
    # Replies that were refused together do not all come back together, and none before its time.
    return wait + random.uniform(0, SHORT_PAUSE_SECONDS)  # noqa: S311
