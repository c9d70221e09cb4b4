"""The event log of running replies: one Redis Stream each, `reply:{generation}`.

An entry's id is its sequence number ("17-0"), so "resume after 17" is a read after "17-0". The last entry has
the largest id there is, which closes the stream to a late writer. Redis is never the only copy: whatever is
missing here is in Postgres within a second.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from conversations import redis_link

# Accepted by Valkey as the larger part of an id, and still exact as a JavaScript number.
END_SEQ = 9_007_199_254_740_991
KEPT_SECONDS = 3600
_FIELD, _KEPT_FIELD = b"e", b"k"

Unreachable = (RedisError, OSError, asyncio.TimeoutError)

BLOCK_MS = 5_000  # of one XREAD
_COMMAND_SECONDS = 2.0  # a Redis that hangs is as good as none
_LISTEN_SECONDS = BLOCK_MS / 1000 + 5  # silence beyond the block time: the link is dead

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[float, redis.Redis]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered event as stored: `body` is a JSON object's bytes, the frame without its address.

    `kept` is what no page is given and whoever ends the reply for its worker needs: its hops as a message keeps them,
    a JSON object by their number; b"" where there are none.
    """

    seq: int
    body: bytes
    kept: bytes = b""

    @property
    def is_end(self) -> bool:
        return self.seq == END_SEQ


def client() -> redis.Redis:
    """This event loop's connections for commands, each of which is answered at once or not at all."""
    return _client(_COMMAND_SECONDS)


def listener() -> redis.Redis:
    """This event loop's connections for reads that wait: XREAD and SUBSCRIBE."""
    return _client(_LISTEN_SECONDS)


async def close_clients() -> None:
    """Close this event loop's connections."""
    for one in _clients.pop(asyncio.get_running_loop(), {}).values():
        await one.aclose()


def _client(patience: float) -> redis.Redis:
    clients = _clients.setdefault(asyncio.get_running_loop(), {})
    if patience not in clients:
        # `protocol` stays unset: with 3, XREAD answers in another shape. One retry, for a connection that a
        # restart of Redis has cut.
        pool = redis.ConnectionPool(
            **redis_link.options(settings.REDIS_URL),
            socket_timeout=patience,
            socket_connect_timeout=_COMMAND_SECONDS,
            retry=Retry(NoBackoff(), 1),
        )
        clients[patience] = redis.Redis.from_pool(pool)
    return clients[patience]


def key_of(generation: str) -> str:
    return f"reply:{generation}"


async def append(entries: Iterable[tuple[str, Entry]]) -> list[str]:
    """Add entries, each with its generation, in one round trip; returns the generations that refused theirs.

    A refusal means that the stream was closed or is ahead: the writer must look at its Generation row.
    """
    batch = list(entries)
    pipe = client().pipeline(transaction=False)
    for generation, entry in batch:
        fields: Any = {_FIELD: entry.body} | ({_KEPT_FIELD: entry.kept} if entry.kept else {})
        pipe.xadd(key_of(generation), fields, id=f"{entry.seq}-0")
        pipe.expire(key_of(generation), KEPT_SECONDS)
    results = await pipe.execute(raise_on_error=False)
    refused = []
    for (generation, _), result in zip(batch, results[::2], strict=True):
        if isinstance(result, ResponseError) and "equal or smaller" in str(result):
            refused.append(generation)
        elif isinstance(result, Exception):
            raise result  # out of memory, read-only, loading: Redis is not to be had
    return refused


async def close(generation: str, body: bytes) -> None:
    """Add the last entry. Called after the commit that ended the generation; repeating it is harmless."""
    await append([(generation, Entry(END_SEQ, body))])


async def read_after(generation: str, seq: int, *, most: int | None = None) -> list[Entry]:
    """The entries after `seq`, or the first `most` of them; empty when there are none or the stream is gone."""
    rows: Any = await client().xrange(key_of(generation), min=f"({seq}-0", max="+", count=most)
    return [entry_of(*row) for row in rows]


async def last_seq(generation: str) -> int:
    """The newest entry's number; 0 when there is none."""
    rows: Any = await client().xrevrange(key_of(generation), count=1)
    return entry_of(*rows[0]).seq if rows else 0


def entry_of(entry_id: bytes, fields: dict[bytes, bytes]) -> Entry:
    """A stream's row as an Entry."""
    return Entry(int(entry_id.split(b"-", 1)[0]), fields[_FIELD], fields.get(_KEPT_FIELD, b""))


def is_contiguous(entries: Sequence[Entry], after: int) -> bool:
    """True when nothing is missing between `after` and these entries. The last entry follows any number."""
    for entry in entries:
        if not entry.is_end and entry.seq != after + 1:
            return False
        after = entry.seq
    return True
