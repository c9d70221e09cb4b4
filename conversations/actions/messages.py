"""Sending, retrying and stopping: everything that adds a turn or ends one."""

import uuid

from django.db import transaction

from accounts.models import User
from conversations import refusals
from conversations.actions import accepting
from conversations.actions.accepting import RETRY, SEND, START, Sent
from conversations.generation import opening, stopping
from conversations.models import AcceptedSend, Conversation, Generation, Message, Model

TITLE_LENGTH = 60


def start_conversation(*, user: User, client_id: str, text: str, effort: str) -> Sent:
    """A new conversation with its first message. Raises Refusal or BudgetRefused, and then nothing is stored."""
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, START, text, effort)
        if isinstance(earlier, Sent):
            return earlier
        model = Model.objects.get(is_default=True)
        conversation = Conversation.objects.create(
            owner=user, title=title_from(text), model=model, effort=accepting.offered(effort, model)
        )
        return _add_turn(accepted, user, conversation, text)


def send_message(
    *, user: User, conversation: Conversation, client_id: str, text: str, effort: str, after: uuid.UUID | None
) -> Sent:
    """A message after the conversation's tip. Raises Refusal or BudgetRefused, and then nothing is stored."""
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, SEND, str(conversation.pk), text, effort)
        if isinstance(earlier, Sent):
            return earlier
        conversation = accepting.locked(conversation)
        accepting.refuse_if_busy(conversation)
        if after != conversation.tip_id:
            raise refusals.Stale(conversation.tip_id)
        conversation.effort = accepting.offered(effort or conversation.effort, conversation.model)
        return _add_turn(accepted, user, conversation, text)


def retry_reply(*, user: User, reply: Message, client_id: str) -> Sent:
    """Another reply to the same message, beside the old one, which is kept. The new one is shown."""
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, RETRY, str(reply.pk))
        if isinstance(earlier, Sent):
            return earlier
        conversation = accepting.locked(reply.conversation)
        accepting.refuse_if_busy(conversation)
        if conversation.tip_id != reply.pk or reply.parent is None:
            raise refusals.NotRetriable
        return accepting.done(accepted, conversation, opening.open_reply(user, conversation, reply.parent))


def stop_reply(*, generation: Generation, seq: int | None) -> None:
    """Have a running reply end with what was shown (`seq`); a queued one never begins.

    Repeating it, or stopping what has ended, changes nothing.
    """
    stopping.stop(generation.pk, seq=seq)


def title_from(text: str) -> str:
    """The first words of a message, as a title until there is a better one."""
    words = " ".join(text.split())
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _add_turn(accepted: AcceptedSend, user: User, conversation: Conversation, text: str) -> Sent:
    opened = opening.open_turn(user, conversation, after=conversation.tip_id, text=text)
    return accepting.done(accepted, conversation, opened)
