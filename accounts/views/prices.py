"""The price book, and setting a price in it."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts import links
from accounts.access import MemberRequest, administrators_only, wants_json
from accounts.actions import prices
from accounts.forms import PriceForm
from accounts.usage import price_book


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def price(request: MemberRequest) -> HttpResponse:
    """The price book. A POST puts a price in force from now on, then goes back to `next`."""
    if request.method != "POST":
        return render(request, "accounts/prices.html", {"books": price_book.pages()})
    goal = links.local_or(request.POST.get("next", ""), "/")
    form = PriceForm(request.POST)
    if form.is_valid() and _is_set(request, form):
        if wants_json(request):
            return JsonResponse({}, status=201)
        messages.success(request, "The price is saved. It holds from the next message.")
        return redirect(goal)
    if wants_json(request):
        return JsonResponse({"error": {"code": "invalid", "message": _sentence(form)}}, status=422)
    return render(request, "accounts/price.html", {"form": form, "next": goal}, status=422)


def _is_set(request: MemberRequest, form: PriceForm) -> bool:
    """False, with the question written into the form, when the jump wants confirming."""
    try:
        prices.set_price(
            actor=request.user, source=f"set by {request.user.display_name}", **form.cleaned_data
        )
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
