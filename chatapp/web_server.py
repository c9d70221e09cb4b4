"""Daphne with the edges we need: uvloop, bodies refused before they are kept, a drain before the end.

Import this before anything else that imports Twisted: the event loop is chosen here.
"""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from time import monotonic
from typing import Any
from weakref import WeakSet

import structlog

from chatapp import reactor

reactor.install()

import daphne.server  # noqa: E402
from daphne.endpoints import build_endpoint_description_strings  # noqa: E402
from daphne.http_protocol import HTTPFactory, WebRequest  # noqa: E402
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol  # noqa: E402

from chatapp import body_limit  # noqa: E402

log = structlog.get_logger("parley.web")

LARGEST_FRAME_BYTES = 64 * 1024
PING_SECONDS = 20
# A 4 MB message over a slow mobile line; a body that takes longer only holds a connection.
BODY_SECONDS = 120
# Of what was sent to a socket. A page is far below it: it acknowledges what it drew, and gets 256 KiB beyond that.
MOST_UNREAD_BYTES = 4 * 1024 * 1024
# After a refusal the client may still be writing: cut it off at once and it never reads the answer.
LINGER_SECONDS = 2
# Requests under way when we are told to stop; pages answer in far less.
DRAIN_SECONDS = 5


class Request(WebRequest):  # type: ignore[misc]
    """Refuses a body by its headers, or once it has grown too far, without keeping it first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._parsePOSTFormSubmission = False  # Django reads forms; Twisted would do it on the event loop
        self._limit = self._received = 0
        self._is_refused = False
        self._cut_off: asyncio.TimerHandle | None = None

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        self._limit = body_limit.largest_body(self._headers())
        if length is not None and length > self._limit:
            self.content = io.BytesIO()
            self._refuse()
            return
        super().gotLength(length)
        if length != 0:
            self._cut_off_after(BODY_SECONDS)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        if self._is_refused:
            return
        if self._received > self._limit:
            self._refuse()
            return
        super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        self._forget_cut_off()
        if self._is_refused:
            self.channel.loseConnection()
            return
        if self.server.is_draining:
            self.channel.persistent = False  # the next request is another process's
            self.responseHeaders.setRawHeaders(b"connection", [b"close"])
        super().requestReceived(command, path, version)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._forget_cut_off()
        super().connectionLost(reason)

    def _refuse(self) -> None:
        self._is_refused = True
        self._forget_cut_off()
        self.content.close()
        kind, body = body_limit.refusal(self._headers())
        self.channel.transport.write(
            b"HTTP/1.1 413 Content Too Large\r\nContent-Type: %b\r\nContent-Length: %d\r\n"
            b"Connection: close\r\n\r\n%b" % (kind, len(body), body)
        )
        self._cut_off_after(LINGER_SECONDS)

    def _cut_off_after(self, seconds: float) -> None:
        self._cut_off = asyncio.get_running_loop().call_later(seconds, self.channel.loseConnection)

    def _forget_cut_off(self) -> None:
        if self._cut_off is not None:
            self._cut_off.cancel()

    def _headers(self) -> Iterator[tuple[bytes, bytes]]:
        for name, values in self.requestHeaders.getAllRawHeaders():
            for value in values:
                yield name.lower(), value


class Requests(HTTPFactory):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels: WeakSet[Any] = WeakSet()

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        self.channels.add(protocol._channel)
        return protocol


class Socket(WebSocketProtocol):  # type: ignore[misc]
    """A socket whose own frames may be long, and which closes with any code of the protocol.

    autobahn holds both directions to one limit, and lets an application say only 1000 and 3000 to 4999.
    """

    maxMessagePayloadSize: int  # noqa: N815

    def sendMessage(self, *args: Any, **kwargs: Any) -> None:  # noqa: N802
        """Send, unless so much waits to be read already that somebody asks and never listens: cut those off."""
        # Twisted keeps count of it, and shows it to nobody but its own producers.
        if len(self.transport.dataBuffer) + self.transport._tempDataLen > MOST_UNREAD_BYTES:
            self.transport.abortConnection()
            return
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*args, **kwargs)
        finally:
            self.maxMessagePayloadSize = limit

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=code or 1000)


class Sockets(WebSocketFactory):  # type: ignore[misc]
    protocol = Socket

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setProtocolOptions(failByDrop=False)  # says 1009 to a frame too large instead of hanging up


# Daphne makes its factories by these names and offers no other place to choose them.
daphne.server.HTTPFactory = Requests
daphne.server.WebSocketFactory = Sockets


class Server(daphne.server.Server):  # type: ignore[misc]
    """Serves until `drain` was asked for, then takes no more, says goodbye and ends."""

    def __init__(
        self, application: Any, *, host: str, port: int, goodbye: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(
            application,
            endpoints=build_endpoint_description_strings(host=host, port=port),
            signal_handlers=False,
            ping_interval=PING_SECONDS,
            websocket_max_message_size=LARGEST_FRAME_BYTES,
            websocket_max_frame_size=LARGEST_FRAME_BYTES,
            server_name="",
            verbosity=0,
        )
        self.failure = ""
        self._goodbye = goodbye
        self._ports: list[Any] = []
        self._draining: asyncio.Task[None] | None = None

    def drain(self) -> None:
        """Stop, gently. Asked twice it is the same."""
        if self._draining is None:
            self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        for port in self._ports:
            port.stopListening()
        self._end_idle_connections()
        deadline = monotonic() + DRAIN_SECONDS
        waited_for: list[asyncio.Future[None]] = [asyncio.ensure_future(self._goodbye())]
        while waited_for and (left := deadline - monotonic()) > 0:
            await asyncio.wait(waited_for, timeout=left)
            # Over connections that were kept, requests have come in the meantime.
            waited_for = [answer for answer in self._answering() if not answer.done()]
        for protocol in list(self.connections):
            if isinstance(protocol, Socket) and protocol.state == protocol.STATE_OPEN:
                try:
                    protocol.serverClose(1012)  # service restart: come back
                except Exception:
                    # Whatever is wrong with one socket: it must not keep this process from ending.
                    log.exception("socket not closed")
        asyncio.get_running_loop().call_later(0.1, self.stop)  # lets the close frames out

    def _end_idle_connections(self) -> None:
        """Those that browsers keep for their next request, which is to go to another process."""
        for channel in list(self.http_factory.channels):
            if not channel.requests:
                channel.loseConnection()

    @property
    def is_draining(self) -> bool:
        return self._draining is not None

    def _answering(self) -> Iterator[asyncio.Future[None]]:
        for protocol, details in self.connections.items():
            if isinstance(protocol, Request) and "application_instance" in details:
                yield details["application_instance"]

    def listen_success(self, port: Any) -> None:
        self._ports.append(port)
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        for protocol in [p for p, d in self.connections.items() if "application_instance" not in d]:
            del self.connections[protocol]  # still sending its headers: Daphne expects an application
        return super().kill_all_applications()
