"""How these views answer: JSON to our scripts, pages to browsers without them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations.refusals import NoPrice, Refusal

P = ParamSpec("P")


class PersonRequest(HttpRequest):
    """A request of somebody signed in."""

    user: User


PersonView = Callable[Concatenate[PersonRequest, P], HttpResponse]
AnyView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(view: PersonView[P]) -> AnyView[P]:
    """Let only signed-in people through: a script is told 401, a browser is sent to sign in and comes back."""

    @wraps(view)
    def checked(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)  # type: ignore[arg-type]
        if wants_json(request):
            return fault("signed_out", "You are signed out. Your text is kept; sign in to go on.", 401)
        return redirect_to_login(request.get_full_path())

    return checked


def administrator(view: PersonView[P]) -> AnyView[P]:
    """Let only administrators through; for everybody else there is no such page."""

    @wraps(view)
    @signed_in
    def checked(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return checked


def wants_json(request: HttpRequest) -> bool:
    """True for our own scripts."""
    return "application/json" in request.headers.get("Accept", "")


def fault(code: str, message: str, status: int, **more: Any) -> JsonResponse:
    """An error as JSON."""
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)


def refused(request: PersonRequest, refusal: Refusal | BudgetRefused, back: str) -> HttpResponse:
    """A send that was not taken: the sentence, where the act was."""
    if isinstance(refusal, BudgetRefused):
        code, status, sentence = "limit", 402, refusal.sentence_for(request.user)
    else:
        code, status, sentence = refusal.code, refusal.status, str(refusal)
    if not wants_json(request):
        messages.error(request, sentence)
        return redirect(back)
    if isinstance(refusal, NoPrice) and request.user.is_administrator:
        price = {
            "provider": refusal.provider,
            "provider_name": refusal.provider_name,
            "upstream_model": refusal.upstream_model,
        }
        return fault(code, sentence, status, missing_price=price)
    return fault(code, sentence, status)


def invalid(request: HttpRequest, form: Form, back: str) -> HttpResponse:
    """Input that cannot be taken: the first sentence that says why."""
    sentence = next(str(errors[0]) for errors in form.errors.values())
    if wants_json(request):
        return fault("invalid", sentence, 422)
    messages.error(request, sentence)
    return redirect(back)
