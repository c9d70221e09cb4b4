"""Providers, for administrators: which are connected and how they do, connecting one, changing one."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import links as addresses
from accounts.access import MemberRequest, administrators_only
from conversations import dialect_form
from conversations.actions import providers
from conversations.catalogue_pages import billing, providers_page
from conversations.dialect_form import DialectForm
from conversations.models import Provider, ProviderKind
from conversations.provider_forms import ConnectForm, LimitForm, NewKeyForm, ProviderForm
from conversations.refusals import Refusal
from conversations.views.answers import invalid

# A page without scripts asks again after this; a test takes a second or two.
REFRESH_SECONDS = 1


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
def connect(request: MemberRequest) -> HttpResponse:
    """Paste a key and have it tested; or go on with the demo."""
    onward = addresses.local_or(request.POST.get("next") or request.GET.get("next", ""), "")
    form = ConnectForm(
        request.POST or None, initial={"kind": request.GET.get("kind", ProviderKind.OPENROUTER)}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            provider = providers.connect_provider(
                actor=request.user,
                kind=ProviderKind(given["kind"]),
                api_key=given["api_key"],
                name=given["name"],
                base_url=given["base_url"],
                upstream_model=given["upstream_model"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return _to_check(provider.pk, onward)
    context = {
        "form": form,
        "next": onward,
        "is_setup": onward.startswith("/setup/"),
        "connected": Provider.objects.filter(is_enabled=True).exclude(kind=ProviderKind.DEMO),
        "has_demo": Provider.objects.filter(kind=ProviderKind.DEMO).exists(),
    }
    return render(request, "conversations/connect.html", context, status=422 if form.errors else 200)


@require_GET
@administrators_only
def check(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """How the test of a key came out; asks again by itself until it is known."""
    provider = get_object_or_404(Provider, pk=provider_id)
    onward = addresses.local_or(request.GET.get("next", ""), "")
    answer = render(
        request,
        "conversations/check.html",
        {"provider": provider, "next": onward, "is_setup": onward.startswith("/setup/")},
    )
    if provider.checked_at is None:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer


@require_POST
@administrators_only
def retest(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Have a key tested anew."""
    providers.test_again(provider=get_object_or_404(Provider, pk=provider_id, is_from_environment=False))
    return _to_check(provider_id, addresses.local_or(request.POST.get("next", ""), ""))


@require_http_methods(["GET", "POST"])
@administrators_only
def change(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """One provider: its name, address and key, its dialect, its limit. A POST changes name and address."""
    provider = _real(provider_id)
    if request.method != "POST":
        return _page(request, provider)
    form = ProviderForm(request.POST, provider=provider)
    if not form.is_valid():
        return _page(request, provider, form=form)
    moved = form.cleaned_data["base_url"] != provider.base_url
    try:
        providers.change_provider(actor=request.user, provider=provider, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, provider, form=form)
    if moved:
        return _to_check(provider.pk, "")
    messages.success(request, _("%(provider)s is saved.") % {"provider": form.cleaned_data["name"]})
    return redirect("conversations:change_provider", provider.pk)


@require_POST
@administrators_only
def new_key(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """A key in place of the one in use, once it is found to work."""
    provider = _real(provider_id)
    form = NewKeyForm(request.POST)
    if form.is_valid():
        try:
            providers.change_key(actor=request.user, provider=provider, api_key=form.cleaned_data["api_key"])
        except Refusal as refusal:
            form.add_error("api_key", str(refusal))
        else:
            return _to_check(provider.pk, "")
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
    return _done(
        request,
        said % {"provider": provider.name},
        lambda: providers.switch_provider(actor=request.user, provider=provider, is_enabled=act == "on"),
    )


@require_POST
@administrators_only
def disconnect(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Forget a provider and its key."""
    provider = get_object_or_404(Provider, pk=provider_id, is_from_environment=False)
    said = _("%(provider)s is removed, and its key with it.") % {"provider": provider.name}
    return _done(request, said, lambda: providers.disconnect_provider(actor=request.user, provider=provider))


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
    return _done(
        request,
        said % {"provider": provider.name, "most": most},
        lambda: providers.limit_provider(actor=request.user, provider=provider, most_parallel=most),
    )


def _real(provider_id: uuid.UUID) -> Provider:
    """The demo is as it is."""
    return get_object_or_404(Provider.objects.exclude(kind=ProviderKind.DEMO), pk=provider_id)


def _page(request: MemberRequest, provider: Provider, **wrong: Any) -> HttpResponse:
    """`wrong` are the forms to mend."""
    context: dict[str, Any] = {
        "provider": provider,
        "state": providers_page.state_of(provider),
        "form": ProviderForm(provider=provider),
        "key_form": NewKeyForm(),
        "dialect": DialectForm(kind=provider.kind, initial=dialect_form.initial_of(provider.switches)),
        "unworded": ", ".join(dialect_form.unworded(provider.switches)),
    }
    return render(request, "conversations/provider.html", context | wrong, status=422 if wrong else 200)


def _done(request: MemberRequest, said: str, act: Callable[[], None]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("conversations:providers")


def _to_check(provider_id: uuid.UUID, onward: str) -> HttpResponse:
    answer = redirect("conversations:check", provider_id)
    answer["Location"] += f"?{urlencode({'next': onward})}" if onward else ""
    return answer
