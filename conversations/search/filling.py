"""Rows for messages that have none: from before there was a search, or left out by a fault of ours."""

import contextlib
import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from conversations.models import UNFINISHED, Generation, Message, SearchRow
from conversations.search import rows

TASK = "conversations.fill_search"
AT_ONCE = 200


def fill() -> Iterator[int]:
    """Make them, oldest message first, in transactions of a few hundred; yields how many each made.

    It may be broken off and begun again at any time, and several at once do each other's work no harm.
    """
    last = uuid.UUID(int=0)
    while True:
        with transaction.atomic():
            # Locked, so that none of them is deleted while its row is being made.
            batch = list(
                _without_row(last)
                .select_for_update(no_key=True, skip_locked=True, of=("self",))
                .select_related("conversation")[:AT_ONCE]
            )
            by_owner: dict[uuid.UUID, list[Message]] = {}
            for message in batch:
                by_owner.setdefault(message.conversation.owner_id, []).append(message)
            for owner_id, messages in by_owner.items():
                rows.add(owner_id, messages)
        if not batch:
            return
        last = batch[-1].pk
        yield len(batch)


def defer_if_needed() -> None:
    """Have the worker do it, where there is anything to be done; once, however often this is called."""
    if _without_row(uuid.UUID(int=0)).exists():
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(TASK, queueing_lock="fill_search").defer()


def _without_row(after: uuid.UUID) -> QuerySet[Message]:
    has_row = Exists(SearchRow.objects.filter(message=OuterRef("pk")))
    is_unfinished = Exists(Generation.objects.filter(reply=OuterRef("pk"), status__in=UNFINISHED))
    return (
        Message.objects.filter(~has_row, ~is_unfinished, pk__gt=after, deleted_at=None, text__gt="")
        .only("conversation__owner_id", "conversation_id", "text", "created_at")
        .order_by("pk")
    )
