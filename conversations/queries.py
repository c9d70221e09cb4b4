"""Reads for pages. Whoever calls has permission already (`access`)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import CostSource, User
from conversations.models import (
    UNFINISHED,
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

SIDEBAR_ROWS = 200

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
        .prefetch_related(Prefetch("generation__attempts", Attempt.objects.order_by("number")))
    )
    by_id = {message.pk: message for message in messages}
    for message in by_id.values():
        message.conversation = conversation
    return [by_id[key] for key in path if key in by_id]


def settled_on(path: Sequence[uuid.UUID]) -> list[Attempt]:
    """The attempts that wrote the replies among these messages and cost something, in this order."""
    places = {key: place for place, key in enumerate(path)}
    attempts = (
        Attempt.objects.filter(generation__reply__in=path, cost__isnull=False)
        .exclude(cost_source=CostSource.NOTHING)
        .select_related("generation")
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


def sidebar_groups(user: User, current: uuid.UUID | None) -> list[dict[str, Any]]:
    """A person's latest conversations: those that are pinned, then by day."""
    now = timezone.now()
    listed = Conversation.objects.filter(owner=user, deleted_at=None, archived_at=None)
    latest = F("pinned_at").desc(nulls_last=True), "-updated_at"
    rows = _with_marks(listed, now).order_by(*latest)[:SIDEBAR_ROWS]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        days = (timezone.localtime(now).date() - timezone.localtime(row.updated_at).date()).days
        label = _("Pinned") if row.pinned_at else _day_label(days)
        groups.setdefault(label, []).append(_row_view(row) | {"is_current": row.pk == current})
    return [
        {"label": label, "rows": group, "is_pinned": group[0]["is_pinned"]} for label, group in groups.items()
    ]


def sidebar_row(conversation: Conversation) -> dict[str, Any]:
    """What a list says of one conversation, and whether it is to be in that list."""
    row = _with_marks(Conversation.objects.filter(pk=conversation.pk), timezone.now()).get()
    return _row_view(row) | {"is_listed": row.archived_at is None and row.deleted_at is None}


def put_away(user: User) -> tuple[list[Conversation], list[Conversation]]:
    """The archived ones, and the deleted ones that can still be restored; the latest first."""
    own = Conversation.objects.filter(owner=user)
    archived = own.filter(deleted_at=None, archived_at__isnull=False).order_by("-archived_at")
    return list(archived), list(own.filter(deleted_at__isnull=False).order_by("-deleted_at"))


def _with_marks(rows: QuerySet[Conversation], now: datetime) -> QuerySet[Conversation]:
    return rows.annotate(
        is_running=Exists(Generation.objects.filter(conversation=OuterRef("pk"), status__in=UNFINISHED)),
        is_shared=Exists(live_links(now).filter(conversation=OuterRef("pk"))),
    )


def _row_view(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "title": row.title,
        "url": url_of(row.pk),
        "is_running": row.is_running,
        "is_shared": row.is_shared,
        "is_pinned": row.pinned_at is not None,
        "is_unread": row.is_unread,
    }


def sidebar_marks(user: User) -> dict[str, list[str]]:
    """Which of a person's conversations are being written in, which are shared and which unread, by id."""
    running = Generation.objects.filter(owner=user, status__in=UNFINISHED, conversation__deleted_at=None)
    shared = live_links().filter(owner=user).distinct()
    unread = Conversation.objects.filter(owner=user, is_unread=True, deleted_at=None)
    return {
        "running": [str(key) for key in running.values_list("conversation_id", flat=True)],
        "shared": [str(key) for key in shared.values_list("conversation_id", flat=True)],
        "unread": [str(key) for key in unread.values_list("pk", flat=True)],
    }


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


def _day_label(days: int) -> str:
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Yesterday")
    if days < 7:
        return _("Last 7 days")
    return _("Last 30 days") if days < 30 else _("Earlier")
