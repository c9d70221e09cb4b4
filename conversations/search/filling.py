"""Rows for messages that have none: from before there was a search, of a long copy, or left out by a fault of ours."""

import contextlib
import uuid
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from conversations.models import UNFINISHED, Conversation, Generation, Message, SearchRow
from conversations.search import rows

TASK = "conversations.fill_search"
AT_ONCE = 200
# So many are looked at by one statement: however many there are, none takes long.
LOOKED_AT = 5_000
# Characters of a copy whose rows are made with it, in a fraction of a second. Eight million took 25 s, on a busy
# machine.
AT_ONCE_WITH_A_COPY = 200_000


def fill(conversation_id: uuid.UUID | None = None) -> Iterator[int]:
    """Make them, oldest message first, in transactions of a few hundred; yields how many each made. Of one
    conversation, or of all.

    It may be broken off and begun again at any time, and several at once do each other's work no harm.
    """
    there = Message.objects.filter(deleted_at=None).order_by("pk")
    if conversation_id is not None:
        there = there.filter(conversation_id=conversation_id)
    last = uuid.UUID(int=0)
    while ids := _after(last, there):
        found = SearchRow.objects.filter(message_id__gt=last, message_id__lte=ids[-1])
        known = set(found.values_list("message_id", flat=True))
        missing = [key for key in ids if key not in known]
        for start in range(0, len(missing), AT_ONCE):
            if made := _fill_some(missing[start : start + AT_ONCE]):
                yield made
        last = ids[-1]


def defer() -> None:
    """Have the worker look through all messages, where there are any; once, however often this is called."""
    if Message.objects.exists():
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            app.configure_task(TASK, queueing_lock="fill_search").defer()


def add_copies(conversation: Conversation, copies: Sequence[Message]) -> None:
    """Have what a conversation was made with found: at once, or, where it is much, by the worker a moment later, so
    that nobody waits for a page meanwhile. The caller's transaction has made the messages."""
    if sum(len(copy.text) for copy in copies) <= AT_ONCE_WITH_A_COPY:
        rows.add(conversation.owner_id, copies)
    else:
        lock = f"fill_search:{conversation.pk}"
        app.configure_task(TASK, queueing_lock=lock).defer(conversation_id=str(conversation.pk))


def _after(last: uuid.UUID, there: QuerySet[Message]) -> Sequence[uuid.UUID]:
    return list(there.filter(pk__gt=last).values_list("pk", flat=True)[:LOOKED_AT])


@transaction.atomic
def _fill_some(ids: Sequence[uuid.UUID]) -> int:
    is_unfinished = Exists(Generation.objects.filter(reply=OuterRef("pk"), status__in=UNFINISHED))
    # Locked, so that none of them is deleted while its row is being made.
    messages = (
        Message.objects.filter(~is_unfinished, pk__in=ids, deleted_at=None)
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .select_related("conversation")
        .only("conversation__owner_id", "conversation_id", "text", "created_at")
    )
    by_owner: dict[uuid.UUID, list[Message]] = {}
    for message in messages:
        if message.text:
            by_owner.setdefault(message.conversation.owner_id, []).append(message)
    for owner_id, whose in by_owner.items():
        rows.add(owner_id, whose)
    return sum(map(len, by_owner.values()))
