"""Providers, for administrators: which are connected, and connecting one."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import links as addresses
from accounts import money, pricing
from accounts.access import MemberRequest, administrators_only
from conversations.actions import providers
from conversations.models import Provider, ProviderKind, Route
from conversations.provider_forms import ConnectForm, LimitForm
from conversations.refusals import Refusal
from conversations.views.answers import invalid

# A page without scripts asks again after this; a test takes a second or two.
REFRESH_SECONDS = 1


@require_GET
@administrators_only
def index(request: MemberRequest) -> HttpResponse:
    """Who is connected, from the environment or kept here, and at what price."""
    rows = Route.objects.select_related("provider", "model").order_by("order", "provider__name")
    return render(request, "conversations/providers.html", {"routes": [_route_view(row) for row in rows]})


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


@require_POST
@administrators_only
def disconnect(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Forget a provider and its key."""
    provider = get_object_or_404(Provider, pk=provider_id, is_from_environment=False)
    providers.disconnect_provider(actor=request.user, provider=provider)
    messages.success(request, f"{provider.name} is removed, and its key with it.")
    return redirect("conversations:providers")


@require_POST
@administrators_only
def limit(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """How many replies may run at a provider at once."""
    provider = get_object_or_404(Provider, pk=provider_id)
    form = LimitForm(request.POST)
    back = reverse("conversations:providers")
    if not form.is_valid():
        return invalid(request, form, back)
    most = form.cleaned_data["most_parallel"]
    providers.limit_provider(actor=request.user, provider=provider, most_parallel=most)
    said = f"at most {most} at once" if most else "as many as come"
    messages.success(request, f"Replies at {provider.name} from now on: {said}.")
    return redirect(back)


def _to_check(provider_id: uuid.UUID, onward: str) -> HttpResponse:
    answer = redirect("conversations:check", provider_id)
    answer["Location"] += f"?{urlencode({'next': onward})}" if onward else ""
    return answer


def _state(provider: Provider) -> str:
    if provider.kind == ProviderKind.DEMO:
        return "Stands in while nobody else is connected; not billed."
    if provider.is_from_environment:
        return "Set by the server's environment, read-only here."
    if provider.checked_at is None:
        return "Being tested."
    return provider.check_fault or "Connected."


def _route_view(route: Route) -> dict[str, object]:
    rates = pricing.rates_at(route.provider.slug, route.upstream_model, timezone.now())
    return {
        "provider": route.provider,
        "model": route.model.name,
        "upstream_model": route.upstream_model,
        "input": money.format_rate(rates.input) if rates else "",
        "cache_read": money.format_rate(rates.cache_read) if rates else "",
        "output": money.format_rate(rates.output) if rates else "",
        "is_billed": rates.is_billed if rates else True,
        "has_price": rates is not None,
        "state": _state(route.provider),
        "is_faulty": bool(route.provider.check_fault),
        "is_ours": not route.provider.is_from_environment,
    }
