"""A turn's rows: the message, the empty reply, its generation and the money for it, in the caller's transaction.

The caller holds the conversation's lock and has seen that no other reply of it is unfinished.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts import ledger, teams
from accounts.models import User
from conversations import fault_points, hints, queries, refusals
from conversations.events import Hint, Topic
from conversations.generation import bound, choices, fitting, prompt, routes, showing, weighing
from conversations.generation.choices import Choices
from conversations.models import Conversation, Generation, Message, Role
from conversations.search import rows


@dataclass(frozen=True, slots=True)
class Opened:
    """What was said and the reply that is being written to it. `message` is None where only a reply was added."""

    message: Message | None
    reply: Message


def open_turn(
    user: User,
    conversation: Conversation,
    *,
    after: uuid.UUID | None,
    text: str,
    at: datetime | None = None,
) -> Opened:
    """A message after `after` (None = a first one) and its reply. Raises Refusal or BudgetRefused.

    `at` is the moment for which the windows are locked already, where they are (`ledger.lock_for_next`).
    """
    message = Message.objects.create(
        conversation=conversation,
        parent_id=after,
        role=Role.USER,
        author_name=user.display_name,
        text=text,
    )
    rows.add(conversation.owner_id, [message])
    fault_points.reach("after_message")
    return Opened(message, open_reply(user, conversation, message, at=at).reply)


def open_reply(
    user: User,
    conversation: Conversation,
    message: Message,
    *,
    carried: str = "",
    asked_for: Choices | None = None,
    at: datetime | None = None,
) -> Opened:
    """The empty reply to `message`, its generation and the money for it; the conversation then shows it.

    With `carried` it is not empty: it begins with that text, and goes on from there. `asked_for` is what the
    conversation has for its next turns, unless another wish is given.
    """
    asked_for, now = asked_for or choices.choices_of(user, conversation), at or timezone.now()
    model = asked_for.model
    ways = routes.ways_to(model, now)
    branch = weighing.weight_of(message.pk, model.pk, with_tools=bool(asked_for.tools))
    around = [*prompt.told(asked_for.instructions), *prompt.going_on(carried)]
    added, tools = [turn.text for turn in around], prompt.offers_of(asked_for.tools)
    input_bound = bound.input_bound_of(branch, added=added, tools=tools)
    text_bytes = branch.bytes + bound.bytes_of(added)
    wish = fitting.wish_for(asked_for, input_bound=input_bound, text_bytes=text_bytes)
    fits, passed = fitting.fit(model, ways, wish)
    highest = bound.highest_of([one.way for one in fits])
    cost_bound = bound.cost_bound(
        highest,
        effort=asked_for.effort,
        input_bound=input_bound,
        room=max(one.room for one in fits),
        reply_limit=asked_for.reply_limit,
    )
    reply = Message.objects.create(
        conversation=conversation,
        parent=message,
        role=Role.ASSISTANT,
        author_name=model.short_name,
        text=carried,
        carried=len(carried),
    )
    generation = Generation(
        reply=reply,
        conversation=conversation,
        owner=user,
        team_id=_paying_team(user, conversation),
        **asked_for.as_fields(),
        provider=fits[0].way.provider,
        passed_over=[one.as_json() for one in passed],
        input_bound=input_bound,
        highest_input_price=highest.input,
        highest_output_price=highest.output,
        queued_at=now,
        max_tokens=cost_bound.max_tokens,
    )
    # Windows are locked last, so the hold comes after every other row but the generation's own insert,
    # which nobody else can be waiting for.
    held = ledger.hold(
        generation_id=generation.pk, user=user, team_id=generation.team_id, bound=cost_bound, at=now
    )
    generation.max_tokens, generation.is_shortened = held.max_tokens, held.is_shortened
    generation.save(force_insert=True)
    fault_points.reach("after_hold")
    _show(conversation, reply, message)
    conversation.updated_at = now
    conversation.archived_at = None  # what is written in is in the list
    conversation.save(update_fields=["tip_id", "updated_at", "effort", "effort_picked_at", "archived_at"])
    reply.generation = generation
    _announce(user.pk, conversation, reply)
    return Opened(None, reply)


def _paying_team(user: User, conversation: Conversation) -> uuid.UUID | None:
    """The team that pays, if they still belong to it; never somebody else's money in its place."""
    team_id = conversation.team_id
    if team_id is not None and not teams.is_member(user.pk, team_id):
        raise refusals.NotInTeam
    return team_id


def _show(conversation: Conversation, reply: Message, message: Message) -> None:
    if message.parent_id == conversation.tip_id:
        conversation.tip_id = reply.pk  # the branch only grew: nothing on it has other versions yet
    else:
        showing.show(conversation, reply.pk)


def _announce(user_id: uuid.UUID, conversation: Conversation, reply: Message) -> None:
    """Once committed: workers have something to claim, and the person's pages something to show."""
    transaction.on_commit(partial(fault_points.reach, "after_send"))
    hints.wake_workers()
    hints.publish(
        user_id,
        Hint(
            topic=Topic.REPLY_STARTED,
            id=str(reply.generation.pk),
            data={
                "conversation": str(conversation.pk),
                "message": str(reply.pk),
                "title": conversation.title,
                "url": queries.url_of(conversation.pk),
            },
        ),
    )
