"""Sharing a conversation, and what others see of it."""

import uuid
from typing import Any

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import links as addresses
from accounts import tally
from accounts.access import MemberRequest, members_only, wants_json
from conversations import access, cut_short, folds, hops, queries, step_words
from conversations.actions import shares
from conversations.forms import ShareForm
from conversations.models import Conversation, Role, ShareLink
from conversations.refusals import NothingToShare
from conversations.views.acts import act_on, given


@require_http_methods(["GET", "POST"])
def share_of(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One address: GET says what would be seen, POST makes the link."""
    return (share if request.method == "POST" else preview)(request, conversation_id=conversation_id)


@require_GET
@members_only
def preview(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """What a link made now would show."""
    turns = len(shares.shareable(access.conversation_for(request.user, conversation_id)))
    if not turns:
        return JsonResponse({"turns": 0, "sentence": str(NothingToShare())})
    return JsonResponse(
        {
            "turns": turns,
            "sentence": _("Up to message %(number)s. Without thinking. Costs are never shown.")
            % {"number": turns},
            "sentence_with_reasoning": _("Up to message %(number)s. With thinking. Costs are never shown.")
            % {"number": turns},
        }
    )


@act_on(access.conversation_for)
def share(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """A link to the conversation as it is now."""
    posted = given(request, ShareForm)
    link = shares.share_conversation(
        user=request.user,
        conversation=conversation,
        days=posted["days"],
        includes_reasoning=posted["reasoning"],
    )
    if not wants_json(request):
        return redirect("conversations:links")
    return JsonResponse(
        {"id": str(link.pk), "url": _address(request, link), "until": _until(link)}, status=201
    )


@require_GET
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """My links."""
    own = ShareLink.objects.filter(owner=request.user, conversation__deleted_at=None)
    rows = own.order_by("-created_at").prefetch_related("visits")
    views = [
        {
            "id": str(link.pk),
            "title": link.title,
            "url": _address(request, link),
            "created": link.created_at,
            "until": _until(link),
            "state": _state(link),
            "visitors": len(link.visits.all()),
        }
        for link in rows
    ]
    live = sum(view["state"] == "live" for view in views)
    return render(request, "conversations/links.html", {"links": views, "live": live})


@require_POST
@members_only
def revoke(request: MemberRequest, link_id: uuid.UUID) -> HttpResponse:
    """End a link: the next request for it finds nothing."""
    link = access.link_for(request.user, link_id)
    opened = shares.revoke_link(user=request.user, link=link)
    sentence = _opened_by(opened)
    if wants_json(request):
        return JsonResponse({"sentence": sentence})
    notices.success(request, sentence)
    return redirect("conversations:links")


@require_GET
@members_only
def shared(request: MemberRequest, token: str) -> HttpResponse:
    """What a link shows, for anyone signed in."""
    link = access.shared_by_token(request.user, token)
    shares.note_visit(user=request.user, link=link)
    context = {
        "link": {
            "title": link.title,
            "by": link.owner.display_name,
            "date": link.created_at,
            "until": _until(link),
            "token": link.token,
            "includes_reasoning": link.includes_reasoning,
        },
        "messages_shown": [_turn_view(turn) for turn in link.turns],
    }
    return render(request, "conversations/shared.html", context)


@require_POST
@members_only
def copy(request: MemberRequest, token: str) -> HttpResponse:
    """Go on from a shared conversation in a private copy."""
    link = access.shared_by_token(request.user, token)
    conversation = shares.continue_shared(user=request.user, link=link)
    return redirect(queries.url_of(conversation.pk))


def _turn_view(turn: dict[str, Any]) -> dict[str, Any]:
    """A frozen turn in the shape of a message: no foot, no acts, no money."""
    reply = None
    if turn["role"] == Role.ASSISTANT:
        kept = hops.from_json(turn.get("hops", ()))
        steps = sum(len(hop.steps) for hop in kept)
        reply = {
            "message": "",
            "generation": "",
            "status": "done",
            "seq": 0,
            "text": turn["text"],
            "reasoning": turn["reasoning"],
            "thought_ms": turn["reasoning_ms"],
            "hops": step_words.hops_shown(kept),
            "thought_line": tally.thought_line(turn["reasoning_ms"] or 0, None, None, steps=steps)
            if turn["reasoning"].strip()
            else step_words.block_line(kept),
            "waiting_since_ms": None,
            "note": cut_short.note(turn["text"], turn.get("cut_short", "")),
            "note_kind": "quiet",
            "fault_id": "",
            "can_retry": False,
            "can_continue": False,
            "is_at_own_limit": False,
            "mend": None,
            "tally": None,
        }
    return {
        "id": "",
        "role": turn["role"],
        "fold": folds.fold_of(turn["text"]) if reply is None else None,
        "author_name": turn["author_name"],
        "created_at": parse_datetime(turn["created_at"]),
        "text": turn["text"],
        "versions": None,
        "reply": reply,
    }


def _address(request: MemberRequest, link: ShareLink) -> str:
    return addresses.to_copy(request, f"/s/{link.token}/")


def _until(link: ShareLink) -> str:
    return (
        _("until %(moment)s") % {"moment": date_format(timezone.localtime(link.expires_at), "j F Y, H:i")}
        if link.expires_at
        else _("until revoked")
    )


def _state(link: ShareLink) -> str:
    if link.revoked_at:
        return "revoked"
    return "expired" if link.expires_at and link.expires_at <= timezone.now() else "live"


def _opened_by(count: int) -> str:
    few = {
        0: _("The link is dead. Nobody had opened it."),
        1: _("The link is dead. One person had opened it."),
        2: _("The link is dead. Two people had opened it."),
        3: _("The link is dead. Three people had opened it."),
    }
    many = ngettext(
        "The link is dead. %(count)s person had opened it.",
        "The link is dead. %(count)s people had opened it.",
        count,
    )
    return few.get(count, many % {"count": count})
