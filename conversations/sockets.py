"""All open sockets of this process: who may keep theirs, and whose reply needs another look.

Rights are rows, looked at once a second for everybody together; nothing is frozen at connect time.
"""

import asyncio
import uuid
from collections import Counter
from typing import Protocol

import structlog
from django.contrib.sessions.models import Session
from django.db import DatabaseError

from accounts.models import User
from conversations.events import Close, Hint, Topic
from conversations.generation import reap
from conversations.models import UNFINISHED, Generation
from conversations.offload import in_thread
from conversations.tail import Tail

log = structlog.get_logger("parley.sockets")

LOOK_SECONDS = 1.0
MOST_PER_USER = 20


class Socket(Protocol):
    """What a consumer tells about itself, and may be asked to do."""

    user_id: uuid.UUID
    session_key: str
    password_mark: str  # changes with the password, and then the socket's sign-in is over

    async def tell(self, frame: str) -> None:
        """Send a frame."""

    async def shut(self, code: int) -> None:
        """Close with this code."""


_open: set[Socket] = set()
_watching: asyncio.Task[None] | None = None
tail = Tail()


def admit(socket: Socket) -> bool:
    """Count a socket in, unless its person has too many."""
    global _watching
    if Counter(other.user_id for other in _open)[socket.user_id] >= MOST_PER_USER:
        return False
    _open.add(socket)
    if _watching is None:
        _watching = asyncio.create_task(_watch_forever())
    return True


def dismiss(socket: Socket) -> None:
    """Count a socket out."""
    _open.discard(socket)


async def tell_all_to_reconnect() -> None:
    """Before this process goes: pages open a socket to another one and follow on from their last number."""
    frame = Hint(topic=Topic.RECONNECT).encode()
    await asyncio.gather(*(socket.tell(frame) for socket in list(_open)), return_exceptions=True)


async def _watch_forever() -> None:
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        if not _open:
            continue
        try:
            await _shut_who_lost_their_right()
            await _resync_the_silent()
        except (DatabaseError, OSError) as fault:
            log.warning("rights not looked at; trying again", fault=str(fault)[:200])


async def _shut_who_lost_their_right() -> None:
    sockets = list(_open)
    marks, sessions = await in_thread(_rights, {s.user_id for s in sockets}, {s.session_key for s in sockets})
    for socket in sockets:
        if socket.user_id not in marks:
            await socket.shut(Close.SUSPENDED)
        elif socket.session_key not in sessions or marks[socket.user_id] != socket.password_mark:
            await socket.shut(Close.SIGNED_OUT)


def _rights(users: set[uuid.UUID], sessions: set[str]) -> tuple[dict[uuid.UUID, str], set[str]]:
    active = dict(User.objects.filter(pk__in=users, is_active=True).values_list("pk", "password"))
    kept = set(Session.objects.filter(session_key__in=sessions).values_list("session_key", flat=True))
    return active, kept


async def _resync_the_silent() -> None:
    silent = tail.silent()
    if not silent:
        return
    await reap.reap_stale()
    running = await in_thread(_still_running, list(silent))
    for generation, followers in silent.items():
        if generation not in running:
            for follower in followers:
                await follower.resync(generation)


def _still_running(generations: list[str]) -> set[str]:
    rows = Generation.objects.filter(pk__in=generations, status__in=UNFINISHED)
    return {str(key) for key in rows.values_list("pk", flat=True)}
