"""Tool calls, put together from their streamed pieces, however a server cuts and numbers them."""

import orjson

from conversations.providers.base import ToolCall, ToolCallDelta


class ToolCalls:
    """Collects pieces in order of arrival.

    Pieces of one index are one call, unless another id, or another name after complete arguments, comes under it:
    some servers number all their calls 0. Ids that are missing or come twice are made up, so that results can be told
    apart; names are never added together, since some servers repeat them with every piece.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._places: dict[int, int] = {}  # by index: which call its next piece belongs to

    def add(self, piece: ToolCallDelta) -> None:
        """Take the next piece."""
        place = self._places.get(piece.index)
        if place is None or self._calls[place].is_another(piece):
            place = self._places[piece.index] = len(self._calls)
            self._calls.append(_Call())
        call = self._calls[place]
        call.id, call.name = call.id or piece.id, call.name or piece.name
        call.arguments.append(piece.arguments)

    def merged(self) -> tuple[ToolCall, ...]:
        """The calls in the order in which they began."""
        made: list[ToolCall] = []
        for number, call in enumerate(self._calls, 1):
            known = {other.id for other in made}
            call_id = call.id if call.id and call.id not in known else f"call_{number}"
            made.append(ToolCall(call_id, call.name, "".join(call.arguments) or "{}"))
        return tuple(made)


class _Call:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []

    def is_another(self, piece: ToolCallDelta) -> bool:
        if piece.id and self.id and piece.id != self.id:
            return True
        is_named_anew = bool(piece.name and self.name and piece.name != self.name)
        return is_named_anew and _is_whole("".join(self.arguments))


def _is_whole(arguments: str) -> bool:
    try:
        orjson.loads(arguments)
    except ValueError:
        return False
    return True
