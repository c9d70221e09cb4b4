"""Sending, retrying and stopping: everything that adds a turn or ends one."""

import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conversations import hints, refusals
from conversations.generation import opening
from conversations.generation.opening import Opened
from conversations.models import UNFINISHED, AcceptedSend, Conversation, Generation, Message, Model

TITLE_LENGTH = 60

# What a client_id was taken for: part of what a repeat must equal.
START, SEND, RETRY = "start", "send", "retry"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a send; the same again when it is repeated. `message` is None for a retry."""

    conversation: Conversation
    message: Message | None
    reply: Message


def start_conversation(*, user: User, client_id: str, text: str, effort: str) -> Sent:
    """A new conversation with its first message. Raises Refusal or BudgetRefused, and then nothing is stored."""
    with transaction.atomic():
        accepted, earlier = _accept(user, client_id, START, text, effort)
        if earlier:
            return earlier
        model = Model.objects.get(is_default=True)
        conversation = Conversation.objects.create(
            owner=user, title=title_from(text), model=model, effort=_offered(effort, model)
        )
        return _add_turn(accepted, user, conversation, text)


def send_message(
    *, user: User, conversation: Conversation, client_id: str, text: str, effort: str, after: uuid.UUID | None
) -> Sent:
    """A message after the conversation's tip. Raises Refusal or BudgetRefused, and then nothing is stored."""
    with transaction.atomic():
        accepted, earlier = _accept(user, client_id, SEND, str(conversation.pk), text, effort)
        if earlier:
            return earlier
        conversation = _locked(conversation)
        if after != conversation.tip_id:
            raise refusals.Stale
        conversation.effort = _offered(effort or conversation.effort, conversation.model)
        return _add_turn(accepted, user, conversation, text)


def retry_reply(*, user: User, reply: Message, client_id: str) -> Sent:
    """Another reply to the same message, beside the old one, which is kept. The new one is shown."""
    with transaction.atomic():
        accepted, earlier = _accept(user, client_id, RETRY, str(reply.pk))
        if earlier:
            return earlier
        conversation = _locked(reply.conversation)
        if conversation.tip_id != reply.pk or reply.parent is None:
            raise refusals.NotRetriable
        return _finish(accepted, conversation, opening.open_reply(user, conversation, reply.parent))


def stop_reply(*, generation: Generation, seq: int | None) -> None:
    """Ask for a running reply to end with what was shown (`seq`); a queued one never begins.

    Repeating it, or stopping what has ended, changes nothing.
    """
    with transaction.atomic():
        row = Generation.objects.select_for_update(no_key=True).get(pk=generation.pk)
        if not row.is_unfinished or row.stop_requested_at is not None:
            return
        row.stop_requested_at = timezone.now()
        row.stop_seq = seq
        row.save(update_fields=["stop_requested_at", "stop_seq"])
        # A queued one is claimed at once by whichever worker hears this, and ended by it before any call.
        hints.wake_workers()


def title_from(text: str) -> str:
    """The first words of a message, as a title until there is a better one."""
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


# --- steps ------------------------------------------------------------------------------------------------------


def _accept(user: User, client_id: str, kind: str, *body: str) -> tuple[AcceptedSend, Sent | None]:
    """Take this client_id, or find what came of it before. A twin waits for the first one's transaction."""
    body_hash = hashlib.sha256("\x00".join((kind, *body)).encode()).hexdigest()
    accepted, is_new = AcceptedSend.objects.get_or_create(
        user=user, client_id=client_id, defaults={"body_hash": body_hash}
    )
    if is_new:
        return accepted, None
    if accepted.body_hash != body_hash or accepted.reply is None:
        raise refusals.ChangedBody
    reply = accepted.reply
    message = reply.parent if kind != RETRY else None
    return accepted, Sent(conversation=reply.conversation, message=message, reply=reply)


def _locked(conversation: Conversation) -> Conversation:
    row = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("model")
        .get(pk=conversation.pk)
    )
    if Generation.objects.filter(conversation=row, status__in=UNFINISHED).exists():
        raise refusals.Busy
    return row


def _offered(effort: str, model: Model) -> str:
    return effort if effort in model.efforts else model.default_effort


def _add_turn(accepted: AcceptedSend, user: User, conversation: Conversation, text: str) -> Sent:
    opened = opening.open_turn(user, conversation, after=conversation.tip_id, text=text)
    return _finish(accepted, conversation, opened)


def _finish(accepted: AcceptedSend, conversation: Conversation, opened: Opened) -> Sent:
    accepted.reply = opened.reply
    accepted.save(update_fields=["reply"])
    return Sent(conversation=conversation, message=opened.message, reply=opened.reply)
