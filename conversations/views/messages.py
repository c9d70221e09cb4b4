"""Sending, stopping, and looking at what came of it."""

import uuid

from asgiref.sync import async_to_sync
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest, members_only, wants_json
from accounts.ledger import BudgetRefused
from conversations import access, queries, reply_view
from conversations.actions import messages
from conversations.actions.accepting import Sent, Waits
from conversations.forms import SendForm, StopForm
from conversations.generation import reap
from conversations.queue_view import queue_view
from conversations.refusals import Refusal
from conversations.views.answers import invalid, refused, sent_view


@require_POST
@members_only
def start(request: MemberRequest) -> HttpResponse:
    """A first message: makes its conversation."""
    form = SendForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, "/")
    given = form.cleaned_data
    try:
        sent = messages.start_conversation(
            user=request.user,
            client_id=given["client_id"],
            text=given["text"],
            effort=given["effort"],
            team_id=given["team"],
        )
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, "/")
    return _sent(request, sent)


@require_http_methods(["GET", "POST"])
def messages_of(request: HttpRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One address: GET reads, POST sends."""
    return (send if request.method == "POST" else index)(request, conversation_id)


@require_POST
@members_only
def send(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """A message in a conversation."""
    conversation = access.conversation_for(request.user, conversation_id)
    back = queries.url_of(conversation.pk)
    form = SendForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, back)
    given = form.cleaned_data
    try:
        sent = messages.send_message(
            user=request.user,
            conversation=conversation,
            client_id=given["client_id"],
            text=given["text"],
            effort=given["effort"],
            after=given["after"],
            is_branch=given["branch"],
        )
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, back)
    return _sent(request, sent)


@require_POST
@members_only
def stop(request: MemberRequest, generation_id: uuid.UUID) -> HttpResponse:
    """Ask for a reply to end with what was shown."""
    generation = access.generation_for(request.user, generation_id)
    back = queries.url_of(generation.conversation_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, back)
    messages.stop_reply(generation=generation, seq=form.cleaned_data["seq"])
    if wants_json(request):
        return JsonResponse({}, status=202)
    return redirect(back)


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
    """The messages after `after` on the branch on screen, for a tab that hears of a reply begun elsewhere."""
    conversation = access.conversation_for(request.user, conversation_id)
    branch = queries.branch_to(conversation.tip_id, conversation)
    after = request.GET.get("after", "")
    known = next((place for place, message in enumerate(branch, 1) if str(message.pk) == after), 0)
    return JsonResponse(
        {"after": after if known else "", "messages": reply_view.message_views(branch[known:])}
    )


def _sent(request: MemberRequest, sent: Sent | Waits) -> HttpResponse:
    conversation = sent.conversation
    url = queries.url_of(conversation.pk)
    if not wants_json(request):
        return redirect(url)
    if isinstance(sent, Waits):
        return JsonResponse({"queue": queue_view(conversation.pk)}, status=202)
    first = sent.message or sent.reply
    return JsonResponse(
        {
            "conversation": {"id": str(conversation.pk), "title": conversation.title, "url": url},
            "after": str(first.parent_id or ""),
            **sent_view(sent),
        },
        status=201,
    )
