"""Messages by their words, and conversations by their titles. Whose they are is `access`'s to say."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Left

from conversations.models import Conversation, Message, Role, SearchRow
from conversations.search import excerpts, rows
from conversations.search.asked import Asked
from conversations.search.excerpts import Part

# Beyond this it is a fault of ours or somebody's game: the page says so, and nobody else waits for it.
PATIENCE_MS = 2_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found, with what its conversation is."""

    message: Message
    conversation: Conversation
    excerpt: list[Part]


def hits(
    found_in: QuerySet[SearchRow], owner_id: uuid.UUID, asked: Asked, *, start: int = 0, count: int
) -> tuple[list[Hit], bool]:
    """The messages among these rows that have what is asked, the latest first; and whether there are more."""
    if not asked.wanted:
        return [], False
    query = f"'{rows.owner_word(owner_id)}' & {asked.query()}"
    matching = found_in.filter(_Matches(F("words"), _Query(Value(query)))).order_by("-said_at", "-message_id")
    with _patience():
        ids = list(matching.values_list("message_id", flat=True)[start : start + count + 1])
        return _with_excerpts(ids[:count], asked), len(ids) > count


def titled(conversations: QuerySet[Conversation], asked: Asked, *, count: int) -> list[Conversation]:
    """The conversations whose title has what is asked, those written in last first."""
    if not asked.wanted:
        return []
    for term in asked.wanted:
        conversations = conversations.filter(title__regex=term.pattern_in_postgres())
    for term in asked.unwanted:
        conversations = conversations.exclude(title__regex=term.pattern_in_postgres())
    with _patience():
        return list(conversations.order_by("-updated_at", "-pk")[:count])


class _Matches(Func):
    template = "%(expressions)s"
    arg_joiner = " @@ "
    output_field = BooleanField()


class _Query(Func):
    template = "%(expressions)s::tsquery"
    output_field = TextField()


def _with_excerpts(ids: Sequence[uuid.UUID], asked: Asked) -> list[Hit]:
    found = (
        Message.objects.filter(pk__in=ids, deleted_at=None)
        .select_related("conversation")
        .only("role", "author_name", "created_at", "conversation__title", "conversation__archived_at")
        .annotate(searched=Left("text", rows.SEARCHED))
    )
    by_id = {message.pk: message for message in found}
    return [
        Hit(
            message,
            message.conversation,
            excerpts.excerpt(message.searched, asked, is_markdown=message.role == Role.ASSISTANT),
        )
        for message in (by_id[key] for key in ids if key in by_id)
    ]


@contextmanager
def _patience() -> Iterator[None]:
    """What takes longer than a person waits is given up by Postgres."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(PATIENCE_MS)])
        yield
