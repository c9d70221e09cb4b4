"""OpenRouter's `reasoning_details`, put together from their streamed pieces."""

from collections.abc import Iterable, Mapping
from typing import Any

_GROWING = ("text", "summary", "data")  # concatenated; every other field is kept as it first came


class ReasoningDetails:
    """Collects pieces in order of arrival.

    Pieces of one type and index are one item; a piece without an index goes on with the last item if that
    is of its type. A piece without text may carry the signature, so none is dropped. Unknown types stay as
    they are.
    """

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] = []
        self._grown: list[dict[str, list[str]]] = []

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
        kind, index = piece.get("type"), piece.get("index")
        for place in range(len(self._items) - 1, -1, -1):
            item = self._items[place]
            if item.get("type") == kind and (index is None or item.get("index") == index):
                return place
            if index is None:
                break
        self._items.append({})
        self._grown.append({})
        return len(self._items) - 1
