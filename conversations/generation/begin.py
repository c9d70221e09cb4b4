"""What a worker needs to know before it calls anybody, read in one go."""

import uuid
from dataclasses import dataclass, replace

import structlog
from django.db import transaction
from django.utils import timezone

from conversations import fault_points, queries, refusals, seal
from conversations.generation import breaker, fitting, prompt, routes
from conversations.generation.bound import Highest
from conversations.generation.fitting import Fit, Passed, Why
from conversations.generation.routes import Way
from conversations.models import Attempt, Generation, Message, Provider, Status
from conversations.providers.base import Endpoint, Prompt

log = structlog.get_logger("parley.generation")


@dataclass(frozen=True, slots=True)
class Call:
    """One way that may be tried, ready to go."""

    way: Way
    endpoint: Endpoint
    prompt: Prompt
    is_tried: bool  # it failed again and again, and this finds out whether it is well


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed generation with the calls that may answer it, the first to try first."""

    generation_id: uuid.UUID
    owner_id: uuid.UUID
    is_stopped: bool  # asked to stop before it began
    carried: str  # the text it goes on from; "" = it begins at the beginning
    calls: tuple[Call, ...]


def begin(generation_id: uuid.UUID) -> Job:
    """The job of a generation this worker has claimed. Raises a Refusal if nobody may answer any more."""
    generation = Generation.objects.select_related("model", "reply", "conversation", "owner").get(
        pk=generation_id
    )
    branch = queries.told_to(generation.reply.parent_id, generation.conversation)
    fits, passed = _standing(generation)
    calls, unreadable = _calls(generation, branch, fits)
    if not calls:
        raise refusals.NoRoute(generation.model.name)
    provider, passed_over = calls[0].way.provider, [one.as_json() for one in [*passed, *unreadable]]
    if (generation.provider, generation.passed_over) != (provider, passed_over):
        # What is counted as running at a provider is what is asked of it.
        Generation.objects.filter(pk=generation.pk).update(provider=provider, passed_over=passed_over)
    return Job(
        generation_id=generation.pk,
        owner_id=generation.owner_id,
        is_stopped=generation.stop_requested_at is not None or not generation.owner.is_active,
        carried=generation.reply.carried_text,
        calls=calls,
    )


class NotOurs(Exception):
    """The generation ended, was taken over or is to stop: nobody may be called for it."""


def open_attempt(
    generation_id: uuid.UUID, *, worker: str, attempt_id: uuid.UUID, number: int, way: Way
) -> None:
    """Write down that a provider is about to be called; nothing is called that is not written down.

    Under the generation's lock: raises NotOurs unless it is still running, this worker's, and wanted. A repeat changes
    nothing.
    """
    with transaction.atomic():
        is_ours = (
            Generation.objects.select_for_update(no_key=True)
            .filter(pk=generation_id, status=Status.RUNNING, worker=worker, stop_requested_at=None)
            .exists()
        )
        if not is_ours:
            raise NotOurs
        Attempt.objects.get_or_create(
            pk=attempt_id,
            defaults={
                "generation_id": generation_id,
                "number": number,
                "provider": way.provider,
                "provider_name": way.provider_name,
                "upstream_model": way.upstream_model,
                "price": way.rates.as_json(),
            },
        )
    fault_points.reach("call_written")


def _standing(generation: Generation) -> tuple[list[tuple[Fit, bool]], list[Passed]]:
    """Whom to ask, and of each whether it is tried to see if it is well again; and who is passed over."""
    now = timezone.now()
    ways, wish = routes.ways_to(generation.model, now), fitting.wish_of(generation)
    fits, passed = fitting.fit(generation.model, ways, wish)
    held = Highest(generation.highest_input_price, generation.highest_output_price)
    dear = [one for one in fits if not held.covers(one.way)]
    fits = [one for one in fits if one not in dear]
    if not fits:
        raise refusals.PriceChanged
    look = breaker.look([one.way for one in fits], now)
    failing = [one for one in fits if one.way.provider in look.left_out]
    passed += [Passed(one.way.provider_name, Why.PRICE) for one in dear]
    passed += [Passed(one.way.provider_name, Why.FAILING) for one in failing]
    return [(one, one.way.provider == look.tried) for one in fits if one not in failing], passed


def _calls(
    generation: Generation, branch: list[Message], fits: list[tuple[Fit, bool]]
) -> tuple[tuple[Call, ...], list[Passed]]:
    """The ways that can be taken; one whose key cannot be opened is left out, and the log says so."""
    providers = Provider.objects.in_bulk([one.way.provider_id for one, _ in fits])
    calls, unreadable = [], []
    for one, is_tried in fits:
        way = one.way
        try:
            endpoint = routes.endpoint_of(providers[way.provider_id])
        except seal.SealBroken:
            log.error("a stored key cannot be opened with ENCRYPTION_KEYS", provider=way.provider)
            unreadable.append(Passed(way.provider_name, Why.KEY))
            continue
        asked = prompt.prompt_for(generation, branch, way)
        asked = replace(asked, max_tokens=min(asked.max_tokens, one.room))
        calls.append(Call(way, endpoint, asked, is_tried))
    return tuple(calls), unreadable
