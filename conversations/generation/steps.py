"""What a model asked to have done, and doing it. Whatever it wrote, there is a result to tell it."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from threading import Thread

import structlog

from conversations import fault_points
from conversations.hops import State, Step
from conversations.providers.base import ToolCall
from conversations.providers.parsing import clean
from conversations.tools import registry
from conversations.tools.registry import Outcome

log = structlog.get_logger("parley.generation")

# Calls at once; what is beyond them was never asked, as far as the model is told.
MOST_AT_ONCE = 16
LONGEST_SECONDS = 10.0
_TOO_SLOW = Outcome("This took too long and was given up.", is_fault=True)
_BROKE = Outcome("The tool failed. This is a mistake of the server, not of the arguments.", is_fault=True)


def asked(calls: Sequence[ToolCall]) -> tuple[Step, ...]:
    """The calls as steps that run."""
    return tuple(
        Step(call.id, call.name, call.arguments, about=clean(registry.about(call.name, call.arguments)))
        for call in calls[:MOST_AT_ONCE]
    )


async def run(steps: Sequence[Step], names: Sequence[str]) -> tuple[Step, ...]:
    """The steps with their results, in the same order. Never raises."""
    return tuple([await _run(step, names) for step in steps])


async def _run(step: Step, names: Sequence[str]) -> Step:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            outcome = await _in_a_thread(partial(_work_out, step, names))
    except TimeoutError:
        outcome = _TOO_SLOW
    except Exception:
        log.exception("tool broke", tool=step.name[:80])
        outcome = _BROKE
    state = State.FAILED if outcome.is_fault else State.DONE
    return replace(step, state=state, result=clean(outcome.text))


def _work_out(step: Step, names: Sequence[str]) -> Outcome:
    fault_points.reach("tool_running")
    return registry.run(step.name, step.arguments, names)


async def _in_a_thread(work: Callable[[], Outcome]) -> Outcome:
    """In one of its own, since nobody can end it: who gives it up does not wait for it, nor a worker that goes."""
    outcome: Future[Outcome] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as fault:
            outcome.set_exception(fault)

    Thread(target=run, name="tool", daemon=True).start()
    return await asyncio.wrap_future(outcome)
