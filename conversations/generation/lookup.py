"""Costs that had to be estimated, asked for at the provider afterwards and put right by a correction.

It goes by ids alone: the conversation may have been deleted by then, and its money is owed all the same.
"""

import uuid
from collections.abc import Iterable

from django.db import transaction
from procrastinate.contrib.django import app

from accounts import ledger, pricing
from accounts.models import CostSource, EntryKind, LedgerEntry
from accounts.pricing import Rates
from conversations import hints, standing
from conversations.events import Hint, Topic
from conversations.generation import routes, settlement
from conversations.models import Attempt, Generation, Provider
from conversations.offload import in_thread
from conversations.providers import registry
from conversations.providers.base import Clocks, UsageReport

TASK = "conversations.look_up_cost"
_CLOCKS = Clocks(connect=10, first_data=20, next_data=20, whole_turn=30)


class NotKnownYet(Exception):
    """The provider does not say so far: ask again later."""


def defer(attempts: Iterable[Attempt]) -> None:
    """Have it asked what each of these cost that was estimated, where the provider can say. In the caller's
    transaction, so that no estimate is forgotten."""
    for attempt in attempts:
        if attempt.cost_source != CostSource.ESTIMATED or not attempt.upstream_id:
            continue
        provider = Provider.objects.filter(slug=attempt.provider).first()
        if provider is not None and registry.can_look_up(provider.kind):
            app.configure_task(TASK, schedule_in={"seconds": 1}).defer(
                attempt_id=str(attempt.pk),
                generation_id=str(attempt.generation_id),
                provider_id=str(provider.pk),
                upstream_id=attempt.upstream_id,
            )


async def look_up(
    *, attempt_id: uuid.UUID, generation_id: uuid.UUID, provider_id: uuid.UUID, upstream_id: str
) -> None:
    """Ask once, and book the answer. Raises NotKnownYet or ProviderError when it has to be asked again."""
    provider = await in_thread(Provider.objects.filter(pk=provider_id).first)
    if provider is None:
        return
    endpoint = await in_thread(routes.endpoint_of, provider)
    usage = await registry.adapter_for(provider.kind, endpoint, _CLOCKS).look_up(upstream_id)
    if usage is None or (usage.cost is None and not usage.prompt_tokens):
        raise NotKnownYet(upstream_id)
    await in_thread(_book, attempt_id, generation_id, usage)


def _book(attempt_id: uuid.UUID, generation_id: uuid.UUID, usage: UsageReport) -> None:
    """The difference to the estimate; repeating it finds none. Attempt first, then windows, as everybody locks."""
    with transaction.atomic():
        attempt = Attempt.objects.select_for_update(no_key=True).filter(pk=attempt_id).first()
        charge = LedgerEntry.objects.get(kind=EntryKind.CHARGE, attempt_id=attempt_id)
        rates = Rates.from_json(charge.details["rates"])
        tokens = settlement.tokens_of(usage)
        cost = pricing.cost_of(tokens, rates) if usage.cost is None else usage.cost
        if attempt is not None:
            attempt.tokens, attempt.cost, attempt.cost_source = tokens, cost, CostSource.LOOKED_UP
            attempt.save(update_fields=[*Attempt.TOKEN_FIELDS, "cost", "cost_source"])
        ledger.correct(
            attempt_id=attempt_id,
            generation_id=generation_id,
            amount=cost if rates.is_billed else charge.amount,
            source=CostSource.LOOKED_UP,
        )
        _tell(generation_id)


def _tell(generation_id: uuid.UUID) -> None:
    generation = Generation.objects.select_related("owner", "conversation").filter(pk=generation_id).first()
    if generation is not None:
        figures = standing.standing_for(generation.owner, generation.conversation)
        hints.publish(generation.owner_id, Hint(topic=Topic.MONEY, data=figures))
