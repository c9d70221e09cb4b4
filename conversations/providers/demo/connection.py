"""HTTP/1.1 for one client, just enough of it, with the means to misbehave: cut, reset, any bytes at all."""

import asyncio
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

_LONGEST_HEAD = 65_536
_LONGEST_BODY = 64 << 20


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked. Header names are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Connection(asyncio.Protocol):
    """One socket: reads requests, hands them one after another to `answer`, writes what it says.

    When the client goes away, `gone_at` is set and the task that answers is cancelled.
    """

    def __init__(
        self, answer: Callable[[Request, "Connection"], Awaitable[None]], living: set["Connection"]
    ) -> None:
        self.gone_at: float | None = None
        self._answer = answer
        self._living = living
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._task: asyncio.Task[None] | None = None
        self._can_write = asyncio.Event()
        self._can_write.set()
        self._split = 0

    # --- what a handler says ------------------------------------------------------------------------------

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of a reply whose body comes in pieces."""
        self.write(_head(status, {**headers, "Transfer-Encoding": "chunked"}))

    def send(self, piece: bytes) -> None:
        """A piece of the body."""
        if self._split:
            for start in range(0, len(piece), self._split):
                self._send_whole(piece[start : start + self._split])
        else:
            self._send_whole(piece)

    def end(self) -> None:
        """The end of a body that came in pieces."""
        self.write(b"0\r\n\r\n")

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """A whole reply."""
        self.write(_head(status, {**headers, "Content-Length": str(len(body))}) + body)

    def write(self, data: bytes) -> None:
        """Any bytes, HTTP or not."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def split(self, size: int) -> None:
        """From here on send in pieces of `size` bytes (0: as they are)."""
        self._split = size

    async def drained(self) -> None:
        """Wait until the client has read enough to write on."""
        await self._can_write.wait()

    def cut(self) -> None:
        """Close in good order (FIN), wherever the reply stands."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once; what was not sent yet is lost."""
        if self._transport is not None:
            self._transport.abort()

    def reset(self) -> None:
        """Close with RST."""
        if self._transport is not None:
            plug = self._transport.get_extra_info("socket")
            plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()

    # --- what the socket says ----------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # a stream protocol gets nothing else
        self._living.add(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._take_request()

    def pause_writing(self) -> None:
        self._can_write.clear()

    def resume_writing(self) -> None:
        self._can_write.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone_at = time.time()
        self._living.discard(self)
        self._can_write.set()
        if self._task is not None:
            self._task.cancel()

    def _take_request(self) -> None:
        if self._task is not None:
            return
        if self._head is None and not self._take_head():
            return
        method, path, headers = self._head or ("", "", {})
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _LONGEST_BODY or "transfer-encoding" in headers:
            self._refuse(413)
        elif len(self._buffer) >= int(length):
            body = bytes(self._buffer[: int(length)])
            del self._buffer[: int(length)]
            self._head = None
            self._task = asyncio.create_task(self._run(Request(method, path, headers, body)))
            self._task.add_done_callback(self._done)

    def _take_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_HEAD:
                self._refuse(431)
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        words = first.split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            self._refuse(400)
            return False
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        if headers.get("expect", "").lower() == "100-continue":
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        self._head = (words[0], words[1], headers)
        return True

    async def _run(self, request: Request) -> None:
        await self._answer(request, self)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._task = None
        self._split = 0
        if task.cancelled() or self.gone_at is not None:
            return
        error = task.exception()
        if error is not None:
            self.reset()
            raise error  # a fault of ours: the loop's exception handler reports it
        self._take_request()

    def _refuse(self, status: int) -> None:
        self.reply(status, {"Connection": "close"}, b"")
        self.cut()

    def _send_whole(self, piece: bytes) -> None:
        if piece:
            self.write(b"%x\r\n%b\r\n" % (len(piece), piece))


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:  # 524, 529: real, though in no register
        reason = "Unknown"
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
