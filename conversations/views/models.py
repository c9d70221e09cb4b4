"""The models people pick, for administrators: every one with the routes to it, adding one, changing one."""

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
from accounts.form_refusals import told_in
from conversations.actions import catalogue_models
from conversations.catalogue_forms import ModelForm, RouteForm
from conversations.catalogue_pages import billing, models_page
from conversations.models import Model
from conversations.refusals import CatalogueRefused
from conversations.views.answers import done


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Every model with its routes in order."""
    return list_page(request)


@require_http_methods(["GET", "POST"])
@administrators_only
def add_model(request: MemberRequest) -> HttpResponse:
    """A further model; then its routes."""
    form = ModelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with told_in(form, "name", CatalogueRefused):
            model = catalogue_models.add_model(actor=request.user, **form.cleaned_data)
            messages.success(request, _("%(model)s is added. Now say who runs it.") % {"model": model.name})
            return redirect(place_of(model))
    return _model_page(request, form, None)


@require_http_methods(["GET", "POST"])
@administrators_only
def change_model(request: MemberRequest, model_id: uuid.UUID) -> HttpResponse:
    """What people read about a model, and what they can ask it for."""
    model = get_object_or_404(Model, pk=model_id)
    form = ModelForm(request.POST) if request.method == "POST" else ModelForm.of(model)
    if request.method == "POST" and form.is_valid():
        with told_in(form, "name", CatalogueRefused):
            catalogue_models.change_model(actor=request.user, model=model, **form.cleaned_data)
            messages.success(request, _("%(model)s is saved.") % {"model": form.cleaned_data["name"]})
            return redirect(place_of(model))
    return _model_page(request, form, model)


@require_POST
@administrators_only
def act_on_model(request: MemberRequest, model_id: uuid.UUID, act: str) -> HttpResponse:
    """What the address says: default, on, off, remove."""
    model = get_object_or_404(Model, pk=model_id)
    actor = request.user
    acts: dict[str, tuple[str, Callable[[], None]]] = {
        "default": (
            _("New conversations get %(model)s."),
            lambda: catalogue_models.make_default(actor=actor, model=model),
        ),
        "remove": (
            _("%(model)s is removed."),
            lambda: catalogue_models.remove_model(actor=actor, model=model),
        ),
        "on": (
            _("%(model)s can be asked again."),
            lambda: catalogue_models.switch_model(actor=actor, model=model, is_enabled=True),
        ),
        "off": (
            _("%(model)s is switched off."),
            lambda: catalogue_models.switch_model(actor=actor, model=model, is_enabled=False),
        ),
    }
    said, do = acts[act]
    return done(request, said % {"model": model.name}, do, place_of(model))


def list_page(request: MemberRequest, wrong: dict[uuid.UUID, RouteForm] | None = None) -> HttpResponse:
    """Every model with its routes in order; `wrong` are forms to mend, by model."""
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


def place_of(model: Model) -> str:
    """Where the model stands on the page, so that a list that was ordered is still in sight."""
    return f"{reverse('conversations:models')}#{model.slug}"
