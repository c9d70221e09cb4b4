"""The only door to a private object. Absent and forbidden are the same: NotFound, a 404."""

import uuid
from datetime import datetime
from typing import TypeVar

from django.db.models import Model as Table
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from conversations import queries
from conversations.models import Conversation, Generation, Message, QueuedMessage, Role, SearchRow, ShareLink

Row = TypeVar("Row", bound=Table)


class NotFound(Http404):
    """There is no such thing for this person."""


def conversation_for(user: User, conversation_id: uuid.UUID) -> Conversation:
    """A conversation that the person owns. Whatever stands in a deleted one is not there either."""
    found = _own(user).filter(pk=conversation_id, deleted_at=None).first()
    if found is None:
        raise NotFound
    found.owner = user
    return found


def deleted_for(user: User, conversation_id: uuid.UUID) -> Conversation:
    """A conversation that the person owns, deleted or not, to be restored."""
    found = _own(user).filter(pk=conversation_id).first()
    if found is None:
        raise NotFound
    return found


def still_there(rows: QuerySet[Row]) -> Row:
    """The one row of a locking read, for acts that waited for the lock: NotFound when it is gone by now."""
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def conversations_for(user: User) -> QuerySet[Conversation]:
    """All conversations that the person owns, archived ones too."""
    return _own(user).filter(deleted_at=None)


def searched_for(user: User) -> QuerySet[SearchRow]:
    """What the person may find: messages of these. Of a message that was deleted there is no row."""
    return SearchRow.objects.filter(owner=user, conversation__owner=user, conversation__deleted_at=None)


def _own(user: User) -> QuerySet[Conversation]:
    return Conversation.objects.select_related("model").filter(owner=user)


def message_for(user: User, message_id: uuid.UUID, *roles: Role) -> Message:
    """A message in a conversation that the person owns: of any role, or of these. What was deleted is not there."""
    found = _messages(user).filter(pk=message_id, role__in=roles or Role.values, deleted_at=None).first()
    if found is None:
        raise NotFound
    return found


def deleted_message_for(user: User, message_id: uuid.UUID) -> Message:
    """The same, deleted or not, to be restored."""
    found = _messages(user).filter(pk=message_id).first()
    if found is None:
        raise NotFound
    return found


def _messages(user: User) -> QuerySet[Message]:
    return Message.objects.select_related("conversation", "parent").filter(
        conversation__owner=user, conversation__deleted_at=None
    )


def said_for(user: User, message_id: uuid.UUID) -> Message:
    """What a person said, in a conversation that the person owns."""
    return message_for(user, message_id, Role.USER)


def reply_for(user: User, message_id: uuid.UUID) -> Message:
    """A reply in a conversation that the person owns."""
    return message_for(user, message_id, Role.ASSISTANT)


def generation_for(user: User, generation_id: uuid.UUID) -> Generation:
    """A generation in a conversation that the person owns."""
    found = (
        Generation.objects.select_related("reply", "model")
        .filter(pk=generation_id, conversation__owner=user, conversation__deleted_at=None)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def queued_for(user: User, queued_id: uuid.UUID) -> QueuedMessage:
    """A message that waits in a conversation which the person owns."""
    found = (
        QueuedMessage.objects.select_related("conversation")
        .filter(pk=queued_id, conversation__owner=user, conversation__deleted_at=None)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def link_for(user: User, link_id: uuid.UUID) -> ShareLink:
    """A share link that the person made."""
    found = ShareLink.objects.filter(pk=link_id, owner=user).first()
    if found is None:
        raise NotFound
    return found


def shared_by_token(user: User, token: str, now: datetime | None = None) -> ShareLink:
    """The live link with this token, for anyone signed in. Revoked, expired and unknown are the same."""
    found = queries.live_links(now or timezone.now()).select_related("owner").filter(token=token).first()
    if found is None or not user.is_active:
        raise NotFound
    return found
