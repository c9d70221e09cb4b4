"""From one call of a reply to its next: what the one that ended cost is charged and what it said is kept, the next is
held for and written down. All of it in one transaction, or none of it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import ledger, pricing
from accounts.ledger import BudgetRefused, CostBound, Hold
from accounts.pricing import Rates
from conversations import fault_points, hops
from conversations.generation import attempts, bound, finish
from conversations.generation.attempts import Result
from conversations.generation.begin import Call, NotOurs
from conversations.generation.bound import Highest
from conversations.generation.record import Written
from conversations.generation.routes import Way
from conversations.models import Attempt, Generation, Status
from conversations.providers.base import Effort, Prompt, Turn

# Calls of one reply that may ask for tools; the one after them is to answer.
MOST_HOPS = 8

# Why a reply ends before its model has answered: its finish reason then.
NO_BUDGET = "no_budget"
NO_ROOM = "no_room"
TOO_LONG = "length"


class NoNextCall(Exception):
    """The reply ends with what there is; `reason` is its finish reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def open_next(
    generation_id: uuid.UUID,
    *,
    worker: str,
    call: Call,
    results: Sequence[Result],
    following: uuid.UUID,
    written: Written,
    received: Written,
) -> Call:
    """The next call by the same way, told what the steps came to; its attempt has the id `following`.

    `results` has every attempt so far. Raises NotOurs, as `begin.open_attempt` does, and NoNextCall: nothing is
    changed then. A repeat finds what the first one did.
    """
    told = _told_of(written)
    with transaction.atomic():
        generation = finish.locked(
            generation_id, status=Status.RUNNING, worker=worker, stop_requested_at=None
        )
        if generation is None or not generation.owner.is_active:
            raise NotOurs
        attempt = Attempt.objects.filter(pk=following).first()
        if attempt is None:
            attempt = _open(generation, call, results, following, written, received, told)
    fault_points.reach("hop_committed")
    prompt = replace(
        _following(call.prompt, told),
        max_tokens=generation.max_tokens,
        may_call=len(written.hops) < MOST_HOPS,
        highest_input_price=generation.highest_input_price or None,
        highest_output_price=generation.highest_output_price or None,
    )
    return replace(call, way=replace(call.way, rates=Rates.from_json(attempt.price)), prompt=prompt)


def _open(
    generation: Generation,
    call: Call,
    results: Sequence[Result],
    following: uuid.UUID,
    written: Written,
    received: Written,
    told: Sequence[Turn],
) -> Attempt:
    now = timezone.now()
    charges = attempts.settle(generation, results, came=received, was_cut_short=False, fault_code="", at=now)
    # Where replies are counted, one whose model goes on is counted once, with its last call.
    charges = [replace(charge, details=charge.details | {"goes_on": True}) for charge in charges]
    finish.write_reply(generation, written)
    ended = list(Attempt.objects.filter(generation=generation).order_by("number"))
    number = ended[-1].number + 1
    way = _priced(call.way, now)
    attempt = Attempt.objects.create(
        pk=following,
        generation=generation,
        number=number,
        provider=way.provider,
        provider_name=way.provider_name,
        upstream_model=way.upstream_model,
        price=way.rates.as_json(),
    )
    # A price may have been raised since the first call: held for and sent is the dearer one.
    highest = bound.highest_of([way])
    generation.highest_input_price = max(generation.highest_input_price, highest.input)
    generation.highest_output_price = max(generation.highest_output_price, highest.output)
    generation.input_bound = _input_bound(generation, ended[-1], told)
    cost_bound = _cost_bound(generation, call, told, ended)
    # Last: from here on everybody's sends wait for this transaction.
    held = _held(generation, number, charges, cost_bound)
    generation.max_tokens = held.max_tokens
    generation.is_shortened = generation.is_shortened or held.is_shortened
    generation.save(
        update_fields=[
            "input_bound",
            "highest_input_price",
            "highest_output_price",
            "max_tokens",
            "is_shortened",
        ]
    )
    fault_points.reach("hop_held")
    return attempt


def _priced(way: Way, at: datetime) -> Way:
    """The way at the prices in force."""
    found = pricing.rates_and_dearest(way.provider, way.upstream_model, at)
    return replace(way, rates=found[0], dearest=found[1]) if found else way


def _told_of(written: Written) -> tuple[Turn, ...]:
    """The last hop, as it stands in the next prompt and in those of later turns."""
    last = len(written.hops) - 1
    text = hops.text_between(written.text, written.hops, last)
    return hops.turns_of(
        written.hops[last], text, hops.reasoning_between(written.reasoning, written.hops, last)
    )


def _following(prompt: Prompt, told: Sequence[Turn]) -> Prompt:
    return replace(prompt, turns=(*prompt.turns, *told))


def _input_bound(generation: Generation, ended: Attempt, told: Sequence[Turn]) -> int:
    """The last prompt's bound and all that came since; or its provider's own count, and the results' bytes."""
    by_bytes = generation.input_bound + bound.tokens_of_turns(told)
    counted = bound.counted_in(ended)
    return by_bytes if counted is None else min(by_bytes, counted + bound.tokens_of_turns(told[1:]))


def _cost_bound(
    generation: Generation, call: Call, told: Sequence[Turn], ended: Sequence[Attempt]
) -> CostBound:
    limit = generation.reply_limit
    if limit is not None:
        limit -= sum(one.completion_tokens or 0 for one in ended)
        if limit < 1:
            raise NoNextCall(TOO_LONG)
    text_bytes = bound.tokens_of_turns(_following(call.prompt, told).turns)
    room = bound.room_in(call.way.context_window, generation.input_bound, text_bytes)
    if room is None:
        raise NoNextCall(NO_ROOM)
    return bound.cost_bound(
        Highest(generation.highest_input_price, generation.highest_output_price),
        effort=Effort(generation.effort),
        input_bound=generation.input_bound,
        room=min(room, call.way.longest_reply or room),
        reply_limit=limit,
    )


def _held(
    generation: Generation, number: int, charges: Sequence[ledger.Charge], cost_bound: CostBound
) -> Hold:
    try:
        return ledger.hold_next(generation_id=generation.pk, number=number, charges=charges, bound=cost_bound)
    except BudgetRefused:
        raise NoNextCall(NO_BUDGET) from None
