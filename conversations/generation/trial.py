"""Trying a route with one short question: held, asked by a worker once, and charged, like any other call."""

import uuid
from contextlib import aclosing
from dataclasses import replace
from decimal import Decimal

import structlog
from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.ledger import Charge, CostBound
from accounts.models import User
from accounts.pricing import Rates
from conversations import refusals, seal
from conversations.generation import attempts, bound, lookup, routes, settlement
from conversations.generation.attempts import Result
from conversations.generation.prompt import pseudonym_of
from conversations.generation.routes import Way
from conversations.generation.settlement import Received
from conversations.models import Attempt, Provider, Route, Trial
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

QUESTION = "Say yes."
# One token would do; some hosts take no fewer than this.
MAX_TOKENS = 16
CLOCKS = Clocks(connect=10, first_data=60, next_data=30, whole_turn=90)
_MILLION = Decimal(1_000_000)


def open_trial(user: User, route: Route) -> Trial:
    """Its row and the money for it, in the caller's transaction. Raises NoPrice, or BudgetRefused."""
    now = timezone.now()
    way = routes.way_by(route, now)
    if way is None:
        raise refusals.NoPrice(route.provider.slug, route.provider.name, route.upstream_model)
    trial = Trial(
        route=route,
        provider=way.provider,
        provider_name=way.provider_name,
        upstream_model=way.upstream_model,
        asked_by=user.pk,
        price=way.rates.as_json(),
        max_tokens=MAX_TOKENS,
        asked_at=now,
    )
    trial.save(force_insert=True)
    ledger.hold(generation_id=trial.pk, user=user, bound=_bound(way), at=now)
    return trial


async def run_trial(trial_id: uuid.UUID) -> None:
    """Ask, once, and book what it took. One that was asked before and never ended is booked as an estimate."""
    found = await in_thread(_begin, trial_id)
    if found is None:
        return
    trial, provider = found
    result = Result(trial.pk, fault_code=FaultCode.INTERNAL)
    try:
        endpoint = await in_thread(routes.endpoint_of, provider)
        fault = await _ask(trial, provider.kind, endpoint, result)
    except seal.SealBroken:
        fault = "The stored key cannot be read with ENCRYPTION_KEYS. Paste it again."
    except Exception:
        # Whatever it was, somebody waits for an answer and money is held.
        log.exception("route not tried", provider=trial.provider)
        fault = "It could not be tried. The server’s log says why."
    await in_thread(_finish, trial, result, fault)


def _bound(way: Way) -> CostBound:
    highest = bound.highest_of([way])
    prompt = len(QUESTION.encode()) + 2 * bound.TEMPLATE_TOKENS
    return CostBound(
        input_cost=prompt * highest.input / _MILLION,
        output_price=highest.output / _MILLION,
        max_tokens=MAX_TOKENS,
        useful_tokens=MAX_TOKENS,
    )


def _begin(trial_id: uuid.UUID) -> tuple[Trial, Provider] | None:
    """Note that the provider is about to be called; None when there is nothing to ask."""
    with transaction.atomic():
        trial = Trial.objects.select_for_update(no_key=True).filter(pk=trial_id, finished_at=None).first()
        if trial is None:
            return None
        provider = Provider.objects.filter(slug=trial.provider).first()
        if trial.started_at is None and provider is not None:
            trial.started_at = timezone.now()
            trial.save(update_fields=["started_at"])
            return trial, provider
        was_asked = trial.started_at is not None
    result = Result(trial.pk, fault_code=FaultCode.CUT if was_asked else FaultCode.INTERNAL)
    _finish(
        trial, result, "The worker stopped while it was asked." if was_asked else "The provider was removed."
    )
    return None


async def _ask(trial: Trial, kind: str, endpoint: Endpoint, result: Result) -> str:
    """Fill `result`; the fault as a sentence, "" when it answered."""
    rates = Rates.from_json(trial.price)
    prompt = Prompt(
        model=trial.upstream_model,
        turns=(Turn("user", QUESTION),),
        max_tokens=trial.max_tokens,
        effort=Effort.OFF,
        user_ref=pseudonym_of(trial.asked_by),
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
                elif isinstance(event, UsageReport):
                    result.usage = event
                elif isinstance(event, Started):
                    result.upstream_id = event.upstream_id or result.upstream_id
                    result.served_model = event.model or result.served_model
                    result.served_by = event.served_by or result.served_by
    except ProviderError as error:
        result.fault_code = error.code
        return str(error)
    return ""


def _finish(trial: Trial, result: Result, fault: str) -> None:
    """The outcome, the charge and the release, together; a second time changes nothing."""
    with transaction.atomic():
        trial = Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        if trial.finished_at is not None:
            return
        call = _as_attempt(trial, result)
        wrote = result.first_data_at is not None
        received = Received(
            usage=result.usage,
            # What it wrote was not kept: all that it was allowed is assumed.
            text="." * (trial.max_tokens * settlement.ESTIMATED_BYTES_PER_TOKEN) if wrote else "",
            reasoning="",
            prompt_bytes=len(QUESTION.encode()),
            is_accepted=result.fault_code in attempts.ACCEPTED_FAULTS,
        )
        charge = settlement.settle(call, received)
        _note(trial, result, fault, call)
        lookup.defer([call])
        ledger.settle(generation_id=trial.pk, charges=[_marked(charge)])


def _as_attempt(trial: Trial, result: Result) -> Attempt:
    """The call as settlement reads one; it is never saved, since it belongs to no reply."""
    return Attempt(
        id=trial.pk,
        generation_id=trial.pk,
        number=1,
        provider=trial.provider,
        provider_name=trial.provider_name,
        upstream_model=trial.upstream_model,
        upstream_id=result.upstream_id[:200],
        served_model=result.served_model[:200],
        price=trial.price,
    )


def _marked(charge: Charge) -> Charge:
    return replace(charge, details=charge.details | {"helper": "trial"})


def _note(trial: Trial, result: Result, fault: str, call: Attempt) -> None:
    trial.first_data_at, trial.finished_at = result.first_data_at, timezone.now()
    trial.served_by, trial.served_model = result.served_by[:120], result.served_model[:200]
    trial.fault_code, trial.fault = result.fault_code, fault
    trial.cost, trial.cost_source = call.cost, call.cost_source
    trial.save(
        update_fields=[
            "first_data_at",
            "finished_at",
            "served_by",
            "served_model",
            "fault_code",
            "fault",
            "cost",
            "cost_source",
        ]
    )
