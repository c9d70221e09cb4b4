"""One call to a provider, recorded as it comes."""

from collections.abc import Callable
from contextlib import aclosing, suppress

from django.conf import settings
from django.utils import timezone

from conversations import fault_points
from conversations.generation import breaker
from conversations.generation.attempts import Result
from conversations.generation.begin import Call
from conversations.generation.record import Recorder
from conversations.offload import AWAY, in_thread
from conversations.providers import registry
from conversations.providers.base import (
    Clocks,
    Finish,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)


async def call_provider(call: Call, result: Result, recorder: Recorder, hurry: Callable[[], None]) -> str:
    """Ask, and fill `recorder` and `result` with what comes; returns the finish reason. Raises ProviderError.

    `hurry` is called at the first token. Cancelling closes the provider's socket.
    """
    result.was_asked = True
    timings = settings.TIMINGS
    clocks = Clocks(first_data=timings.first_data, next_data=timings.next_data, whole_turn=timings.whole_turn)
    adapter = registry.adapter_for(call.way.kind, call.endpoint, clocks)
    async with aclosing(adapter.stream(call.prompt)) as events:
        async for event in events:
            if isinstance(event, TextDelta | ReasoningDelta):
                recorder.take(event)
                if result.first_data_at is None:
                    await _note_first(call, result)
                    await fault_points.reached("first_token")
                    hurry()
            elif isinstance(event, ToolCallDelta):
                result.calls.add(event)
                if result.first_data_at is None:
                    await _note_first(call, result)
            elif isinstance(event, UsageReport):
                result.usage = event
                await fault_points.reached("usage_seen")
            elif isinstance(event, Started):
                result.upstream_id = event.upstream_id or result.upstream_id
                result.served_model = event.model or result.served_model
                result.served_by = event.served_by or result.served_by
            elif isinstance(event, Finish):
                result.finish_reason = event.reason
    return result.finish_reason


async def _note_first(call: Call, result: Result) -> None:
    """It answers. Of one that was tried for that everybody learns it now, or, while Postgres is away, at the end."""
    result.first_data_at = timezone.now()
    if call.is_tried:
        with suppress(*AWAY):
            await in_thread(breaker.close, call.way.provider)
