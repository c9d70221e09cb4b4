"""Trying a route with one short question, to see that it answers."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts import ledger
from accounts.models import User
from conversations import refusals, stored_words
from conversations.generation import helper, routes
from conversations.generation.attempts import Result
from conversations.generation.helper import Answer
from conversations.models import Provider, Route, Trial
from conversations.offload import in_thread_patiently
from conversations.providers.base import FaultCode

QUESTION = "Say yes."
# One token would do; some hosts take no fewer than this.
MAX_TOKENS = 16


def open_trial(user: User, route: Route) -> Trial:
    """Its row and the money for it, in the caller's transaction. Raises NoPrice, or BudgetRefused."""
    now = timezone.now()
    way = routes.way_by(route, now)
    if way is None:
        raise refusals.NoPrice(route.provider.slug, route.provider.name, route.upstream_model)
    terms = helper.terms_of(way, QUESTION, MAX_TOKENS)
    trial = Trial.objects.create(route=route, asked_by=user.pk, asked_at=now, **terms)
    ledger.hold(generation_id=trial.pk, user=user, bound=helper.bound_of(way, QUESTION, MAX_TOKENS), at=now)
    return trial


async def run_trial(trial_id: uuid.UUID) -> None:
    """Ask, once, and book what it took. One that was asked before and never ended is booked as an estimate."""
    found = await in_thread_patiently(_begin, trial_id)
    if found is None:
        return
    trial, provider = found
    answer = await helper.ask(trial, provider, QUESTION)
    await in_thread_patiently(helper.finish, trial, answer)


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
    helper.finish(trial, Answer(result, fault=helper.CUT if was_asked else stored_words.PROVIDER_REMOVED))
    return None
