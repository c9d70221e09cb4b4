"""The routes to a model, for administrators: adding, ordering, naming and trying them."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import MemberRequest, administrators_only
from accounts.form_refusals import told_in
from accounts.ledger import BudgetRefused
from conversations.actions import catalogue_routes, trials
from conversations.catalogue_forms import RouteForm, UpstreamNameForm
from conversations.catalogue_pages import trials_shown
from conversations.models import Model, ProviderKind, Route, Trial
from conversations.refusals import CatalogueRefused, Refusal
from conversations.views import models
from conversations.views.answers import done, invalid

# A page without scripts asks again after this; an answer takes a second or two.
REFRESH_SECONDS = 1


@require_POST
@administrators_only
def add_route(request: MemberRequest, model_id: uuid.UUID) -> HttpResponse:
    """Somebody else who runs the model, tried after the others."""
    model = get_object_or_404(Model, pk=model_id)
    form = RouteForm(request.POST, model=model)
    if form.is_valid():
        with told_in(form, "provider", CatalogueRefused):
            route = catalogue_routes.add_route(actor=request.user, model=model, **form.cleaned_data)
            said = _("%(provider)s is on the list, after the others.") % {"provider": route.provider.name}
            messages.success(request, said)
            return redirect(models.place_of(model))
    return models.list_page(request, {model.pk: form})


@require_POST
@administrators_only
def act_on_route(request: MemberRequest, route_id: uuid.UUID, act: str) -> HttpResponse:
    """What the address says: up, down, on, off, remove."""
    route = _route(route_id)
    actor, name = request.user, {"provider": route.provider.name, "model": route.model.name}
    acts: dict[str, tuple[str, Callable[[], None]]] = {
        "up": (
            _("%(provider)s is tried earlier."),
            lambda: catalogue_routes.move_route(actor=actor, route=route, up=True),
        ),
        "down": (
            _("%(provider)s is tried later."),
            lambda: catalogue_routes.move_route(actor=actor, route=route, up=False),
        ),
        "on": (
            _("%(provider)s is asked for %(model)s again."),
            lambda: catalogue_routes.switch_route(actor=actor, route=route, is_enabled=True),
        ),
        "off": (
            _("%(provider)s is no longer asked for %(model)s."),
            lambda: catalogue_routes.switch_route(actor=actor, route=route, is_enabled=False),
        ),
        "remove": (
            _("%(provider)s is off the list of %(model)s."),
            lambda: catalogue_routes.remove_route(actor=actor, route=route),
        ),
    }
    said, do = acts[act]
    return done(request, said % name, do, models.place_of(route.model))


@require_POST
@administrators_only
def try_route(request: MemberRequest, route_id: uuid.UUID) -> HttpResponse:
    """Send one short question, paid by whoever asks for it."""
    route = _route(route_id)
    try:
        trial = trials.try_route(actor=request.user, route=route)
    except (Refusal, BudgetRefused) as refusal:
        sentence = refusal.sentence_for(request.user) if isinstance(refusal, BudgetRefused) else str(refusal)
        messages.error(request, sentence)
        return redirect(models.place_of(route.model))
    return redirect("conversations:trial", trial.pk)


@never_cache
@require_safe
@administrators_only
def trial(request: MemberRequest, trial_id: uuid.UUID) -> HttpResponse:
    """What came of it; asks again by itself until it is known."""
    found = get_object_or_404(Trial.objects.select_related("route__model"), pk=trial_id)
    context = {
        "trial": found,
        "words": trials_shown.words_of(found),
        "figures": trials_shown.figures_of(found),
    }
    answer = render(request, "conversations/trial.html", context)
    if found.finished_at is None:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer


@require_POST
@administrators_only
def rename_route(request: MemberRequest, route_id: uuid.UUID) -> HttpResponse:
    """What a provider calls the model."""
    route = _route(route_id)
    form = UpstreamNameForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, reverse("conversations:models"))
    name = form.cleaned_data["upstream_model"]
    said = _("%(provider)s is asked for %(name)s.") % {"provider": route.provider.name, "name": name}
    return done(
        request,
        said,
        lambda: catalogue_routes.rename_route(actor=request.user, route=route, upstream_model=name),
        models.place_of(route.model),
    )


def _route(route_id: uuid.UUID) -> Route:
    """The demo is on no list: it only stands in."""
    routes = Route.objects.select_related("model", "provider").exclude(provider__kind=ProviderKind.DEMO)
    return get_object_or_404(routes, pk=route_id)
