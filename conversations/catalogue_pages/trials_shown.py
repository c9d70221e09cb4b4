"""What came of a question that was put to a route, in words."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from accounts import money, tally
from accounts.models import CostSource
from accounts.pricing import Rates
from conversations import stored_words
from conversations.catalogue_pages import health
from conversations.models import Trial


def last_by_route(at: datetime) -> dict[uuid.UUID, str]:
    """One line for each route that was ever tried: its last trial, and when. One query."""
    last = Trial.objects.exclude(route=None).order_by("route", "-asked_at").distinct("route")
    return {
        trial.route_id: _("Tried %(when)s: %(words)s")
        % {"when": health.ago(trial.asked_at, at), "words": words_of(trial)}
        for trial in last
        if trial.route_id
    }


def words_of(trial: Trial) -> str:
    """That it answered and how soon, or why not."""
    if trial.finished_at is None:
        return _("Being asked.")
    if trial.fault:
        return stored_words.spoken(trial.fault)
    if trial.first_data_at is None or trial.started_at is None:
        return _("It took the question and wrote nothing.")
    seconds = (trial.first_data_at - trial.started_at).total_seconds()
    return _("It answered after %(seconds)s s.") % {"seconds": f"{seconds:.1f}"}


def figures_of(trial: Trial) -> dict[str, str]:
    """Who answered as what, and what it cost."""
    rows = {
        _("Provider"): trial.provider_name,
        _("Asked for"): trial.upstream_model,
        _("Answered as"): trial.served_model,
        _("By the host"): trial.served_by,
        _("Cost"): _cost(trial),
    }
    return {name: value for name, value in rows.items() if value}


def _cost(trial: Trial) -> str:
    if trial.cost is None:
        return ""
    if not Rates.from_json(trial.price).is_billed:
        return str(tally.DEMO)
    if trial.cost_source == CostSource.NOTHING:
        return _("nothing")
    return money.marked(money.format_cost(trial.cost), is_estimated=trial.cost_source == CostSource.ESTIMATED)
