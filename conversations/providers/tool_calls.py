"""Tool calls, put together from their streamed pieces, however a server cuts and numbers them."""

import secrets

import orjson

from conversations.providers.base import ToolCall, ToolCallDelta


class ToolCalls:
    """Collects pieces in order of arrival.

    Pieces of one index are one call, unless another id, or a name after complete arguments, comes under it: some
    servers number all their calls 0. Without an index, a piece with an id that came before goes on with that call,
    any other that is named opens one, and the rest goes on with the last. Names are never added together, since some
    servers repeat them with every piece.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._places: dict[int, int] = {}  # by index: which call its next piece belongs to
        self._last: int | None = None  # the call that the last piece belonged to

    def add(self, piece: ToolCallDelta) -> None:
        """Take the next piece."""
        place = self._place_of(piece)
        if place is None or self._calls[place].is_another(piece):
            place = len(self._calls)
            self._calls.append(_Call())
        self._last = place
        if piece.index is not None:
            self._places[piece.index] = place
        call = self._calls[place]
        call.id, call.name = call.id or piece.id, call.name or piece.name
        call.arguments.append(piece.arguments)

    def merged(self) -> tuple[ToolCall, ...]:
        """The calls in the order in which they began. An id that is missing, or comes twice, is made up: one that no
        other call of the conversation has, so that results can be told apart."""
        made: list[ToolCall] = []
        for call in self._calls:
            known = {other.id for other in made}
            call_id = call.id if call.id and call.id not in known else f"call_{secrets.token_hex(8)}"
            made.append(ToolCall(call_id, call.name, "".join(call.arguments) or "{}"))
        return tuple(made)

    def _place_of(self, piece: ToolCallDelta) -> int | None:
        """Which call it may belong to; None = it opens one."""
        if piece.index is not None:
            return self._places.get(piece.index)
        for place, call in enumerate(self._calls):
            if piece.id and call.id == piece.id:
                return place
        return None if piece.id or piece.name else self._last


class _Call:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []

    def is_another(self, piece: ToolCallDelta) -> bool:
        if piece.id and self.id:
            return piece.id != self.id
        is_named_anew = bool(piece.name and self.name)
        # The same name once more may be nothing but its repetition with every piece, if it brings no arguments.
        brings_more = piece.name != self.name or bool(piece.arguments.strip())
        return is_named_anew and brings_more and _is_whole("".join(self.arguments))


def _is_whole(arguments: str) -> bool:
    try:
        return isinstance(orjson.loads(arguments), dict)
    except ValueError:
        return False
