"""How these views answer: JSON to our scripts, pages to browsers without them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from accounts.access import MemberRequest, wants_json
from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations import reply_view
from conversations.actions.accepting import Sent
from conversations.refusals import NoPrice, Refusal, Stale


def fault(code: str, message: str, status: int, **more: Any) -> JsonResponse:
    """An error as JSON."""
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)


def refused(request: MemberRequest, refusal: Refusal | BudgetRefused, back: str) -> HttpResponse:
    """A send that was not taken: the sentence, where the act was."""
    if isinstance(refusal, BudgetRefused):
        code, status, sentence = "limit", 402, refusal.sentence_for(request.user)
    else:
        code, status, sentence = refusal.code, refusal.status, str(refusal)
    if not wants_json(request):
        messages.error(request, sentence)
        return redirect(back)
    return fault(code, sentence, status, **_more(refusal, request.user))


def _more(refusal: Refusal | BudgetRefused, user: User) -> dict[str, Any]:
    """What a script needs besides the sentence to offer the way on."""
    if isinstance(refusal, Stale):
        return {"tip": str(refusal.tip_id or "")}
    if isinstance(refusal, NoPrice) and user.is_administrator:
        price = {
            "provider": refusal.provider,
            "provider_name": refusal.provider_name,
            "upstream_model": refusal.upstream_model,
        }
        return {"missing_price": price}
    return {}


def sent_view(sent: Sent) -> dict[str, Any]:
    """What came of a send: the `message`, where one was said, and its `reply`."""
    if sent.message is None:
        return {"reply": reply_view.message_view(sent.reply)}
    message, reply = reply_view.message_views([sent.message, sent.reply])
    return {"message": message, "reply": reply}


def invalid(request: HttpRequest, form: Form, back: str) -> HttpResponse:
    """Input that cannot be taken: the first sentence that says why; to scripts, the first of every field too."""
    fields = {name: str(errors[0]) for name, errors in form.errors.items()}
    sentence = next(iter(fields.values()))
    if wants_json(request):
        return fault("invalid", sentence, 422, fields=fields)
    messages.error(request, sentence)
    return redirect(back)


def done(request: HttpRequest, said: str, act: Callable[[], object], back: str) -> HttpResponse:
    """An administrator's act on a page without scripts: what came of it is said on the page `back`."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect(back)
