"""Other versions of what was said: edit, retry, continue, and choosing which one is shown."""

from django.http import HttpResponse, JsonResponse

from accounts.access import MemberRequest
from conversations import access, queries, reply_view
from conversations.actions import versions
from conversations.actions.accepting import Sent
from conversations.forms import EditForm, OnceForm, RetryForm
from conversations.models import Message
from conversations.views.acts import act_on, given
from conversations.views.answers import sent_view


@act_on(access.said_for)
def edit(request: MemberRequest, message: Message) -> HttpResponse:
    """Say it in other words, and get another reply."""
    sent = versions.edit_message(user=request.user, message=message, **given(request, EditForm))
    return _added(sent, message)


@act_on(access.reply_for)
def retry(request: MemberRequest, reply: Message) -> HttpResponse:
    """Another reply to the same message, by another model or with another effort where these are named."""
    sent = versions.retry_reply(user=request.user, reply=reply, **given(request, RetryForm))
    return _added(sent, reply)


@act_on(access.said_for)
def ask(request: MemberRequest, message: Message) -> HttpResponse:
    """A reply to what somebody said and nobody answered."""
    sent = versions.ask_again(user=request.user, message=message, **given(request, RetryForm))
    return JsonResponse({**sent_view(sent), "after": str(message.pk)}, status=201)


@act_on(access.reply_for)
def go_on(request: MemberRequest, reply: Message) -> HttpResponse:
    """A reply that goes on where this one was cut off."""
    sent = versions.continue_reply(user=request.user, reply=reply, **given(request, OnceForm))
    return _added(sent, reply)


@act_on(access.message_for)
def choose(request: MemberRequest, message: Message) -> HttpResponse:
    """Show this version, and what was shown below it."""
    replaced, branch = versions.choose_version(user=request.user, message=message)
    shown = queries.messages_on(branch, message.conversation)
    return JsonResponse({"replaces": str(replaced), "messages": reply_view.message_views(shown)})


def _added(sent: Sent, old: Message) -> HttpResponse:
    return JsonResponse({**sent_view(sent), "replaces": str(old.pk)}, status=201)
