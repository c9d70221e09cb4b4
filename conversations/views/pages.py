"""The chat page."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import money
from accounts.access import MemberRequest, members_only
from conversations import access, queries, refusals, reply_view, spending
from conversations.generation import routes
from conversations.models import Conversation, Model, ProviderKind
from conversations.queue_view import queue_view

EFFORT_WORDS = {
    "off": "Thinking: off",
    "low": "Thinking: low",
    "high": "Thinking: high",
    "max": "Thinking: max",
}
STARTERS = [
    "Explain quantum computing in simple terms",
    "Draft a polite reminder about an unpaid invoice",
    "Compare three ways to store dates in a database",
]


@require_GET
@members_only
def new(request: MemberRequest) -> HttpResponse:
    """An empty page to start from."""
    return _page(request, None)


@require_GET
@members_only
def show(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A conversation as it stands, running replies included."""
    return _page(request, access.conversation_for(request.user, conversation_id))


def _page(request: MemberRequest, conversation: Conversation | None) -> HttpResponse:
    branch = queries.branch_to(conversation.tip_id, conversation) if conversation else []
    model = conversation.model if conversation else Model.objects.get(is_default=True)
    request.current_conversation = conversation.pk if conversation else None  # type: ignore[attr-defined]
    way, missing_price = _route_of(model)
    figures = spending.money_for(request.user, conversation, request=request, branch=branch)
    context = {
        "conversation": _head(conversation),
        "messages_shown": reply_view.message_views(branch),
        "tip": str(conversation.tip_id or "") if conversation else "",
        "queue": queue_view(conversation.pk) if conversation else None,
        "model": model_view(model, way, conversation.effort if conversation else model.default_effort),
        "missing_price": missing_price,
        "limit_sentence": figures["limit"],
        "money": figures,
        "starters": STARTERS,
        "greeting_name": request.user.display_name.split()[0],
    }
    return render(request, "conversations/conversation.html", context)


def model_view(model: Model, way: routes.Way | None, effort: str) -> dict[str, Any]:
    """The model as the header and the composer show it."""
    view = {
        "name": model.name,
        "short_name": model.short_name,
        "context_window": model.context_window,
        "context_line": f"{money.tokens_short(model.context_window)} context",
        "effort": effort,
        "efforts": [{"value": value, "label": EFFORT_WORDS[value]} for value in model.efforts],
        "price_line": "no price yet",
        "provider": "",
        "is_demo": False,
    }
    if way is not None:
        view["provider"] = way.provider_name
        view["is_demo"] = way.kind == ProviderKind.DEMO
        view["price_line"] = (
            f"{money.format_rate(way.rates.input)} in · {money.format_rate(way.rates.output)} out per 1M"
        )
    return view


def _route_of(model: Model) -> tuple[routes.Way | None, dict[str, str] | None]:
    """Who would answer now; or, where only a price is missing, what has to be priced."""
    try:
        return routes.ways_to(model, timezone.now())[0], None
    except refusals.NoPrice as refusal:
        return None, {
            "provider": refusal.provider,
            "provider_name": refusal.provider_name,
            "upstream_model": refusal.upstream_model,
        }
    except refusals.Refusal:
        return None, None


def _head(conversation: Conversation | None) -> dict[str, Any] | None:
    if conversation is None:
        return None
    return {
        "id": str(conversation.pk),
        "title": conversation.title,
        "url": queries.url_of(conversation.pk),
        "is_shared": queries.live_links().filter(conversation=conversation).exists(),
    }
