"""Server-sent events from bytes, as the WHATWG standard has them, for the streams of language models.

Three departures from the standard, each because real servers need it: an event left unfinished at the end of
the stream is given (servers forget the last blank line); an event without data is not given; a field named
`error` (llama.cpp until 2025 wrote its faults that way) is given at once as an event of that name.
"""

from collections.abc import Iterator
from typing import NamedTuple

MAX_EVENT_BYTES = 1 << 20  # a delta is a few hundred bytes; a whole reply in one event still fits

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ORDINARY = b"data: "
_COLON = ord(":")


class Event(NamedTuple):
    """One event. `data` is UTF-8 as it came, which may be invalid; `name` is b"" for an ordinary message."""

    data: bytes
    name: bytes = b""


class EventTooLarge(ValueError):
    """A line or an event went past the limit; nothing after it can be trusted."""


class Decoder:
    """Feed it bytes cut anywhere; it gives the same events as for any other cut, in linear time."""

    def __init__(self, max_event_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max = max_event_bytes
        self._lead: bytes | None = b""  # the stream's first bytes while they may be a byte order mark
        self._is_after_cr = False
        self._line: list[bytes] = []  # pieces of the line that has not ended yet
        self._line_size = 0
        self._data: list[bytes] = []
        self._data_size = 0
        self._name = b""

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that `chunk` completes. Iterate to the end; EventTooLarge comes after the good ones."""
        if self._lead is not None:
            chunk = self._without_mark(chunk)
        if self._is_after_cr or b"\r" in chunk:
            chunk = self._with_plain_ends(chunk)
        if not self._is_ordinary(chunk):
            yield from self._read(chunk)
            return
        for block in chunk[:-2].split(b"\n\n"):
            if block.startswith(_ORDINARY) and b"\n" not in block:
                if len(block) > len(_ORDINARY):
                    yield Event(block[len(_ORDINARY) :])
            else:
                yield from self._read(block + b"\n\n")

    def close(self) -> Iterator[Event]:
        """The event that the end of the stream left unfinished, if any."""
        rest, self._lead = self._lead or b"", None
        yield from self._read(rest + b"\n\n")

    def _is_ordinary(self, chunk: bytes) -> bool:
        """Whole events and nothing pending: what a socket read nearly always holds."""
        return (
            chunk.startswith(_ORDINARY)
            and chunk.endswith(b"\n\n")
            and len(chunk) <= self._max
            and not (self._line or self._data or self._name)
        )

    def _without_mark(self, chunk: bytes) -> bytes:
        start = (self._lead or b"") + chunk
        if len(start) < len(_BYTE_ORDER_MARK) and _BYTE_ORDER_MARK.startswith(start):
            self._lead = start
            return b""
        self._lead = None
        return start.removeprefix(_BYTE_ORDER_MARK)

    def _with_plain_ends(self, chunk: bytes) -> bytes:
        """CRLF and CR as LF. A CR at the very end counts at once; the LF that may follow is swallowed."""
        if not chunk:
            return chunk
        if self._is_after_cr:
            chunk = chunk.removeprefix(b"\n")
        self._is_after_cr = chunk.endswith(b"\r")
        return chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _read(self, chunk: bytes) -> Iterator[Event]:
        lines = chunk.split(b"\n")
        rest = lines.pop()
        for line in lines:
            event = self._take(self._joined(line))
            if event is not None:
                yield event
        if rest:
            self._line.append(rest)
            self._line_size += len(rest)
            self._refuse_above_limit(self._line_size)

    def _joined(self, line: bytes) -> bytes:
        if self._line:
            self._line.append(line)
            line = b"".join(self._line)
            self._line.clear()
            self._line_size = 0
        self._refuse_above_limit(len(line))
        return line

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._dispatched()
        if line[0] == _COLON:
            return None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._data_size += len(value) + 1
            self._refuse_above_limit(self._data_size)
        elif field == b"event":
            self._name = value
        elif field == b"error" and value:
            return Event(value, b"error")
        return None

    def _dispatched(self) -> Event | None:
        data, name = b"\n".join(self._data), self._name
        self._data.clear()
        self._data_size = 0
        self._name = b""
        return Event(data, name) if data else None

    def _refuse_above_limit(self, size: int) -> None:
        if size > self._max:
            raise EventTooLarge(f"An event of more than {self._max:,} bytes.")
