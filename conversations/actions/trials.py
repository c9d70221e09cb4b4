"""Asking a route one short question, to see that it answers. A worker asks: web never talks to a provider."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from conversations import access, tasks
from conversations.generation import trial
from conversations.models import Model, Route, Trial


def try_route(*, actor: User, route: Route) -> Trial:
    """Hold the money and have it asked; while one is on its way, that one.

    Raises NoPrice, and BudgetRefused when the administrator's own budget does not allow it.
    """
    with transaction.atomic():
        access.still_there(
            Model.objects.select_for_update(no_key=True).filter(pk=route.model_id)
        )  # one at a time
        running = Trial.objects.filter(route=route, finished_at=None).first()
        if running is not None:
            return running
        target = f"{route.model.slug} at {route.provider.slug}"
        audit.record(actor=actor, action="route.tried", target=target, before={}, after={})
        opened = trial.open_trial(actor, route)
        tasks.try_route.defer(trial_id=str(opened.pk))
    return opened
