"""OpenRouter's `reasoning_details`, put together from their streamed pieces."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

_GROWING = ("text", "summary", "data")  # concatenated; every other field is kept as it first came

# What every piece repeats: as long as that it is not counted, and a piece counts for so much at least.
_LABELS, _LONGEST_LABEL, _LEAST = ("type", "format", "id", "index"), 64, 16


def size_of(piece: Mapping[str, Any]) -> int:
    """About how many characters are kept of a piece."""
    return max(_LEAST, sum(_size_of(field, value) for field, value in piece.items()))


def _size_of(field: str, value: Any) -> int:
    if field in _GROWING and isinstance(value, str):
        return len(value)
    size = len(orjson.dumps(value))
    return 0 if field in _LABELS and size <= _LONGEST_LABEL else len(field) + size


class ReasoningDetails:
    """Collects pieces in order of arrival.

    Pieces of one type and index are one item; a piece without an index goes on with the last item if that
    is of its type. A piece without text may carry the signature, so none is dropped. Unknown types stay as
    they are.
    """

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] = []
        self._grown: list[dict[str, list[str]]] = []
        self._places: dict[tuple[str, str], int] = {}  # by type and index

    def add(self, pieces: Iterable[Mapping[str, Any]]) -> None:
        """Take the `details` of one ReasoningDelta."""
        for piece in pieces:
            place = self._place_of(piece)
            item, grown = self._items[place], self._grown[place]
            for field, value in piece.items():
                if field in _GROWING and isinstance(value, str):
                    grown.setdefault(field, []).append(value)
                elif item.get(field) in (None, ""):
                    item[field] = value

    def merged(self) -> tuple[dict[str, Any], ...]:
        """What is to be stored, and sent back unmodified where a provider asks for it."""
        return tuple(
            {**item, **{field: "".join(parts) for field, parts in grown.items()}}
            for item, grown in zip(self._items, self._grown, strict=True)
        )

    def _place_of(self, piece: Mapping[str, Any]) -> int:
        kind, index = str(piece.get("type")), piece.get("index")
        if index is None and self._items and str(self._items[-1].get("type")) == kind:
            return len(self._items) - 1
        place = None if index is None else self._places.get((kind, str(index)))
        if place is None:
            place = len(self._items)
            self._items.append({})
            self._grown.append({})
            if index is not None:
                self._places[kind, str(index)] = place
        return place
