"""The rows that messages are found by, written in the transaction that makes a text final."""

import uuid
from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db.models import Func, Value

from conversations.models import Message, SearchRow
from conversations.search import words

# Of a message, from its beginning: what comes after is not found.
SEARCHED = 200_000
# A tsvector takes a megabyte, and one position too many is ignored by it.
_MOST_BYTES = 900_000
_BYTES_OF_A_WORD, _BYTES_OF_A_PLACE = 8, 2
_MOST_PLACES, _LAST_PLACE = 256, 16_383
_AT_ONCE = 200


def add(owner_id: uuid.UUID, messages: Iterable[Message]) -> None:
    """Have these finished messages found by their owner. Repeating it changes nothing; what is empty has no row."""
    SearchRow.objects.bulk_create(
        (_row_of(owner_id, message) for message in messages if message.text),
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["message"],
        update_fields=["words"],
    )


def remove(message_ids: Iterable[uuid.UUID]) -> None:
    """Have these found no more."""
    SearchRow.objects.filter(message__in=list(message_ids)).delete()


def owner_word(owner_id: uuid.UUID) -> str:
    """Stands among the words of all that this person may find, and is no word of any text: so one index answers both
    whose it is and what is in it."""
    return f"@{owner_id.hex}"


def _row_of(owner_id: uuid.UUID, message: Message) -> SearchRow:
    return SearchRow(
        message=message,
        conversation_id=message.conversation_id,
        owner_id=owner_id,
        said_at=message.created_at,
        words=_Vector(Value(_vector_of(owner_id, message.text[:SEARCHED]))),
    )


class _Vector(Func):
    template = "%(expressions)s::tsvector"
    output_field = SearchVectorField()


def _vector_of(owner_id: uuid.UUID, text: str) -> str:
    """The words with their places, as Postgres reads it. However much there is of them, it fits."""
    places: dict[str, list[str]] = {}
    room = _MOST_BYTES
    for word, place in words.placed_words(text):
        known = places.get(word)
        if known is None:
            room -= len(word.encode()) + _BYTES_OF_A_WORD + _BYTES_OF_A_PLACE
            if room < 0:
                break
            places[word] = [str(min(place, _LAST_PLACE))]
        elif len(known) < _MOST_PLACES and place <= _LAST_PLACE:
            room -= _BYTES_OF_A_PLACE
            known.append(str(place))
    said = [f"'{word}':{','.join(at)}" for word, at in places.items()]
    return " ".join([f"'{owner_word(owner_id)}'", *said])
