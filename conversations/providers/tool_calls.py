"""Tool calls, put together from their streamed pieces, however a server cuts and numbers them."""

import secrets

import orjson

from conversations.providers.base import ToolCall, ToolCallDelta

MOST_CALLS = 64  # of one turn; the rest is left out
# Characters of one call's arguments. Longer ones are cut and marked, which no longer is JSON: they are never run.
MOST_ARGUMENTS = 8_000
TOO_LONG = "… [too long]"


class ToolCalls:
    """Collects pieces in order of arrival.

    Pieces of one index are one call, unless another id, or a name after complete arguments, comes under it: some
    servers number all their calls 0. Without an index, a piece with an id that came before goes on with that call,
    any other that is named opens one, and the rest goes on with the last. Names are never added together, since some
    servers repeat them with every piece.
    """

    def __init__(self) -> None:
        self._calls: list[_Call] = []
        self._by_index: dict[int, _Call] = {}  # which call its next piece belongs to
        self._by_id: dict[str, _Call] = {}  # the first of each
        self._last: _Call | None = None  # that the last piece belonged to
        self._left_out = _Call()  # takes the pieces of all that are too many

    def add(self, piece: ToolCallDelta) -> None:
        """Take the next piece."""
        call = self._call_of(piece)
        if call is None or call.is_another(piece):
            call = self._opened()
        self._last = call
        if piece.index is not None:
            self._by_index[piece.index] = call
        call.id, call.name = call.id or piece.id, call.name or piece.name
        if call.id and call is not self._left_out:
            self._by_id.setdefault(call.id, call)
        call.add(piece.arguments)

    def merged(self) -> tuple[ToolCall, ...]:
        """The calls in the order in which they began. An id that is missing, or comes twice, is made up: one that no
        other call of the conversation has, so that results can be told apart."""
        made: list[ToolCall] = []
        known: set[str] = set()
        for call in self._calls:
            call_id = call.id if call.id and call.id not in known else f"call_{secrets.token_hex(8)}"
            known.add(call_id)
            made.append(ToolCall(call_id, call.name, call.arguments() or "{}"))
        return tuple(made)

    def _opened(self) -> "_Call":
        if len(self._calls) == MOST_CALLS:
            return self._left_out
        self._calls.append(_Call())
        return self._calls[-1]

    def _call_of(self, piece: ToolCallDelta) -> "_Call | None":
        """Which one it may belong to; None = it opens one."""
        if piece.index is not None:
            return self._by_index.get(piece.index)
        if piece.id in self._by_id:
            return self._by_id[piece.id]
        return None if piece.id or piece.name else self._last


class _Call:
    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self._pieces: list[str] = []
        self._room = MOST_ARGUMENTS
        self._end = ""  # the last character that is no space

    def add(self, arguments: str) -> None:
        if arguments and self._room >= 0:
            self._pieces.append(arguments[: self._room])
            self._room -= len(arguments)
            self._end = arguments.rstrip()[-1:] or self._end

    def arguments(self) -> str:
        return "".join(self._pieces) + (TOO_LONG if self._room < 0 else "")

    def is_another(self, piece: ToolCallDelta) -> bool:
        if piece.id and self.id:
            return piece.id != self.id
        is_named_anew = bool(piece.name and self.name)
        # The same name once more may be nothing but its repetition with every piece, if it brings no arguments.
        brings_more = piece.name != self.name or bool(piece.arguments.strip())
        return is_named_anew and brings_more and self._is_over()

    def _is_over(self) -> bool:
        return self._room >= 0 and self._end == "}" and _is_whole(self.arguments())


def _is_whole(arguments: str) -> bool:
    try:
        return isinstance(orjson.loads(arguments), dict)
    except ValueError:
        return False
