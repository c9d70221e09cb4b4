"""The chat page."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, members_only
from conversations import access, offers, parts, queries, refusals, reply_view, spending
from conversations.generation import routes
from conversations.models import Conversation, Model
from conversations.queue_view import queue_view
from conversations.views import finding

STARTERS = [
    gettext_lazy("Explain quantum computing in simple terms"),
    gettext_lazy("Draft a polite reminder about an unpaid invoice"),
    gettext_lazy("Compare three ways to store dates in a database"),
]


@require_GET
@members_only
def new(request: MemberRequest) -> HttpResponse:
    """An empty page to start from."""
    return _page(request, None)


@require_GET
@members_only
def show(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A conversation as it stands, running replies included: its end.

    `?message=` brings that message on screen, on its branch; `?before=` the part before one, for who has no scripts.
    """
    conversation = access.conversation_for(request.user, conversation_id)
    wanted = finding.message_in(request, conversation)
    if wanted is not None:
        conversation.refresh_from_db(fields=["tip_id"])
    path = queries.path_to(conversation.tip_id, conversation)
    before = finding.id_in(request, "before")
    part = (
        parts.around(path, wanted) if wanted else parts.before(path, before) if before else parts.end_of(path)
    )
    return _page(request, conversation, path, part, str(wanted or ""))


def _page(
    request: MemberRequest,
    conversation: Conversation | None,
    path: Sequence[uuid.UUID] = (),
    part: parts.Part = parts.NOTHING,
    wanted: str = "",
) -> HttpResponse:
    shown = queries.messages_on(part.ids, conversation) if conversation else []
    model = conversation.model if conversation else offers.model_for(request.user)
    effort = conversation.effort if conversation else offers.effort_for(request.user, model)
    request.current_conversation = conversation.pk if conversation else None  # type: ignore[attr-defined]
    way, missing_price = _route_of(model)
    figures = spending.money_for(request.user, conversation, request=request, path=path, way=way)
    context = {
        "conversation": _head(conversation),
        "messages_shown": reply_view.message_views(shown),
        "part": part,
        "wanted": wanted,
        "sought": finding.sought_in(request) if wanted else "",
        "tip": str(conversation.tip_id or "") if conversation else "",
        "queue": queue_view(conversation.pk) if conversation else None,
        "model": offers.model_view(model, way, effort),
        "models": offers.rows_for(model, way),
        "efforts": offers.efforts_shown(),
        "settings": offers.settings_view(conversation),
        "missing_price": missing_price,
        "limit_sentence": figures["limit"],
        "money": figures,
        "starters": [str(starter) for starter in STARTERS],
        "greeting_name": request.user.display_name.split()[0],
    }
    return render(request, "conversations/conversation.html", context)


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
        "origin": _origin_of(conversation),
        "is_shared": queries.live_links().filter(conversation=conversation).exists(),
    }


def _origin_of(conversation: Conversation) -> dict[str, str] | None:
    """Where it was forked from, as long as that is there."""
    origin = conversation.forked_from
    if origin is None or origin.deleted_at is not None:
        return None
    return {"title": origin.title, "url": queries.url_of(origin.pk)}
