"""The socket's vocabulary, once. `static/src/models/events.ts` mirrors it (a test compares) and
`docs/protocol.md` explains it. No Django here.

Server → browser. A reply's events are numbered from 1 in its own stream; a frame carries the first and the
last number it holds, so that a merged catch-up is one frame.
"""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, ClassVar

import orjson

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Base of everything the server says; `type` is its tag on the wire."""

    type: ClassVar[str]

    def encode(self) -> str:
        """The frame as JSON text."""
        return orjson.dumps({"type": self.type, **asdict(self)}).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello(Event):
    """First frame: the dialect's version. A page of another version reloads itself when idle."""

    type = "hello"
    version: int = VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta(Event):
    """What was added to a reply by the events `first`…`last`. `thought_ms` comes when thinking ends, and again when it
    ends once more: how long in all. `hops` are those that began or came out, each whole (hops.Hop.shown)."""

    type = "delta"
    generation: str
    first: int
    last: int
    reasoning: str = ""
    text: str = ""
    thought_ms: int | None = None
    hops: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Event):
    """Unnumbered: nothing was written yet. `provider` is who is asked, or who will be."""

    type = "waiting"
    generation: str
    provider: str
    since_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot(Event):
    """The whole reply so far, from Postgres: replace what is shown; the next delta starts after `seq`."""

    type = "snapshot"
    generation: str
    seq: int
    reasoning: str
    text: str
    thought_ms: int | None
    hops: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The reply is over. `reply` is reply_view.reply_view: final text and everything at its foot."""

    type = "ended"
    generation: str
    reply: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint(Event):
    """Something changed: look again. Hints may be lost; nothing depends on them."""

    type = "hint"
    topic: str  # Topic
    id: str = ""
    data: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Event):
    """A frame of the browser's could not be taken. The socket stays open."""

    type = "fault"
    code: str
    message: str
    generation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong(Event):
    type = "pong"


SERVER_EVENTS: tuple[type[Event], ...] = (Hello, Delta, Waiting, Snapshot, Ended, Hint, Fault, Pong)


class Topic(StrEnum):
    """What a hint speaks of."""

    CONVERSATION = "conversation"  # id: began, went on, got a title; data: the sidebar's row
    LISTED = "listed"  # id: renamed, pinned, archived, deleted or back; data: the sidebar's row, `is_listed`
    SEEN = "seen"  # id: the conversation, which is not unread any more
    REPLY_STARTED = "reply_started"  # id: the generation; data: conversation, message
    REPLY_ENDED = "reply_ended"  # id: the generation; data: conversation, is_unread
    QUEUE = "queue"  # id: the conversation whose waiting messages changed
    BRANCH = "branch"  # id: the conversation that shows another branch; data: message, its end
    MONEY = "money"  # what is left changed; data: {"left": "$4.12 left"}
    RECONNECT = "reconnect"  # this web process goes away: open a new socket


class Ask(StrEnum):
    """Browser → server: `{"type": …}`."""

    FOLLOW = "follow"  # generation, after
    UNFOLLOW = "unfollow"  # generation
    ACK = "ack"  # generation, seq: drawn up to here
    PING = "ping"


class Close:
    """Why the server closes a socket."""

    BAD_FRAMES = 1008
    GOING_AWAY = 1012
    TRY_AGAIN_LATER = 1013
    SIGNED_OUT = 4401
    SUSPENDED = 4403
    FLOOD = 4429
