"""Choosing whose budget a conversation is paid from."""

import uuid

from django.db import transaction

from accounts import teams
from accounts.models import User
from conversations import hints, refusals, standing
from conversations.actions import accepting
from conversations.events import Hint, Topic
from conversations.models import Conversation


def choose_payer(*, user: User, conversation: Conversation, team_id: uuid.UUID | None) -> Conversation:
    """Let a team of theirs pay from the next turn on, or (None) nobody but themselves. Raises NotInTeam.

    A reply that is being written is paid as it was begun.
    """
    refuse_strangers(user, team_id)
    with transaction.atomic():
        conversation = accepting.locked(conversation)
        if conversation.team_id != team_id:
            conversation.team_id = team_id
            conversation.save(update_fields=["team"])
            hints.publish(user.pk, Hint(topic=Topic.MONEY, data=standing.standing_for(user, conversation)))
    return conversation


def refuse_strangers(user: User, team_id: uuid.UUID | None) -> None:
    """Raise NotInTeam unless the team may pay for them."""
    if team_id is not None and not teams.is_member(user.pk, team_id):
        raise refusals.NotInTeam
