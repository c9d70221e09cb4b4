"""Sending, stopping, and looking at what came of it."""

import uuid
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, members_only, wants_json
from conversations import access, offers, parts, queries, reply_view
from conversations.actions import messages
from conversations.actions.accepting import Sent, Waits
from conversations.forms import ChoicesForm, SendForm, StartForm, StopForm
from conversations.generation import reap
from conversations.models import Conversation, Generation
from conversations.queue_view import queue_view
from conversations.views import finding
from conversations.views.acts import act_on, answered, given
from conversations.views.answers import sent_view


@require_POST
@members_only
def start(request: MemberRequest) -> HttpResponse:
    """A first message: makes its conversation."""
    return answered(request, "/", lambda: _started(request))


@require_http_methods(["GET", "POST"])
def messages_of(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One address: GET reads, POST sends."""
    return (send if request.method == "POST" else index)(request, conversation_id=conversation_id)


@act_on(access.conversation_for)
def send(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """A message in a conversation."""
    posted = given(request, SendForm)
    sent = messages.send_message(
        user=request.user,
        conversation=conversation,
        client_id=posted["client_id"],
        text=posted["text"],
        effort=posted["effort"],
        after=posted["after"],
        is_branch=posted["branch"],
    )
    if isinstance(sent, Waits):
        return JsonResponse({"queue": queue_view(sent.conversation.pk)}, status=202)
    return _said(sent)


@act_on(access.generation_for)
def stop(request: MemberRequest, generation: Generation) -> HttpResponse:
    """Ask for a reply to end with what was shown."""
    messages.stop_reply(generation=generation, **given(request, StopForm))
    return JsonResponse({}, status=202)


@require_GET
@members_only
def generation(request: MemberRequest, generation_id: uuid.UUID) -> HttpResponse:
    """The reply so far, for pages that cannot have a socket."""
    if reap.is_silent(access.generation_for(request.user, generation_id)):
        # A lone worker that was paused cannot end its own replies: whoever reads of one does.
        async_to_sync(reap.reap_stale)()
    reply = queries.generation_with_reply(generation_id).reply
    return JsonResponse({"reply": reply_view.reply_view(reply)})


@require_GET
@members_only
def index(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Messages of the branch on screen: those behind `after`, from `from` on, or right before `before`; or its last.

    For a tab that hears of what was done elsewhere, and for a reader who goes up in a long conversation.
    """
    conversation = access.conversation_for(request.user, conversation_id)
    path = queries.path_to(conversation.tip_id, conversation)
    after, first, before = (finding.id_in(request, name) for name in ("after", "from", "before"))
    behind = parts.behind(path, after)
    if before:
        part = parts.before(path, before)
    elif first:
        part = parts.starting(path, first)
    else:
        part = behind or parts.end_of(path)
    return JsonResponse(
        {
            "after": str(after) if part is behind else "",
            "earlier": part.earlier,
            "messages": reply_view.message_views(queries.messages_on(part.ids, conversation)),
        }
    )


def _started(request: MemberRequest) -> HttpResponse:
    posted = given(request, StartForm)
    sent = messages.start_conversation(
        user=request.user,
        client_id=posted["client_id"],
        text=posted["text"],
        effort=posted["effort"],
        team_id=posted["team"],
        model=posted["model"],
        settings={name: posted[name] for name in ChoicesForm.base_fields},
    )
    if not wants_json(request):
        return redirect(queries.url_of(sent.conversation.pk))
    conversation = sent.conversation
    begun = {"settings": offers.settings_view(conversation), "model": conversation.model.slug}
    return _said(sent, begun=begun)


def _said(sent: Sent, **more: Any) -> HttpResponse:
    conversation, first = sent.conversation, sent.message or sent.reply
    url = queries.url_of(conversation.pk)
    return JsonResponse(
        {
            "conversation": {"id": str(conversation.pk), "title": conversation.title, "url": url},
            "after": str(first.parent_id or ""),
            **sent_view(sent),
            **more,
        },
        status=201,
    )
