"""The price book, and setting a price in it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import links, names, price_forms
from accounts.access import MemberRequest, administrators_only, wants_json
from accounts.actions import prices
from accounts.forms import PriceForm
from accounts.price_lists import preview
from accounts.usage import price_book


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def price(request: MemberRequest) -> HttpResponse:
    """The price book. A POST puts new rates in force from now on, peak hours kept, then goes back to `next`."""
    if request.method != "POST":
        return render(request, "accounts/prices.html", {"books": price_book.pages()})
    goal = links.local_or(request.POST.get("next", ""), "/")
    form = PriceForm(request.POST)
    if form.is_valid() and _is_set(request, form, prices.change_rates):
        if wants_json(request):
            return JsonResponse({}, status=201)
        messages.success(request, _("The price is saved. It holds from the next message."))
        return redirect(goal)
    if wants_json(request):
        return JsonResponse({"error": {"code": "invalid", "message": _sentence(form)}}, status=422)
    context = {"form": form, "next": goal} | _called(form["provider"].value(), form["upstream_model"].value())
    return render(request, "accounts/price.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def edit(request: MemberRequest) -> HttpResponse:
    """A price as a whole, peak hours included; `provider` and `model` say which."""
    asked = request.GET.get("provider", "")[:40], request.GET.get("model", "")[:200]
    provider, model = (name.replace("\0", "") for name in asked)
    if not (provider and model):
        return redirect("accounts:price")
    now = preview.in_force(provider, timezone.now()).get(model)
    if now is not None and len(now.bands) > price_forms.MOST_BANDS:
        messages.error(
            request, _("This price has more hours than a form can show. Import its list again instead.")
        )
        return redirect("accounts:price")
    given = {"provider": provider, "upstream_model": model}
    if request.method == "POST":
        form = price_forms.WholePriceForm({**request.POST.dict(), **given})
        bands = price_forms.BandRows(request.POST)
        if form.is_valid() & bands.is_valid() and _is_set(
            request, form, prices.set_price, bands=bands.bands(), is_billed=now is None or now.is_billed
        ):
            messages.success(request, _("The price is saved. It holds from the next message."))
            return redirect(f"{reverse('accounts:price')}#{price_book.anchor_of(provider, model)}")
    else:
        form = price_forms.WholePriceForm(initial=given | (price_forms.initial_of(now) if now else {}))
        bands = price_forms.BandRows(price=now)
    context = {"form": form, "bands": bands, "upstream_model": model} | _called(provider, model)
    return render(request, "accounts/price_edit.html", context, status=422 if form.is_bound else 200)


def _called(provider: str | None, upstream_model: str | None) -> dict[str, str]:
    """What people call a provider and a model there; "" for what was not said."""
    called = names.known()
    return {
        "provider": called.provider(provider or ""),
        "model": called.model(upstream_model or "", provider or ""),
    }


def _is_set(request: MemberRequest, form: PriceForm, put: Callable[..., object], **more: Any) -> bool:
    """False, with the question written into the form, when the jump wants confirming."""
    source = _("set by %(name)s") % {"name": request.user.display_name}
    try:
        put(actor=request.user, source=source, **form.cleaned_data, **more)
    except prices.PriceJump as jump:
        form.add_error("confirm_jump", str(jump))
        return False
    return True


def _sentence(form: PriceForm) -> str:
    return " ".join(
        f"{form.fields[name].label}: {error}" if name != "confirm_jump" else str(error)
        for name, errors in form.errors.items()
        for error in errors
    )
