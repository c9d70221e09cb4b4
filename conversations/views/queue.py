"""The messages that wait: looking at them, taking one back, sending one now, letting them go on."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest, members_only, wants_json
from accounts.ledger import BudgetRefused
from conversations import access, queries
from conversations.actions import queue
from conversations.actions.accepting import Sent
from conversations.forms import StopForm
from conversations.queue_view import queue_view
from conversations.refusals import Refusal
from conversations.views.answers import invalid, refused, sent_view


@require_GET
@members_only
def index(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """What waits in a conversation."""
    return JsonResponse(queue_view(access.conversation_for(request.user, conversation_id).pk))


@require_POST
@members_only
def take_back(request: MemberRequest, waiting_id: uuid.UUID) -> HttpResponse:
    """Never send it; its text comes back, to be edited."""
    waiting = access.queued_for(request.user, waiting_id)
    back = queries.url_of(waiting.conversation_id)
    try:
        text = queue.take_back(waiting=waiting)
    except Refusal as refusal:
        return refused(request, refusal, back)
    if not wants_json(request):
        return redirect(back)
    return JsonResponse({"queue": queue_view(waiting.conversation_id), "text": text})


@require_POST
@members_only
def send(request: MemberRequest, waiting_id: uuid.UUID) -> HttpResponse:
    """Send it before all others: now, or as soon as the reply that is being written has stopped."""
    waiting = access.queued_for(request.user, waiting_id)
    back = queries.url_of(waiting.conversation_id)
    form = StopForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, back)
    try:
        sent = queue.send_now(user=request.user, waiting=waiting, seq=form.cleaned_data["seq"])
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, back)
    return _answer(request, waiting.conversation_id, sent, status_if_waiting=202)


@require_POST
@members_only
def resume(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """Let what waits go on."""
    conversation = access.conversation_for(request.user, conversation_id)
    try:
        sent = queue.resume(user=request.user, conversation=conversation)
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, queries.url_of(conversation.pk))
    return _answer(request, conversation.pk, sent, status_if_waiting=200)


def _answer(
    request: MemberRequest, conversation_id: uuid.UUID, sent: Sent | None, *, status_if_waiting: int
) -> HttpResponse:
    if not wants_json(request):
        return redirect(queries.url_of(conversation_id))
    waits = {"queue": queue_view(conversation_id)}
    if sent is None:
        return JsonResponse(waits, status=status_if_waiting)
    return JsonResponse(sent_view(sent) | waits, status=201)
