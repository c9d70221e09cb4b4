"""Providers, for administrators: which are connected, and connecting one."""

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts import links as addresses
from accounts import money, pricing
from accounts.access import MemberRequest, administrators_only
from conversations.actions import providers
from conversations.forms import ConnectForm
from conversations.models import Provider, ProviderKind, Route
from conversations.refusals import Refusal

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
    form = ConnectForm(request.POST or None)
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
            answer = redirect("conversations:check", provider.pk)
            answer["Location"] += f"?next={onward}" if onward else ""
            return answer
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
        "pricing": {
            "provider": route.provider.slug,
            "provider_name": route.provider.name,
            "upstream_model": route.upstream_model,
        },
    }
