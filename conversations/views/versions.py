"""Other versions of what was said: edit, retry, continue, and choosing which one is shown."""

import uuid
from collections.abc import Callable

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only, wants_json
from accounts.ledger import BudgetRefused
from conversations import access, queries, reply_view
from conversations.actions import versions
from conversations.actions.accepting import Sent
from conversations.forms import EditForm, OnceForm
from conversations.models import Message
from conversations.refusals import Refusal
from conversations.views.answers import invalid, refused, sent_view


@require_POST
@members_only
def edit(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    """Say it in other words, and get another reply."""
    message = access.said_for(request.user, message_id)
    form = EditForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, queries.url_of(message.conversation_id))
    given = form.cleaned_data
    return _added(
        request,
        message,
        lambda: versions.edit_message(
            user=request.user,
            message=message,
            client_id=given["client_id"],
            text=given["text"],
            effort=given["effort"],
        ),
    )


@require_POST
@members_only
def retry(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    """Another reply to the same message."""
    return _another_reply(request, message_id, versions.retry_reply)


@require_POST
@members_only
def go_on(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    """A reply that goes on where this one was cut off."""
    return _another_reply(request, message_id, versions.continue_reply)


@require_POST
@members_only
def choose(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    """Show this version, and what was shown below it."""
    message = access.message_for(request.user, message_id)
    back = queries.url_of(message.conversation_id)
    try:
        replaced, branch = versions.choose_version(user=request.user, message=message)
    except Refusal as refusal:
        return refused(request, refusal, back)
    if not wants_json(request):
        return redirect(back)
    return JsonResponse({"replaces": str(replaced.pk), "messages": reply_view.message_views(branch)})


def _another_reply(request: MemberRequest, message_id: uuid.UUID, act: Callable[..., Sent]) -> HttpResponse:
    reply = access.reply_for(request.user, message_id)
    form = OnceForm(request.POST)
    if not form.is_valid():
        return invalid(request, form, queries.url_of(reply.conversation_id))
    client_id = form.cleaned_data["client_id"]
    return _added(request, reply, lambda: act(user=request.user, reply=reply, client_id=client_id))


def _added(request: MemberRequest, old: Message, act: Callable[[], Sent]) -> HttpResponse:
    back = queries.url_of(old.conversation_id)
    try:
        sent = act()
    except (Refusal, BudgetRefused) as refusal:
        return refused(request, refusal, back)
    if not wants_json(request):
        return redirect(back)
    return JsonResponse({**sent_view(sent), "replaces": str(old.pk)}, status=201)
