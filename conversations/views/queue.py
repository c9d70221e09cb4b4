"""The messages that wait: looking at them, taking one back, editing one, sending one now, letting them go on."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, members_only
from conversations import access
from conversations.actions import queue
from conversations.actions.accepting import Sent
from conversations.forms import QueuedForm, StopForm
from conversations.models import Conversation, QueuedMessage
from conversations.queue_view import queue_view
from conversations.views.acts import act_on, given
from conversations.views.answers import sent_view


@require_GET
@members_only
def index(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """What waits in a conversation."""
    return JsonResponse(queue_view(access.conversation_for(request.user, conversation_id).pk))


@act_on(access.queued_for)
def take_back(request: MemberRequest, waiting: QueuedMessage) -> HttpResponse:
    """Never send it."""
    queue.take_back(waiting=waiting)
    return JsonResponse({"queue": queue_view(waiting.conversation_id)})


@act_on(access.queued_for)
def edit(request: MemberRequest, waiting: QueuedMessage) -> HttpResponse:
    """Send it only once what is made of its text is saved, or left."""
    text = queue.edit(waiting=waiting)
    return JsonResponse({"queue": queue_view(waiting.conversation_id), "text": text})


@act_on(access.queued_for)
def save(request: MemberRequest, waiting: QueuedMessage) -> HttpResponse:
    """Another text in its place."""
    sent = queue.save(user=request.user, waiting=waiting, **given(request, QueuedForm))
    return _left(sent, waiting.conversation_id, status_if_waiting=200)


@act_on(access.queued_for)
def leave(request: MemberRequest, waiting: QueuedMessage) -> HttpResponse:
    """Let it wait as it was."""
    sent = queue.leave(user=request.user, waiting=waiting)
    return _left(sent, waiting.conversation_id, status_if_waiting=200)


@act_on(access.queued_for)
def send(request: MemberRequest, waiting: QueuedMessage) -> HttpResponse:
    """Send it before all others: now, or as soon as the reply that is being written has stopped."""
    sent = queue.send_now(user=request.user, waiting=waiting, **given(request, StopForm))
    return _left(sent, waiting.conversation_id, status_if_waiting=202)


@act_on(access.conversation_for)
def resume(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Let what waits go on."""
    sent = queue.resume(user=request.user, conversation=conversation)
    return _left(sent, conversation.pk, status_if_waiting=200)


def _left(sent: Sent | None, conversation_id: uuid.UUID, *, status_if_waiting: int) -> HttpResponse:
    waits = {"queue": queue_view(conversation_id)}
    if sent is None:
        return JsonResponse(waits, status=status_if_waiting)
    return JsonResponse(sent_view(sent) | waits, status=201)
