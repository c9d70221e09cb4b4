"""Sending and stopping: what a person says, and when it is enough."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from conversations import offers, refusals, titles
from conversations.actions import accepting, payer, queue
from conversations.actions.accepting import SEND, START, Sent, Waits
from conversations.generation import choices, opening, stopping
from conversations.models import Conversation, Generation, Message, Role

TITLE_LENGTH = 60


def start_conversation(
    *,
    user: User,
    client_id: str,
    text: str,
    effort: str,
    team_id: uuid.UUID | None = None,
    model: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Sent:
    """A new conversation with its first message, paid by a team where one is named.

    `model` is a slug, "" the person's usual one; `settings` as `actions.settings.change_settings` takes them.
    Raises Refusal or BudgetRefused, and then nothing is stored.
    """
    with transaction.atomic():
        # Choices may have changed since a try whose answer was lost; the first ones stand, and the page hears which.
        accepted, earlier = accepting.accept(user, client_id, START, text, str(team_id or ""))
        if isinstance(earlier, Sent):
            return earlier
        payer.refuse_strangers(user, team_id)
        picked = offers.model_for(user, model)
        conversation = Conversation.objects.create(
            owner=user,
            team_id=team_id,
            title=title_from(text),
            model=picked,
            effort=offers.effort_for(user, picked, effort),
            **(settings or {}),
        )
        opened = opening.open_turn(user, conversation, after=None, text=text)
        return accepting.done(accepted, conversation, opened)


def send_message(
    *,
    user: User,
    conversation: Conversation,
    client_id: str,
    text: str,
    effort: str,
    after: uuid.UUID | None,
    is_branch: bool = False,
) -> Sent | Waits:
    """A message after the conversation's tip, or where `is_branch` after any finished reply (None: a first one).

    It waits while a reply is being written. Raises Refusal or BudgetRefused, and then nothing is stored.
    """
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, SEND, str(conversation.pk), text, effort)
        if earlier:
            return earlier
        conversation = accepting.locked(conversation)
        running = accepting.unfinished_in(conversation)
        if running is not None:
            if is_branch:
                raise refusals.Busy
            if after not in (running.reply_id, running.reply.parent_id):
                raise refusals.Stale(conversation.tip_id)
            row = queue.wait(
                user=user, conversation=conversation, accepted=accepted, text=text, effort=effort
            )
            return Waits(conversation=conversation, row=row)
        if after != conversation.tip_id and not (is_branch and _can_be_answered(after, conversation)):
            raise refusals.Stale(conversation.tip_id)
        choices.choose_effort(conversation, effort)
        opened = opening.open_turn(user, conversation, after=after, text=text)
        return accepting.done(accepted, conversation, opened)


def stop_reply(*, generation: Generation, seq: int | None) -> None:
    """Have a running reply end with what was shown (`seq`); a queued one never begins.

    Repeating it, or stopping what has ended, changes nothing.
    """
    stopping.stop(generation.pk, seq=seq)


def title_from(text: str) -> str:
    """The first words of a message, as a title until there is a better one."""
    words = titles.in_a_line(text)
    if not titles.can_be_seen(words):
        return "…"
    if len(words) <= TITLE_LENGTH:
        return words
    return words[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def _can_be_answered(message_id: uuid.UUID | None, conversation: Conversation) -> bool:
    """True for a reply of this conversation, and for None: then it is another first message."""
    replies = Message.objects.filter(conversation=conversation, role=Role.ASSISTANT, deleted_at=None)
    return message_id is None or replies.filter(pk=message_id).exists()
