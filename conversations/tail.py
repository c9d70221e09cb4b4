"""The live end of all followed replies: one XREAD loop per process, whatever the number of sockets.

A frame is made once and handed to each follower. Started with the first follower, in the loop that follows.
"""

import asyncio
import contextvars
import secrets
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Protocol

import orjson
import structlog

from conversations import streams
from conversations.streams import Entry

log = structlog.get_logger("parley.tail")

MOST_ENTRIES = 500
SILENT_SECONDS = 5.0
PAUSE_AFTER_FAULT_SECONDS = 1.0
_WAKE_KEPT_SECONDS = 60


class Follower(Protocol):
    """Somebody who is shown a reply."""

    sent_to: int  # the last number given

    async def deliver(self, entry: Entry, frame: str) -> None:
        """Take the next entry. `frame` is its text for the wire, made once for all."""

    def fall_behind(self) -> None:
        """Look for yourself: the stream has been silent, or has lost something."""


def frame_of(generation: str, entry: Entry) -> str:
    """An entry as the socket's frame: `ended` for the last one, else a `delta` of one number."""
    body = entry.body.decode()
    if entry.is_end:
        return f'{{"type":"ended","generation":"{generation}",{body[1:]}'
    return f'{{"type":"delta","generation":"{generation}","first":{entry.seq},"last":{entry.seq},{body[1:]}'


def merged_frame(generation: str, entries: list[Entry]) -> str:
    """Several numbered entries as one delta."""
    text, reasoning, thought_ms = [], [], None
    hops: dict[int, Any] = {}
    for entry in entries:
        body = orjson.loads(entry.body)
        text.append(body.get("text", ""))
        reasoning.append(body.get("reasoning", ""))
        thought_ms = body.get("thought_ms", thought_ms)
        hops |= {hop["number"]: hop for hop in body.get("hops", ())}
    merged: dict[str, object] = {
        "type": "delta",
        "generation": generation,
        "first": entries[0].seq,
        "last": entries[-1].seq,
        "reasoning": "".join(reasoning),
        "text": "".join(text),
    }
    if thought_ms is not None:
        merged["thought_ms"] = thought_ms
    if hops:
        merged["hops"] = list(hops.values())
    return orjson.dumps(merged).decode()


async def _last_seq(generation: str) -> int:
    try:
        return await streams.last_seq(generation)
    except streams.Unreachable:
        return 0


class Tail:
    """Hands new entries of followed replies to their followers."""

    def __init__(self) -> None:
        self._followers: dict[str, set[Follower]] = {}
        self._read_to: dict[str, int] = {}
        self._heard_at: dict[str, float] = {}
        self._wake_key = f"tail:{secrets.token_hex(8)}"
        self._wake_id = "0-0"
        self._loop: asyncio.Task[None] | None = None
        self._fresh = asyncio.Event()
        self._is_deaf = False

    async def follow(self, generation: str, follower: Follower, read: Callable[[], Awaitable[int]]) -> None:
        """Register first, then `read` what there is (it returns the last number it gave), then live entries.

        Entries that arrive in between reach the follower too; it drops what it has. A follower that left while
        it read is followed no more.
        """
        if self._loop is None or self._loop.done():
            self._loop = asyncio.create_task(self._read_forever(), context=contextvars.Context())
        self._followers.setdefault(generation, set()).add(follower)
        self._heard_at.setdefault(generation, monotonic())
        read_to = await read()
        if follower in self._followers.get(generation, ()) and generation not in self._read_to:
            # A page may say any number; others read along from here.
            self._read_to[generation] = min(read_to, await _last_seq(generation))
            await self._wake()

    def unfollow(self, generation: str, follower: Follower) -> None:
        """Stop handing entries to this follower."""
        followers = self._followers.get(generation)
        if followers is None:
            return
        followers.discard(follower)
        if not followers:
            del self._followers[generation]
            self._read_to.pop(generation, None)
            self._heard_at.pop(generation, None)

    def silent(self) -> dict[str, list[Follower]]:
        """The followed replies of which nothing was heard for long: a flushed Redis says nothing either."""
        limit = monotonic() - SILENT_SECONDS
        return {
            key: list(followers) for key, followers in self._followers.items() if self._heard_at[key] < limit
        }

    async def _wake(self) -> None:
        """A blocked XREAD does not hear of new keys; the wake-up stream is one of those it reads."""
        self._fresh.set()
        try:
            pipe = streams.client().pipeline(transaction=False)
            pipe.xadd(self._wake_key, {b"w": b""}, maxlen=1)
            pipe.expire(self._wake_key, _WAKE_KEPT_SECONDS)
            await pipe.execute()
        except streams.Unreachable:
            log.warning("tail not woken; it reads again within its block time")

    async def _read_forever(self) -> None:
        while True:
            if not self._read_to:
                self._fresh.clear()
                await self._fresh.wait()
            try:
                await self._read()
                self._is_deaf = False
            except streams.Unreachable as fault:
                if not self._is_deaf:
                    log.warning("event log unreachable; followers see snapshots", fault=type(fault).__name__)
                self._is_deaf = True
                self._heard_at = dict.fromkeys(self._heard_at, float("-inf"))  # nobody need wait to be sure
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
            except Exception:
                log.exception("tail broke; reading on")
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)

    async def _read(self) -> None:
        wanted: Any = {streams.key_of(key): f"{seq}-0" for key, seq in self._read_to.items()}
        wanted[self._wake_key] = self._wake_id
        answer: Any = await streams.listener().xread(wanted, block=streams.BLOCK_MS, count=MOST_ENTRIES)
        for raw_key, rows in answer or []:
            key = raw_key.decode()
            if key == self._wake_key:
                self._wake_id = rows[-1][0].decode()
                continue
            await self._hand_out(key.removeprefix("reply:"), [streams.entry_of(*row) for row in rows])

    async def _hand_out(self, generation: str, entries: list[Entry]) -> None:
        if generation not in self._read_to:
            return
        self._read_to[generation] = entries[-1].seq
        self._heard_at[generation] = monotonic()
        for entry in entries:
            frame = frame_of(generation, entry)
            for follower in list(self._followers.get(generation, ())):
                try:
                    await follower.deliver(entry, frame)
                except Exception:
                    # One broken socket must not end everybody's: it is dropped, and its page asks again.
                    log.exception("follower dropped", generation=generation)
                    self.unfollow(generation, follower)
