"""What a worker needs to know before it calls anybody, read in one go."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.utils import timezone

from conversations import queries, refusals, seal
from conversations.generation import breaker, prompt, routes
from conversations.generation.bound import Highest
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
    held = Highest(generation.highest_input_price, generation.highest_output_price)
    now = timezone.now()
    ways = [way for way in routes.ways_to(generation.model, now) if held.covers(way)]
    if not ways:
        raise refusals.PriceChanged
    ways = breaker.standing(ways, now)
    if generation.provider != ways[0].provider:
        # What is counted as running at a provider is what is asked of it.
        Generation.objects.filter(pk=generation.pk).update(provider=ways[0].provider)
    branch = queries.told_to(generation.reply.parent_id, generation.conversation)
    calls = tuple(_calls(generation, branch, ways))
    if not calls:
        raise refusals.NoRoute(generation.model.name)
    return Job(
        generation_id=generation.pk,
        owner_id=generation.owner_id,
        is_stopped=generation.stop_requested_at is not None or not generation.owner.is_active,
        carried=generation.reply.carried_text,
        calls=calls,
    )


class NotOurs(Exception):
    """The generation ended, was taken over or is to stop: nobody may be called for it."""


def open_attempt(generation_id: uuid.UUID, *, worker: str, number: int, way: Way) -> uuid.UUID:
    """Write down that a provider is about to be called; nothing is called that is not written down.

    Under the generation's lock: raises NotOurs unless it is still running, this worker's, and wanted.
    """
    with transaction.atomic():
        is_ours = (
            Generation.objects.select_for_update(no_key=True)
            .filter(pk=generation_id, status=Status.RUNNING, worker=worker, stop_requested_at=None)
            .exists()
        )
        if not is_ours:
            raise NotOurs
        attempt = Attempt.objects.create(
            generation_id=generation_id,
            number=number,
            provider=way.provider,
            provider_name=way.provider_name,
            upstream_model=way.upstream_model,
            price=way.rates.as_json(),
        )
    return attempt.pk


def _calls(generation: Generation, branch: list[Message], ways: list[Way]) -> Iterator[Call]:
    """The ways that can be taken; one whose key cannot be opened is left out, and the log says so."""
    providers = Provider.objects.in_bulk([way.provider_id for way in ways])
    for way in ways:
        try:
            endpoint = routes.endpoint_of(providers[way.provider_id])
        except seal.SealBroken:
            log.error("a stored key cannot be opened with ENCRYPTION_KEYS", provider=way.provider)
            continue
        yield Call(way, endpoint, prompt.prompt_for(generation, branch, way))
