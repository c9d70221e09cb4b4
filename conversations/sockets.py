"""All open sockets of this process: who may keep theirs, and whose reply needs another look.

Rights are rows, looked at once a second for everybody together; nothing is frozen at connect time.
"""

import asyncio
import contextvars
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Protocol

import structlog
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import User
from conversations import streams
from conversations.events import Close, Hint, Topic
from conversations.generation import reap
from conversations.models import UNFINISHED, Generation
from conversations.offload import in_thread
from conversations.tail import Tail

log = structlog.get_logger("parley.sockets")

LOOK_SECONDS = 1.0
MOST_PER_USER = 20
# Of all of a person's sockets here together; each has a limit of its own besides (`consumers`).
MOST_FRAMES_PER_SECOND = 200


class Pace:
    """Counts what comes within a second."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._second = self._count = 0

    def is_exceeded(self) -> bool:
        """Count one more; True when that is too many for this second."""
        second = int(monotonic())
        self._count = self._count + 1 if second == self._second else 1
        self._second = second
        return self._count > self._most


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
_of_person: Counter[uuid.UUID] = Counter()
_paces: dict[uuid.UUID, Pace] = {}
_watching: list[asyncio.Task[None]] = []
tail = Tail()


def admit(socket: Socket) -> bool:
    """Count a socket in, unless its person has too many."""
    if _of_person[socket.user_id] >= MOST_PER_USER:
        return False
    _open.add(socket)
    _of_person[socket.user_id] += 1
    _paces.setdefault(socket.user_id, Pace(MOST_FRAMES_PER_SECOND))
    if not _watching:
        # Contexts of their own: they must not hold on to the socket that happened to be the first.
        _watching.extend(
            asyncio.create_task(_forever(look), context=contextvars.Context())
            for look in (_shut_who_lost_their_right, _look_after_the_silent)
        )
    return True


def dismiss(socket: Socket) -> None:
    """Count a socket out."""
    if socket in _open:
        _open.discard(socket)
        _of_person[socket.user_id] -= 1
        if not _of_person[socket.user_id]:
            del _of_person[socket.user_id], _paces[socket.user_id]


def is_flooded_by(user_id: uuid.UUID) -> bool:
    """Count a frame of somebody who has a socket here; True when all of theirs say too much."""
    return _paces[user_id].is_exceeded()


async def tell_all_to_reconnect() -> None:
    """Before this process goes: pages open a socket to another one and follow on from their last number."""
    frame = Hint(topic=Topic.RECONNECT).encode()
    await asyncio.gather(*(socket.tell(frame) for socket in list(_open)), return_exceptions=True)


async def _forever(look: Callable[[], Awaitable[None]]) -> None:
    """Look once a second. Nothing that goes wrong once may end it: rights would never be looked at again."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            if _open:
                await look()
        except DatabaseError as fault:
            log.warning("nobody looked at", look=look.__name__, fault=str(fault)[:200])
        except Exception:
            log.exception("a look failed; looking again", look=look.__name__)


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
    kept = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    return active, set(kept.values_list("session_key", flat=True))


async def _look_after_the_silent() -> None:
    """Silence may be thought, a flushed log, a log that cannot be had, or a dead worker. The rows tell."""
    silent = tail.silent()
    if not silent:
        return
    await reap.reap_stale()
    saved = await in_thread(_saved, list(silent))
    for generation, followers in silent.items():
        for follower in followers:
            if follower.sent_to < saved.get(generation, streams.END_SEQ):
                follower.fall_behind()


def _saved(generations: list[str]) -> dict[str, int]:
    """The number up to which each unfinished reply is in Postgres."""
    rows = Generation.objects.filter(pk__in=generations, status__in=UNFINISHED)
    return {str(key): seq for key, seq in rows.values_list("pk", "reply__snapshot_seq")}
