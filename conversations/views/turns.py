"""What can be done with one message beside its versions: details, a fork, a rating, and deleting it."""

import uuid

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, members_only, wants_json
from conversations import access, details, queries, reply_view
from conversations.actions import forks, ratings, versions
from conversations.forms import OnceForm, RatingForm
from conversations.models import Message
from conversations.views.acts import act_on, given


@require_GET
@members_only
def show_details(request: MemberRequest, message_id: uuid.UUID) -> JsonResponse:
    """How a reply came about: who wrote it, asked how, how fast, for how much."""
    return JsonResponse({"groups": details.details_of(access.reply_for(request.user, message_id))})


@require_GET
@members_only
def show_text(request: MemberRequest, message_id: uuid.UUID) -> HttpResponse:
    """All that was said: as plain text in a tab of its own, or for the script that opens it to be edited."""
    text = access.said_for(request.user, message_id).text
    if wants_json(request):
        return JsonResponse({"text": text})
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@act_on(access.message_for)
def fork(request: MemberRequest, message: Message) -> HttpResponse:
    """A new conversation with what was said up to here."""
    begun = forks.fork_conversation(user=request.user, message=message, **given(request, OnceForm))
    url = queries.url_of(begun.pk)
    if not wants_json(request):
        return redirect(url)
    return JsonResponse({"conversation": {"id": str(begun.pk), "title": begun.title, "url": url}}, status=201)


@act_on(access.reply_for)
def rate(request: MemberRequest, reply: Message) -> HttpResponse:
    """What they think of it, and why; or nothing any more."""
    posted = given(request, RatingForm)
    rating = ratings.rate_reply(
        user=request.user,
        reply=reply,
        is_good={"up": True, "down": False}.get(posted["verdict"]),
        note=posted["note"],
    )
    return JsonResponse({"rating": reply_view.rating_view(rating)})


@act_on(access.message_for)
def delete(request: MemberRequest, message: Message) -> HttpResponse:
    """Show it and what follows it nowhere any more."""
    instead = versions.delete_message(user=request.user, message=message)
    shown = queries.messages_on(instead, message.conversation)
    return JsonResponse({"replaces": str(message.pk), "messages": reply_view.message_views(shown)})


@act_on(access.deleted_message_for)
def restore(request: MemberRequest, message: Message) -> HttpResponse:
    """Show it and what followed it again."""
    branch = versions.restore_message(user=request.user, message=message)
    shown = queries.messages_on(branch, message.conversation)
    after = str(message.parent_id or "")
    return JsonResponse({"after": after, "messages": reply_view.message_views(shown)})
