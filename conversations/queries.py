"""Reads for pages. Whoever calls has permission already (`access`)."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import CostSource
from conversations.models import (
    Attempt,
    Conversation,
    Generation,
    Message,
    Provider,
    Rating,
    Role,
    ShareLink,
    Status,
)

_BRANCH_SQL = """
    WITH RECURSIVE branch AS (
        SELECT id, parent_id, 0 AS depth FROM conversations_message WHERE id = %s AND conversation_id = %s
        UNION ALL
        SELECT m.id, m.parent_id, b.depth + 1 FROM conversations_message m JOIN branch b ON m.id = b.parent_id
    )
    SELECT id FROM branch ORDER BY depth DESC
"""

# Of the messages under these parents, those that are several under one.
_VERSIONS_SQL = """
    SELECT parent_id, array_agg(id ORDER BY created_at, id) FROM conversations_message
    WHERE conversation_id = %(conversation)s AND deleted_at IS NULL
      AND (parent_id = ANY(%(parents)s) OR (%(has_first)s AND parent_id IS NULL))
    GROUP BY parent_id HAVING count(*) > 1
"""

_LEAF_SQL = """
    WITH RECURSIVE below AS (
        SELECT id, 0 AS depth FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT child.id, depth + 1 FROM below b JOIN LATERAL (
            SELECT m.id FROM conversations_message m WHERE m.parent_id = b.id AND m.deleted_at IS NULL
            ORDER BY m.chosen_at DESC, m.id DESC LIMIT 1
        ) child ON true
    )
    SELECT id FROM below ORDER BY depth DESC LIMIT 1
"""


def branch_to(tip_id: uuid.UUID | None, conversation: Conversation) -> list[Message]:
    """The messages from the first to `tip_id`, generations and attempts fetched along."""
    return messages_on(path_to(tip_id, conversation), conversation)


def path_to(tip_id: uuid.UUID | None, conversation: Conversation) -> list[uuid.UUID]:
    """The same messages' ids alone, however long they are."""
    if tip_id is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BRANCH_SQL, [tip_id, conversation.pk])
        return [key for (key,) in cursor.fetchall()]


def messages_on(path: Sequence[uuid.UUID], conversation: Conversation) -> list[Message]:
    """These messages of a conversation, in this order, generations and attempts fetched along.

    A text and the state of its reply are of the same moment: whoever is told that it is over has all of it.
    """
    messages = (
        Message.objects.filter(pk__in=path, conversation=conversation)
        .select_related("generation__model")
        .defer("generation__instructions")
        .prefetch_related(Prefetch("generation__attempts", Attempt.objects.order_by("number")))
    )
    by_id = {message.pk: message for message in messages}
    for message in by_id.values():
        message.conversation = conversation
    return [by_id[key] for key in path if key in by_id]


def told_to(tip_id: uuid.UUID | None, conversation: Conversation) -> list[Message]:
    """The messages from the first to `tip_id` as a model is told them: no more of each is read than that, and of its
    generation only whose it was."""
    path = path_to(tip_id, conversation)
    messages = Message.objects.select_related("generation").only(
        "role", "text", "carried", "reasoning", "reasoning_details", "hops", "generation__model"
    )
    by_id = messages.in_bulk(path)
    return [by_id[key] for key in path if key in by_id]


def settled_on(path: Sequence[uuid.UUID]) -> list[Attempt]:
    """The attempts that wrote the replies among these messages and cost something, in this order."""
    places = {key: place for place, key in enumerate(path)}
    attempts = (
        Attempt.objects.filter(generation__reply__in=path, cost__isnull=False)
        .exclude(cost_source=CostSource.NOTHING)
        .select_related("generation")
        .only("number", "price", "cost", "cost_source", *Attempt.TOKEN_FIELDS, "generation__reply")
    )
    return sorted(attempts, key=lambda one: (places[one.generation.reply_id], one.number))


def versions_among(messages: Sequence[Message]) -> dict[uuid.UUID | None, list[uuid.UUID]]:
    """By parent, the versions beside these messages of one conversation, oldest first; None = first messages.

    One query however many messages; a message that is the only one under its parent is left out.
    """
    if not messages:
        return {}
    parents = {message.parent_id for message in messages}
    with connection.cursor() as cursor:
        cursor.execute(
            _VERSIONS_SQL,
            {
                "conversation": messages[0].conversation_id,
                "parents": [parent for parent in parents if parent],
                "has_first": None in parents,
            },
        )
        return dict(cursor.fetchall())


def leaf_under(message: Message) -> uuid.UUID:
    """The end of the branch through this message: from it down, always the version that was chosen last.

    What was deleted is passed by.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LEAF_SQL, [message.pk])
        leaf: uuid.UUID = cursor.fetchone()[0]
    return leaf


def ratings_of(messages: Sequence[Message]) -> dict[uuid.UUID, Rating]:
    """What the conversation's owner thinks of these replies, by message."""
    replies = [message.pk for message in messages if message.role == Role.ASSISTANT]
    own = Rating.objects.filter(reply__in=replies, user=F("reply__conversation__owner")) if replies else []
    return {rating.reply_id: rating for rating in own}


def generation_with_reply(generation_id: uuid.UUID) -> Generation:
    """A generation with all that its view needs."""
    return (
        Generation.objects.select_related("reply__conversation__owner", "model", "owner", "conversation")
        .prefetch_related(Prefetch("attempts", Attempt.objects.order_by("number")))
        .get(pk=generation_id)
    )


def provider_name_of(generation: Generation) -> str:
    """Who is being asked, or who will be; "" when nobody is known yet."""
    if generation.status != Status.QUEUED:
        asked = generation.attempts.order_by("-number").values_list("provider_name", flat=True).first()
        if asked is not None:
            return asked
    return Provider.objects.filter(slug=generation.provider).values_list("name", flat=True).first() or ""


def live_links(now: datetime | None = None) -> QuerySet[ShareLink]:
    """Share links that open for others at this instant."""
    now = now or timezone.now()
    return ShareLink.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        revoked_at=None,
        owner__is_active=True,
        conversation__deleted_at=None,
    )


def url_of(conversation_id: uuid.UUID) -> str:
    return f"/c/{conversation_id}/"
