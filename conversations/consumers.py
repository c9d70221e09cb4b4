"""The socket: says what happened, hears what is looked at. Every write goes over HTTP; no rule lives here."""

import asyncio
import contextvars
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError

from conversations import access, frames, hints, sockets, streams
from conversations.events import Ask, Close, Fault, Hello, Pong
from conversations.following import Following
from conversations.frames import BadFrame
from conversations.offload import in_thread
from conversations.room import Room

log = structlog.get_logger("parley.sockets")

MOST_BAD_FRAMES = 10
MOST_FRAMES_PER_SECOND = 50
MOST_FOLLOWED = 32


class Socket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser tab.

    Handlers return at once: while one waited, the server would keep all that the browser sends meanwhile.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._following: dict[str, Following] = {}
        self._room = Room()
        self._asked: dict[str, int] = {}  # replies whose permission is being looked up, and from where on
        self._under_way: set[asyncio.Task[None]] = set()
        self._bad_frames = 0
        self._pace = sockets.Pace(MOST_FRAMES_PER_SECOND)
        self._is_open = self._is_accepted = False
        try:
            await super().__call__(scope, receive, send)
        except streams.Unreachable as fault:
            # Channels listens for hints before it hands over a socket. The page reads over HTTP, and comes again.
            log.warning("nobody can be let in", fault=type(fault).__name__)
            if not self._is_accepted:
                await send({"type": "websocket.accept"})  # refused before that, a browser learns no code
            await send({"type": "websocket.close", "code": Close.TRY_AGAIN_LATER})
        finally:
            # However it ended: Channels tells of a disconnect, but not after a handler that raised.
            self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Straight to the handler. Channels would first visit the one thread that all sockets share, to close
        database connections that these handlers do not open."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        user = self.scope["user"]
        self._is_accepted = True
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
        self._go(self._group(self.channel_layer.group_add))

    async def disconnect(self, code: int) -> None:
        if self._is_open:
            self._leave()
            await self._group(self.channel_layer.group_discard)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._is_open:
            return
        if self._pace.is_exceeded() or sockets.is_flooded_by(self.user_id):
            await self.shut(Close.FLOOD)
            return
        try:
            frame = frames.decoded(text_data)
            await self._answers[frame["type"]](self, frame)
        except BadFrame as fault:
            await self._refuse("bad_frame", str(fault))

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
        for task in self._under_way - {asyncio.current_task()}:
            task.cancel()

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something that may take a while, unless the socket goes first."""
        # A context of its own: a task must not hold on to the scope that happened to start it.
        task = asyncio.create_task(work, context=contextvars.Context())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _group(self, join_or_leave: Callable[[str, str], Awaitable[None]]) -> None:
        try:
            async with asyncio.timeout(hints.PATIENCE_SECONDS):
                await join_or_leave(hints.group_of(self.user_id), self.channel_name)
        except streams.Unreachable:
            log.warning("this socket's hints are lost: event log unreachable")

    # --- what the browser may say -----------------------------------------------------------------------------

    async def _follow(self, frame: dict[str, Any]) -> None:
        generation, after = frames.id_in(frame, "generation"), frames.number_in(frame, "after")
        self._following = {key: one for key, one in self._following.items() if not one.is_over}
        known = {*self._following, *self._asked}
        if generation not in known and len(known) >= MOST_FOLLOWED:
            raise BadFrame(f"A socket follows {MOST_FOLLOWED} replies at most.")
        is_looked_up = generation in self._asked
        self._asked[generation] = after
        if not is_looked_up:
            self._go(self._look_up(generation))

    async def _look_up(self, generation: str) -> None:
        """Follow the reply, if this person may and still wants to."""
        fault: tuple[str, str] | None = None
        try:
            await in_thread(access.generation_for, self.user, uuid.UUID(generation))
        except access.NotFound:
            fault = ("not_found", "There is no such reply.")
        except (DatabaseError, InterfaceError) as error:
            log.warning("frame not answered", fault=str(error)[:200])
            fault = ("unavailable", "The server is busy. This page asks again.")
        after = self._asked.pop(generation, None)
        if fault is not None:
            await self.tell(Fault(code=fault[0], message=fault[1], generation=generation).encode())
        elif after is not None and self._is_open:
            self._follow_after(generation, after)

    def _follow_after(self, generation: str, after: int) -> None:
        if generation in self._following:
            self._following[generation].stop()
        following = Following(generation, sockets.tail, self.tell, self._room)
        self._following[generation] = following
        following.start(after)

    async def _unfollow(self, frame: dict[str, Any]) -> None:
        generation = frames.id_in(frame, "generation")
        self._asked.pop(generation, None)
        following = self._following.pop(generation, None)
        if following is not None:
            following.stop()

    async def _ack(self, frame: dict[str, Any]) -> None:
        generation, seq = frames.id_in(frame, "generation"), frames.number_in(frame, "seq")
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
