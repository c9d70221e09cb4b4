"""The socket: says what happened, hears what is looked at. Every write goes over HTTP; no rule lives here."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import orjson
import structlog
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from conversations import access, hints, sockets, streams
from conversations.events import Ask, Close, Fault, Hello, Pong
from conversations.following import Following
from conversations.offload import in_thread

log = structlog.get_logger("parley.sockets")

MOST_FRAME_BYTES = 4_096
MOST_BAD_FRAMES = 10
MOST_FRAMES_PER_SECOND = 50
MOST_FOLLOWED = 32


class BadFrame(Exception):
    """What came is not a frame of ours; `str()` says why."""


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser tab."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._following: dict[str, Following] = {}
        self._bad_frames = 0
        self._second, self._frames = 0, 0
        self._is_open = False
        try:
            await super().__call__(scope, receive, send)
        finally:
            # However it ended: Channels tells of a disconnect, but not after a handler that raised.
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Straight to the handler. Channels would first visit the one thread that all sockets share, to close
        database connections that these handlers do not open."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        user = self.scope["user"]
        await self.accept()
        if not user.is_authenticated:
            await self.close(Close.SIGNED_OUT)
            return
        self.user, self.user_id, self.password_mark = user, user.pk, user.password
        self.session_key = self.scope["session_key"]
        if not sockets.admit(self):
            await self.close(Close.FLOOD)
            return
        self._is_open = True
        await self.tell(Hello().encode())
        await self._group(self.channel_layer.group_add)

    async def disconnect(self, code: int) -> None:
        if self._is_open:
            self._leave()
            await self._group(self.channel_layer.group_discard)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._is_open:
            return
        if self._is_flooding():
            await self.shut(Close.FLOOD)
            return
        try:
            frame = _decoded(text_data)
            await self._answers[frame["type"]](self, frame)
        except BadFrame as fault:
            await self._refuse("bad_frame", str(fault))
        except access.NotFound:
            await self._say_of(frame, "not_found", "There is no such reply.")
        except DatabaseError as fault:
            log.warning("frame not answered", fault=str(fault)[:200])
            await self._say_of(frame, "unavailable", "The server is busy. This page asks again.")

    async def hint(self, message: dict[str, Any]) -> None:
        """From the person's group."""
        await self.tell(message["frame"])

    async def tell(self, frame: str) -> None:
        """Send a frame. To a browser that has just gone it is not sent, and the socket is let go of."""
        if self._is_open:
            try:
                await self.base_send({"type": "websocket.send", "text": frame})
            except RuntimeError:
                # The server's word for a closed connection; its own report of it comes in a moment.
                self._leave()

    async def shut(self, code: int) -> None:
        """Close with this code, and say and hear no more."""
        if self._is_open:
            self._leave()
            await self.close(code)
            await self._group(self.channel_layer.group_discard)

    def _leave(self) -> None:
        if self._is_open:
            self._is_open = False
            sockets.dismiss(self)
        for following in self._following.values():
            following.stop()

    async def _group(self, join_or_leave: Callable[[str, str], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(hints.PATIENCE_SECONDS):
                await join_or_leave(hints.group_of(self.user_id), self.channel_name)
        except streams.Unreachable:
            log.warning("this socket's hints are lost: event log unreachable")

    async def _say_of(self, frame: dict[str, Any], code: str, message: str) -> None:
        await self.tell(Fault(code=code, message=message, generation=str(frame["generation"])).encode())

    # --- what the browser may say -----------------------------------------------------------------------------

    async def _follow(self, frame: dict[str, Any]) -> None:
        generation, after = _id(frame, "generation"), _number(frame, "after")
        self._following = {key: one for key, one in self._following.items() if not one.is_over}
        if generation not in self._following and len(self._following) >= MOST_FOLLOWED:
            raise BadFrame(f"A socket follows {MOST_FOLLOWED} replies at most.")
        await in_thread(access.generation_for, self.user, uuid.UUID(generation))
        if generation in self._following:
            self._following[generation].stop()
        following = Following(generation, sockets.tail, self.tell)
        self._following[generation] = following
        following.start(after)

    async def _unfollow(self, frame: dict[str, Any]) -> None:
        following = self._following.pop(_id(frame, "generation"), None)
        if following is not None:
            following.stop()

    async def _ack(self, frame: dict[str, Any]) -> None:
        generation, seq = _id(frame, "generation"), _number(frame, "seq")
        if generation in self._following:
            self._following[generation].drawn(seq)

    async def _ping(self, frame: dict[str, Any]) -> None:
        await self.tell(Pong().encode())

    _answers: dict[str, Callable[["Socket", dict[str, Any]], Awaitable[None]]] = {  # noqa: RUF012 -- never changed
        Ask.FOLLOW: _follow,
        Ask.UNFOLLOW: _unfollow,
        Ask.ACK: _ack,
        Ask.PING: _ping,
    }

    # --- limits -----------------------------------------------------------------------------------------------

    async def _refuse(self, code: str, message: str) -> None:
        self._bad_frames += 1
        await self.tell(Fault(code=code, message=message).encode())
        if self._bad_frames >= MOST_BAD_FRAMES:
            await self.shut(Close.BAD_FRAMES)

    def _is_flooding(self) -> bool:
        second = int(monotonic())
        self._frames = self._frames + 1 if second == self._second else 1
        self._second = second
        return self._frames > MOST_FRAMES_PER_SECOND


def _decoded(text: str | None) -> dict[str, Any]:
    if text is None or len(text) > MOST_FRAME_BYTES:
        raise BadFrame(f"Expected text of at most {MOST_FRAME_BYTES} bytes.")
    try:
        frame = orjson.loads(text)
    except ValueError:
        raise BadFrame("Expected JSON.") from None
    if not isinstance(frame, dict) or frame.get("type") not in list(Ask):
        raise BadFrame(f"Expected an object whose type is one of: {', '.join(Ask)}.")
    return frame


def _id(frame: dict[str, Any], name: str) -> str:
    try:
        return str(uuid.UUID(frame.get(name)))
    except (ValueError, TypeError, AttributeError):
        raise BadFrame(f"Expected {name} to be an id.") from None


def _number(frame: dict[str, Any], name: str) -> int:
    value = frame.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= streams.END_SEQ:
        raise BadFrame(f"Expected {name} to be a number from 0.")
    return value
