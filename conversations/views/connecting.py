"""Connecting a provider, for administrators: pasting a key and having it tested."""

import uuid
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import links as addresses
from accounts.access import MemberRequest, administrators_only
from accounts.form_refusals import told_in
from conversations.actions import providers
from conversations.catalogue_pages import health, providers_page
from conversations.models import Provider, ProviderKind, Route
from conversations.provider_forms import ConnectForm
from conversations.refusals import Refusal

# A page without scripts asks again after this; a test takes a second or two.
REFRESH_SECONDS = 1


@require_http_methods(["GET", "POST"])
@administrators_only
def connect(request: MemberRequest) -> HttpResponse:
    """Paste a key and have it tested; or go on with the demo."""
    onward = addresses.local_or(request.POST.get("next") or request.GET.get("next", ""), "")
    form = ConnectForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with told_in(form, None, Refusal):
            provider = providers.connect_provider(
                actor=request.user,
                kind=ProviderKind(given["kind"]),
                api_key=given["api_key"],
                name=given["name"],
                base_url=given["base_url"],
                upstream_model=given["upstream_model"],
            )
            return to_check(provider.pk, onward)
    context = {
        "form": form,
        "next": onward,
        "is_setup": onward.startswith("/setup/"),
        "connected": Provider.objects.filter(is_enabled=True).exclude(kind=ProviderKind.DEMO),
        "has_demo": Provider.objects.filter(kind=ProviderKind.DEMO).exists(),
    }
    return render(request, "conversations/connect.html", context, status=422 if form.errors else 200)


def _initial(request: MemberRequest) -> dict[str, str]:
    """What the form begins with: what was entered before, for a server whose address is to be changed."""
    begun = request.GET.get("from", "")
    try:
        key = uuid.UUID(begun)
    except ValueError:
        return {"kind": request.GET.get("kind", ProviderKind.OPENROUTER)}
    own = Provider.objects.filter(kind=ProviderKind.COMPATIBLE, is_from_environment=False)
    provider = get_object_or_404(own, pk=key)
    route = Route.objects.filter(provider=provider).order_by("order", "id").first()
    return {
        "kind": provider.kind,
        "name": "" if provider.slug == provider.kind else provider.name,
        "base_url": provider.base_url,
        "upstream_model": route.upstream_model if route else "",
    }


@require_GET
@administrators_only
def check(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """How the test of a key came out; asks again by itself until it is known."""
    provider = get_object_or_404(Provider, pk=provider_id)
    onward = addresses.local_or(request.GET.get("next", ""), "")
    taken = providers_page.taken(provider) if provider.is_enabled else []
    answer = render(
        request,
        "conversations/check.html",
        {
            "provider": provider,
            "next": onward,
            "is_setup": onward.startswith("/setup/"),
            "tried": health.ago(provider.checked_at, timezone.now()) if provider.checked_at else "",
            "has_own_address": provider.kind == ProviderKind.COMPATIBLE and not provider.is_from_environment,
            "taken": taken,
            "is_priced": all(one["has_price"] for one in taken),
        },
    )
    if provider.checked_at is None:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer


@require_POST
@administrators_only
def retest(request: MemberRequest, provider_id: uuid.UUID) -> HttpResponse:
    """Have a key tested anew."""
    providers.test_again(provider=get_object_or_404(Provider, pk=provider_id, is_from_environment=False))
    return to_check(provider_id, addresses.local_or(request.POST.get("next", ""), ""))


def to_check(provider_id: uuid.UUID, onward: str = "") -> HttpResponse:
    """To the page that tells how a test came out; `onward` is where to go from there."""
    answer = redirect("conversations:check", provider_id)
    answer["Location"] += f"?{urlencode({'next': onward})}" if onward else ""
    return answer
