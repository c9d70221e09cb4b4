"""What a worker needs to know before it calls anybody, read in one go."""

import uuid
from dataclasses import dataclass

from django.utils import timezone

from conversations import queries
from conversations.generation import prompt, routes
from conversations.generation.routes import Way
from conversations.models import Attempt, Generation, Provider
from conversations.providers.base import Endpoint, Prompt


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
    calls: tuple[Call, ...]


def begin(generation_id: uuid.UUID) -> Job:
    """The job of a generation this worker has claimed. Raises NoRoute or NoPrice if the ways went away."""
    generation = Generation.objects.select_related("model", "reply", "conversation", "owner").get(
        pk=generation_id
    )
    ways = routes.ways_to(generation.model, timezone.now())
    branch = queries.branch_to(generation.reply.parent_id, generation.conversation)
    providers = Provider.objects.in_bulk([way.provider_id for way in ways])
    return Job(
        generation_id=generation.pk,
        owner_id=generation.owner_id,
        is_stopped=generation.stop_requested_at is not None or not generation.owner.is_active,
        calls=tuple(
            Call(
                way,
                routes.endpoint_of(providers[way.provider_id]),
                prompt.prompt_for(generation, branch, way),
            )
            for way in ways
        ),
    )


def open_attempt(generation_id: uuid.UUID, number: int, way: Way) -> uuid.UUID:
    """Write down that a provider is about to be called; nothing is called that is not written down."""
    attempt = Attempt.objects.create(
        generation_id=generation_id,
        number=number,
        provider=way.provider,
        provider_name=way.provider_name,
        upstream_model=way.upstream_model,
        price=way.rates.as_json(),
    )
    return attempt.pk
