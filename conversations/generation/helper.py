"""One short question beside the replies: held, asked once, and charged, like any other call.

What is asked, and what is made of the answer, is for those who ask (`trial`, `title`).
"""

from contextlib import aclosing
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.ledger import CostBound
from accounts.pricing import Rates
from conversations import seal, stored_words
from conversations.generation import attempts, bound, lookup, routes, settlement
from conversations.generation.attempts import Result
from conversations.generation.prompt import pseudonym_of
from conversations.generation.routes import Way
from conversations.generation.settlement import Received
from conversations.models import Attempt, HelperCall, Provider
from conversations.offload import in_thread
from conversations.providers import registry
from conversations.providers.base import (
    Clocks,
    Effort,
    Endpoint,
    FaultCode,
    Prompt,
    ProviderError,
    ReasoningDelta,
    Started,
    TextDelta,
    Turn,
    UsageReport,
)

log = structlog.get_logger("parley.tasks")

CLOCKS = Clocks(connect=10, first_data=60, next_data=30, whole_turn=90)
CUT = stored_words.HELPER_CUT
_MILLION = Decimal(1_000_000)


@dataclass(slots=True)
class Answer:
    """What came; `fault` is a sentence, "" when it answered."""

    result: Result
    text: str = ""
    fault: str = ""


def terms_of(way: Way, question: str, max_tokens: int) -> dict[str, Any]:
    """Whom it is put to and at what price, as the row of a call keeps it."""
    return {
        "provider": way.provider,
        "provider_name": way.provider_name,
        "upstream_model": way.upstream_model,
        "price": way.rates.as_json(),
        "prompt_bytes": len(question.encode()),
        "max_tokens": max_tokens,
    }


def bound_of(way: Way, question: str, max_tokens: int) -> CostBound:
    """The most that it can cost; fewer tokens than asked for are of no use."""
    highest = bound.highest_of([way])
    prompt = len(question.encode()) + 2 * bound.TEMPLATE_TOKENS
    return CostBound(
        input_cost=prompt * highest.input / _MILLION,
        output_price=highest.output / _MILLION,
        max_tokens=max_tokens,
        useful_tokens=max_tokens,
    )


async def ask(call: HelperCall, provider: Provider, question: str) -> Answer:
    """Put the question, whatever comes of it: money is held, and somebody may wait."""
    answer = Answer(Result(call.pk, fault_code=FaultCode.INTERNAL))
    try:
        endpoint = await in_thread(routes.endpoint_of, provider)
        await _read(call, provider.kind, endpoint, question, answer)
    except seal.SealBroken:
        answer.fault = stored_words.KEY_SEALED
    except Exception:
        log.exception("helper call failed", helper=call.helper, provider=call.provider)
        answer.fault = stored_words.HELPER_FAULT
    return answer


def finish(call: HelperCall, answer: Answer) -> bool:
    """The outcome, the charge and the release, together; False, and nothing is changed, a second time."""
    result = answer.result
    with transaction.atomic():
        call = type(call)._default_manager.select_for_update(no_key=True, of=("self",)).get(pk=call.pk)
        if call.finished_at is not None:
            return False
        attempt = _as_attempt(call, result)
        wrote = result.first_data_at is not None
        received = Received(
            usage=result.usage,
            # What it wrote was not kept: all that it was allowed is assumed.
            text="." * (call.max_tokens * settlement.ESTIMATED_BYTES_PER_TOKEN) if wrote else "",
            reasoning="",
            prompt_bytes=call.prompt_bytes,
            is_accepted=result.fault_code in attempts.ACCEPTED_FAULTS,
        )
        charge = settlement.settle(attempt, received)
        _note(call, answer, attempt)
        lookup.defer([attempt])
        marked = replace(charge, details=charge.details | {"helper": call.helper})
        ledger.settle(generation_id=call.pk, charges=[marked])
    return True


async def _read(call: HelperCall, kind: str, endpoint: Endpoint, question: str, answer: Answer) -> None:
    rates, result = Rates.from_json(call.price), answer.result
    prompt = Prompt(
        model=call.upstream_model,
        turns=(Turn("user", question),),
        max_tokens=call.max_tokens,
        effort=Effort.OFF,
        user_ref=pseudonym_of(call.asked_by),
        conversation_ref="",
        highest_input_price=(rates.is_billed and rates.input) or None,
        highest_output_price=(rates.is_billed and rates.output) or None,
    )
    result.fault_code = ""
    try:
        async with aclosing(registry.adapter_for(kind, endpoint, CLOCKS).stream(prompt)) as events:
            async for event in events:
                if isinstance(event, TextDelta | ReasoningDelta):
                    result.first_data_at = result.first_data_at or timezone.now()
                    answer.text += event.text if isinstance(event, TextDelta) else ""
                elif isinstance(event, UsageReport):
                    result.usage = event
                elif isinstance(event, Started):
                    result.upstream_id = event.upstream_id or result.upstream_id
                    result.served_model = event.model or result.served_model
                    result.served_by = event.served_by or result.served_by
    except ProviderError as error:
        result.fault_code, answer.fault = error.code, str(error)


def _as_attempt(call: HelperCall, result: Result) -> Attempt:
    """The call as settlement reads one; it is never saved, since it belongs to no reply."""
    return Attempt(
        id=call.pk,
        generation_id=call.pk,
        number=1,
        provider=call.provider,
        provider_name=call.provider_name,
        upstream_model=call.upstream_model,
        upstream_id=result.upstream_id[:200],
        served_model=result.served_model[:200],
        price=call.price,
    )


def _note(call: HelperCall, answer: Answer, attempt: Attempt) -> None:
    result = answer.result
    noted = {
        "first_data_at": result.first_data_at,
        "finished_at": timezone.now(),
        "served_by": result.served_by[:120],
        "served_model": result.served_model[:200],
        "fault_code": result.fault_code,
        "fault": answer.fault,
        "cost": attempt.cost,
        "cost_source": attempt.cost_source,
    }
    type(call)._default_manager.filter(pk=call.pk).update(**noted)
