"""Providers, for administrators: which are connected and how they do, and changing one."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, administrators_only
from accounts.form_refusals import told_in
from conversations import dialect_form
from conversations.actions import providers
from conversations.catalogue_pages import billing, providers_page
from conversations.dialect_form import DialectForm
from conversations.models import Provider, ProviderKind
from conversations.provider_forms import LimitForm, NewKeyForm, ProviderForm
from conversations.refusals import Refusal
from conversations.views import connecting
from conversations.views.answers import done, invalid


@never_cache
@require_GET
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Who is connected, from the environment or kept here, and how they did in the last hour and day."""
    rows = providers_page.rows()
    context = {
        "rows": rows,
        "opening": providers_page.opening(rows),
        "differences": billing.differences(),
    }
    return render(request, "conversations/providers.html", context)


@require_http_methods(["GET", "POST"])
@administrators_only
def change(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """One provider: its name, address and key, its dialect, its limit. A POST changes name and address."""
    provider = _real(provider_id)
    if request.method != "POST":
        return _page(request, provider)
    form = ProviderForm(request.POST, provider=provider)
    if form.is_valid():
        moved = form.cleaned_data["base_url"] != provider.base_url
        with told_in(form, None, Refusal):
            providers.change_provider(actor=request.user, provider=provider, **form.cleaned_data)
            if moved:
                return connecting.to_check(provider.pk)
            messages.success(request, _("%(provider)s is saved.") % {"provider": form.cleaned_data["name"]})
            return redirect("conversations:change_provider", provider.pk)
    return _page(request, provider, form=form)


@require_POST
@administrators_only
def new_key(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """A key in place of the one in use, once it is found to work."""
    provider = _real(provider_id)
    form = NewKeyForm(request.POST)
    if form.is_valid():
        with told_in(form, "api_key", Refusal):
            providers.change_key(actor=request.user, provider=provider, api_key=form.cleaned_data["api_key"])
            return connecting.to_check(provider.pk)
    return _page(request, provider, key_form=form)


@require_POST
@administrators_only
def dialect(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Its departures from the dialect."""
    provider = _real(provider_id)
    form = DialectForm(request.POST, kind=provider.kind)
    if not form.is_valid():
        return _page(request, provider, dialect=form)
    switches = dialect_form.switches_of(form.cleaned_data, provider.switches)
    providers.change_switches(actor=request.user, provider=provider, switches=switches)
    messages.success(
        request, _("From the next reply on, %(provider)s is asked like this.") % {"provider": provider.name}
    )
    return redirect("conversations:change_provider", provider.pk)


@require_POST
@administrators_only
def switch(request: MemberRequest, provider_id: uuid.UUID, act: str) -> HttpResponse:
    """On or off, as the address says."""
    provider = _real(provider_id)
    said = _("%(provider)s is asked again.") if act == "on" else _("Nothing more is sent to %(provider)s.")
    return done(
        request,
        said % {"provider": provider.name},
        lambda: providers.switch_provider(actor=request.user, provider=provider, is_enabled=act == "on"),
        reverse("conversations:providers"),
    )


@require_POST
@administrators_only
def disconnect(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Forget a provider and its key."""
    provider = get_object_or_404(Provider, pk=provider_id, is_from_environment=False)
    said = _("%(provider)s is removed, and its key with it.") % {"provider": provider.name}
    return done(
        request,
        said,
        lambda: providers.disconnect_provider(actor=request.user, provider=provider),
        reverse("conversations:providers"),
    )


@require_POST
@administrators_only
def limit(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """How many replies may run at a provider at once."""
    provider = get_object_or_404(Provider, pk=provider_id)
    form = LimitForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, reverse("conversations:providers"))
    most = form.cleaned_data["most_parallel"]
    said = (
        ngettext(
            "At %(provider)s %(most)s reply runs at a time from now on.",
            "Replies at %(provider)s from now on: at most %(most)s at once.",
            most,
        )
        if most
        else _("Replies at %(provider)s from now on: as many as come.")
    )
    return done(
        request,
        said % {"provider": provider.name, "most": most},
        lambda: providers.limit_provider(actor=request.user, provider=provider, most_parallel=most),
        reverse("conversations:providers"),
    )


def _real(provider_id: uuid.UUID) -> Provider:
    """The demo is as it is."""
    return get_object_or_404(Provider.objects.exclude(kind=ProviderKind.DEMO), pk=provider_id)


def _page(request: MemberRequest, provider: Provider, **wrong: Any) -> HttpResponse:
    """`wrong` are the forms to mend."""
    context: dict[str, Any] = {
        "provider": provider,
        "state": providers_page.state_of(provider, timezone.now()),
        "form": ProviderForm(provider=provider),
        "key_form": NewKeyForm(),
        "dialect": DialectForm(kind=provider.kind, initial=dialect_form.initial_of(provider.switches)),
        "unworded": ", ".join(dialect_form.unworded(provider.switches)),
    }
    return render(request, "conversations/provider.html", context | wrong, status=422 if wrong else 200)
