"""Messages that an address names: `/c/<id>/?message=<id>` leads to one, on whichever branch it stands, and `&q=` to
words of it."""

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import MemberRequest
from conversations import access, queries, refusals
from conversations.actions import versions
from conversations.models import Conversation
from conversations.search.asked import Asked


def message_in(request: MemberRequest, conversation: Conversation) -> uuid.UUID | None:
    """The message that `?message=` asks for, once the branch it stands on is the one shown.

    Where it cannot be shown the page says why, and the conversation stays as it is. Choosing a branch loses nothing
    and can be repeated, so a link may do it.
    """
    if "message" not in request.GET:
        return None
    try:
        found = access.message_for(request.user, id_in(request, "message") or uuid.UUID(int=0))
        if found.conversation_id != conversation.pk:
            raise access.NotFound
        if found.pk not in queries.path_to(conversation.tip_id, conversation):
            versions.choose_version(user=request.user, message=found)
    except access.NotFound:
        messages.error(request, _("That message is not here any more."))
        return None
    except refusals.Busy:
        messages.error(
            request, _("That message stands on another branch. It can be shown once the reply here is done.")
        )
        return None
    return found.pk


def sought_in(request: HttpRequest) -> str:
    """What was looked for when the message was found, as JSON for the page to mark; "" where nothing was."""
    wanted = Asked(request.GET.get("q", "")).wanted
    return json.dumps([term.on_page() for term in wanted], ensure_ascii=False) if wanted else ""


def id_in(request: HttpRequest, name: str) -> uuid.UUID | None:
    """The id that an address carries under this name, if it is one."""
    try:
        return uuid.UUID(request.GET.get(name, ""))
    except ValueError:
        return None
