"""What its owner does with a conversation as a whole."""

import uuid

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import MemberRequest, members_only, wants_json
from conversations import access, listing, queries
from conversations.actions import conversations
from conversations.forms import SwitchForm, TitleForm
from conversations.models import Conversation
from conversations.views.acts import act_on, given

PUT_AWAY_PER_PAGE = 100


@require_GET
@members_only
def manage(request: MemberRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """All that can be done with it, as forms: for pages without scripts."""
    conversation = access.conversation_for(request.user, conversation_id)
    context = {"conversation": conversation, "url": queries.url_of(conversation.pk)}
    return render(request, "conversations/manage.html", context)


@require_GET
@members_only
def put_away(request: MemberRequest) -> HttpResponse:
    """What was archived, and what was deleted and can be restored."""
    archived, deleted = listing.put_away(request.user)
    shown = {
        "archived": Paginator(archived, PUT_AWAY_PER_PAGE).get_page(request.GET.get("page", "1")),
        "deleted": Paginator(deleted, PUT_AWAY_PER_PAGE).get_page(request.GET.get("deleted", "1")),
    }
    return render(request, "conversations/put_away.html", shown)


@act_on(access.conversation_for)
def rename(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """A title of its owner's."""
    renamed = conversations.rename_conversation(conversation=conversation, **given(request, TitleForm))
    return JsonResponse({"conversation": listing.row_of(renamed)})


@act_on(access.conversation_for)
def pin(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """First in the list, or not any more."""
    is_pinned = given(request, SwitchForm)["on"]
    pinned = conversations.pin_conversation(conversation=conversation, is_pinned=is_pinned)
    return JsonResponse({"conversation": listing.row_of(pinned)})


@act_on(access.conversation_for)
def archive(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Out of the list, or back in it."""
    is_archived = given(request, SwitchForm)["on"]
    archived = conversations.archive_conversation(conversation=conversation, is_archived=is_archived)
    return _put_away(request, archived)


@act_on(access.conversation_for)
def see(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """It is on a screen that its owner looks at."""
    conversations.see_conversation(conversation=conversation)
    return JsonResponse({})


@act_on(access.deleted_for)
def delete(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """Nowhere any more, unless it is restored in time."""
    conversations.delete_conversation(conversation=conversation)
    if not wants_json(request):
        notices.success(request, _("“%(title)s” is deleted.") % {"title": conversation.title})
    return _put_away(request, conversation)


@act_on(access.deleted_for)
def restore(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    """As if it had not been deleted."""
    restored = conversations.restore_conversation(conversation=conversation)
    return JsonResponse({"conversation": listing.row_of(restored)})


def _put_away(request: MemberRequest, conversation: Conversation) -> HttpResponse:
    if not wants_json(request):
        return redirect("conversations:put_away")
    return JsonResponse({"conversation": listing.row_of(conversation)})
