"""Taking what somebody sends once, however often it arrives; shared by all that adds a turn.

The order is the same for all: the `client_id`, then the conversation's lock, then rows, money last.
"""

import hashlib
from dataclasses import dataclass

from accounts.models import User
from conversations import access, refusals
from conversations.generation.opening import Opened
from conversations.models import (
    UNFINISHED,
    AcceptedSend,
    Conversation,
    Generation,
    Message,
    QueuedMessage,
)

# What a client_id was taken for: part of what a repeat must equal.
START, SEND, EDIT, RETRY, CONTINUE, FORK = "start", "send", "edit", "retry", "continue", "fork"
ASK = "ask"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a send. `message` is None where only a reply was added."""

    conversation: Conversation
    message: Message | None
    reply: Message


@dataclass(frozen=True, slots=True)
class Waits:
    """A message that is sent when the reply being written is done."""

    conversation: Conversation
    row: QueuedMessage


def accept(user: User, client_id: str, kind: str, *body: str) -> tuple[AcceptedSend, Sent | Waits | None]:
    """Take this client_id, or find what came of it before; a twin waits for the first one's transaction.

    Raises ChangedBody when it came with something else, Withdrawn when its message was taken back.
    """
    body_hash = hashlib.sha256("\x00".join((kind, *body)).encode()).hexdigest()
    # With all that it refers to in one look: what waits may be sent, and its row be gone, at any moment; the reply
    # may end, and its text be another.
    sends = AcceptedSend.objects.select_related(
        "reply__conversation", "reply__parent", "reply__generation__model", "queued__conversation"
    )
    accepted, is_new = sends.get_or_create(user=user, client_id=client_id, defaults={"body_hash": body_hash})
    if is_new:
        return accepted, None
    if accepted.body_hash != body_hash:
        raise refusals.ChangedBody
    reply, row = accepted.reply, accepted.queued
    if reply is not None:
        message = None if kind in (RETRY, CONTINUE, ASK) else reply.parent
        return accepted, Sent(conversation=reply.conversation, message=message, reply=reply)
    if row is None:
        raise refusals.Withdrawn
    return accepted, Waits(conversation=row.conversation, row=row)


def locked(conversation: Conversation) -> Conversation:
    """The conversation as it is now, locked until the transaction ends. NotFound when it was deleted meanwhile."""
    found = locked_though_deleted(conversation)
    if found.deleted_at is not None:
        raise access.NotFound
    return found


def locked_with(message: Message) -> Conversation:
    """The same of its conversation, if the message is still there: NotFound when it was deleted meanwhile."""
    found = locked(message.conversation)
    if not Message.objects.filter(pk=message.pk, deleted_at=None).exists():
        raise access.NotFound
    return found


def locked_though_deleted(conversation: Conversation) -> Conversation:
    """The same, for deleting and restoring it. NotFound when it is gone for good."""
    rows = Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("model")
    found = rows.filter(pk=conversation.pk).first()
    if found is None:
        raise access.NotFound
    return found


def unfinished_in(conversation: Conversation) -> Generation | None:
    """The reply that is being written in it, if any; under the conversation's lock no other can begin."""
    return (
        Generation.objects.select_related("reply")
        .filter(conversation=conversation, status__in=UNFINISHED)
        .first()
    )


def refuse_if_busy(conversation: Conversation) -> None:
    """Raise Busy while a reply of this conversation is being written."""
    if unfinished_in(conversation) is not None:
        raise refusals.Busy


def done(accepted: AcceptedSend, conversation: Conversation, opened: Opened) -> Sent:
    """Note what came of a send, for its repeats."""
    accepted.reply = opened.reply
    accepted.save(update_fields=["reply"])
    return Sent(conversation=conversation, message=opened.message, reply=opened.reply)
