"""What the calls of a generation came to: noted while they run, described and priced when it ends."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from accounts.ledger import Charge
from conversations.generation import bound, prompt, settlement, weighing
from conversations.generation.record import Written
from conversations.generation.settlement import Received
from conversations.models import Attempt, Generation
from conversations.providers.base import FaultCode, UsageReport
from conversations.providers.tool_calls import ToolCalls

TOOL_CALLS = "tool_calls"  # the finish reason of a call that asked for tools
# Faults after which a provider may bill all the same: it had taken the prompt.
ACCEPTED_FAULTS = (FaultCode.EMPTY, FaultCode.CUT, FaultCode.STALLED, FaultCode.UNREADABLE)

_SETTLED = [
    "upstream_id",
    "served_model",
    "served_by",
    "finish_reason",
    "fault_code",
    "first_data_at",
    "finished_at",
    *Attempt.TOKEN_FIELDS,
    "cost",
    "cost_source",
]


@dataclass(slots=True)
class Result:
    """What a call told about itself, collected while it ran."""

    attempt_id: uuid.UUID
    upstream_id: str = ""
    served_model: str = ""
    served_by: str = ""
    usage: UsageReport | None = None
    finish_reason: str = ""
    fault_code: str = ""
    first_data_at: datetime | None = None
    was_asked: bool = True  # False = written down, and then nobody was called
    calls: ToolCalls = field(default_factory=ToolCalls)  # that were not taken as steps yet
    unshown: str = ""  # that it wrote, and nobody is to see


def fail(result: Result, fault_code: str) -> None:
    """Note that an attempt failed before its first token. It is priced with the others, at the end."""
    result.fault_code = fault_code
    Attempt.objects.filter(pk=result.attempt_id).update(fault_code=fault_code, finished_at=timezone.now())


def settle(
    generation: Generation,
    results: Sequence[Result],
    *,
    came: Written,
    was_cut_short: bool,
    fault_code: str,
    at: datetime,
) -> list[Charge]:
    """Describe and price every attempt that is not priced yet, and say what to charge.

    Of these only the last one wrote: what `came` after the hops before it is its own. `fault_code` is for attempts
    that nobody told about, and `was_cut_short` says that the provider was left in the middle of its work.
    """
    told = {result.attempt_id: result for result in results}
    attempts = list(
        Attempt.objects.select_for_update(no_key=True).filter(generation=generation).order_by("number")
    )
    charges = []
    priced = _hops_priced(attempts)
    text, reasoning = came.since(priced)
    for attempt in attempts:
        if attempt.cost is not None:
            continue
        result = told.get(attempt.pk) or Result(attempt.pk, fault_code=attempt.fault_code or fault_code)
        wrote = attempt is attempts[-1]
        received = Received(
            usage=result.usage,
            text=text + _asked_in_vain(result) if wrote else "",
            reasoning=reasoning if wrote else "",
            prompt_bytes=_prompt_bytes(generation, came, priced) if wrote else 0,
            is_accepted=wrote and _is_accepted(result, was_cut_short),
        )
        _describe(attempt, result, at)
        charges.append(settlement.settle(attempt, received))
        attempt.save(update_fields=_SETTLED)
    return charges


def _hops_priced(attempts: Sequence[Attempt]) -> int:
    """How many calls asked for tools and were paid for between two calls (`hops`)."""
    return sum(one.cost is not None and one.finish_reason == TOOL_CALLS for one in attempts)


def _asked_in_vain(result: Result) -> str:
    """Calls of tools that came in part, cannot be read, or that nobody ran: they were written all the same."""
    return "".join(call.name + call.arguments for call in result.calls.merged()) + result.unshown


def _is_accepted(result: Result, was_cut_short: bool) -> bool:
    """True when a provider that was asked may bill the prompt: nothing it said speaks against it."""
    if not result.was_asked:
        return False
    if result.fault_code:
        return result.fault_code in ACCEPTED_FAULTS
    return was_cut_short


def _describe(attempt: Attempt, result: Result, now: datetime) -> None:
    attempt.upstream_id = attempt.upstream_id or result.upstream_id[:200]
    attempt.served_model, attempt.served_by = result.served_model[:200], result.served_by[:120]
    attempt.finish_reason, attempt.fault_code = result.finish_reason[:40], result.fault_code
    attempt.first_data_at, attempt.finished_at = result.first_data_at, attempt.finished_at or now


def _prompt_bytes(generation: Generation, came: Written, priced: int) -> int:
    """Of the last call's prompt: the branch, and what the calls before it wrote and were answered."""
    tools = prompt.offers_of(generation.tools)
    reply = generation.reply
    branch = weighing.weight_of(reply.parent_id, generation.model_id, with_tools=bool(tools))
    told = [*prompt.told(generation.instructions), *prompt.going_on(reply.carried_text)]
    added = bound.bytes_of([turn.text for turn in told]) + bound.tokens_of_tools(tools)
    return branch.bytes + added + bound.bytes_of(_told_before(came, priced))


def _told_before(came: Written, priced: int) -> list[str]:
    hops = came.hops[:priced]
    if not hops:
        return []
    wrote = [came.text[: hops[-1].text_at], came.reasoning[: hops[-1].reasoning_at]]
    return wrote + [one.name + one.arguments + one.result for hop in hops for one in hop.steps]
