"""The models people pick and the routes to them, for administrators."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import MemberRequest, administrators_only
from accounts.ledger import BudgetRefused
from conversations.actions import catalogue_models, catalogue_routes, trials
from conversations.catalogue_forms import ModelForm, RouteForm, UpstreamNameForm
from conversations.catalogue_pages import billing, models_page, trials_shown
from conversations.models import Model, ProviderKind, Route, Trial
from conversations.refusals import CatalogueRefused, Refusal
from conversations.views.answers import invalid

# A page without scripts asks again after this; an answer takes a second or two.
REFRESH_SECONDS = 1


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Every model with its routes in order."""
    return _index(request)


@require_http_methods(["GET", "POST"])
@administrators_only
def add_model(request: MemberRequest) -> HttpResponse:
    """A further model; then its routes."""
    form = ModelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            model = catalogue_models.add_model(actor=request.user, **form.cleaned_data)
        except CatalogueRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("%(model)s is added. Now say who runs it.") % {"model": model.name})
            return _back(model)
    return _model_page(request, form, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def change_model(request: MemberRequest, model_id: uuid.UUID) -> HttpResponse:
    """What people read about a model, and what they can ask it for."""
    model = get_object_or_404(Model, pk=model_id)
    form = ModelForm(request.POST) if request.method == "POST" else ModelForm.of(model)
    if request.method == "POST" and form.is_valid():
        try:
            catalogue_models.change_model(actor=request.user, model=model, **form.cleaned_data)
        except CatalogueRefused as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("%(model)s is saved.") % {"model": form.cleaned_data["name"]})
            return _back(model)
    return _model_page(request, form, model)


@require_POST
@administrators_only
def act_on_model(request: MemberRequest, model_id: uuid.UUID, act: str) -> HttpResponse:
    """What the address says: default, on, off, remove."""
    model = get_object_or_404(Model, pk=model_id)
    name = {"model": model.name}
    match act:
        case "default":
            said = _("New conversations get %(model)s.") % name
            return _done(
                request,
                model,
                said,
                lambda: catalogue_models.make_default(actor=request.user, model=model),
            )
        case "remove":
            said = _("%(model)s is removed.") % name
            return _done(
                request,
                model,
                said,
                lambda: catalogue_models.remove_model(actor=request.user, model=model),
            )
        case _:
            is_on = act == "on"
            said = _("%(model)s can be asked again.") if is_on else _("%(model)s is switched off.")
            return _done(
                request,
                model,
                said % name,
                lambda: catalogue_models.switch_model(actor=request.user, model=model, is_enabled=is_on),
            )


@require_POST
@administrators_only
def add_route(request: MemberRequest, model_id: uuid.UUID) -> HttpResponse:
    """Somebody else who runs the model, tried after the others."""
    model = get_object_or_404(Model, pk=model_id)
    form = RouteForm(request.POST, model=model)
    if form.is_valid():
        try:
            route = catalogue_routes.add_route(actor=request.user, model=model, **form.cleaned_data)
        except CatalogueRefused as refusal:
            form.add_error("provider", str(refusal))
        else:
            said = _("%(provider)s is on the list, after the others.") % {"provider": route.provider.name}
            messages.success(request, said)
            return _back(model)
    return _index(request, {model.pk: form})


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
    return _done(request, route.model, said % name, do)


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
        return _back(route.model)
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
    return _done(
        request,
        route.model,
        said,
        lambda: catalogue_routes.rename_route(actor=request.user, route=route, upstream_model=name),
    )


def _index(request: MemberRequest, wrong: dict[uuid.UUID, RouteForm] | None = None) -> HttpResponse:
    """`wrong` are forms to mend, by model."""
    rows = models_page.rows()
    for row in rows:
        model = row["model"]
        row["route_form"] = (wrong or {}).get(model.pk) or RouteForm(model=model)
    context: dict[str, Any] = {
        "rows": rows,
        "opening": models_page.opening(rows),
        "differences": billing.differences(),
    }
    return render(request, "conversations/models.html", context, status=422 if wrong else 200)


def _model_page(request: MemberRequest, form: ModelForm, model: Model | None) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "conversations/model_form.html", {"form": form, "model": model}, status=status)


def _route(route_id: uuid.UUID) -> Route:
    """The demo is on no list: it only stands in."""
    routes = Route.objects.select_related("model", "provider").exclude(provider__kind=ProviderKind.DEMO)
    return get_object_or_404(routes, pk=route_id)


def _done(request: MemberRequest, model: Model, said: str, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return _back(model)


def _back(model: Model) -> HttpResponse:
    """Where the model stands on the page, so that a list that was ordered is still in sight."""
    return redirect(f"{reverse('conversations:models')}#{model.slug}")
