"""One socket's view of one reply: what it was sent, what it has drawn, and how it catches up."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.db import DatabaseError

from conversations import queries, reply_view, streams
from conversations.events import Ended, Snapshot, Waiting
from conversations.models import Generation
from conversations.offload import in_thread
from conversations.streams import Entry
from conversations.tail import Tail, merged_frame

log = structlog.get_logger("parley.sockets")

# A page acknowledges what it has drawn twice a second; one that does not read is sent no more than this.
MOST_UNDRAWN_BYTES = 256 * 1024
# A flushed event log: the next snapshot in Postgres closes the gap, at most this much later.
GAP_PAUSE_SECONDS = 0.3


class Following:
    """Follows a generation for one socket: in order, without gaps, and never far ahead of the reader."""

    def __init__(self, generation: str, tail: Tail, send: Callable[[str], Awaitable[None]]) -> None:
        self.generation = generation
        self._tail = tail
        self._send = send
        self._sent_to = 0
        self._undrawn: list[tuple[int, int]] = []  # (last number, bytes) of frames not acknowledged
        self._undrawn_bytes = 0
        self._is_paused = False
        self.is_over = False  # ended, or told to stop
        self._early: list[tuple[Entry, str]] | None = None  # live entries while catching up
        self._task: asyncio.Task[None] | None = None

    def start(self, after: int) -> None:
        """Give what came after `after`, then go on live."""
        self._sent_to = after
        self._begin_catch_up()

    def stop(self) -> None:
        """Be sent no more."""
        self.is_over = True
        self._tail.unfollow(self.generation, self)

    def drawn(self, seq: int) -> None:
        """The reader has drawn up to `seq`: there may be room again."""
        while self._undrawn and self._undrawn[0][0] <= seq:
            self._undrawn_bytes -= self._undrawn.pop(0)[1]
        if self._is_paused and self._undrawn_bytes < MOST_UNDRAWN_BYTES // 2:
            self._is_paused = False
            self._begin_catch_up()

    async def deliver(self, generation: str, entry: Entry, frame: str) -> None:
        """A live entry from the tail."""
        if self._early is not None:
            self._early.append((entry, frame))
        else:
            await self._take(entry, frame)

    async def resync(self, generation: str) -> None:
        """Look at Postgres for what the stream did not tell."""
        if not self._is_paused:
            self._begin_catch_up()

    # --- steps ------------------------------------------------------------------------------------------------

    def _begin_catch_up(self) -> None:
        """In a task of its own: a catch-up may wait for a snapshot, and nobody else must wait with it."""
        if self._early is None and not self.is_over:
            self._early = []
            self._task = asyncio.create_task(self._catch_up())

    async def _take(self, entry: Entry, frame: str) -> None:
        if self.is_over or self._is_paused or entry.seq <= self._sent_to:
            return
        if entry.is_end:
            self.stop()
            await self._send(frame)
        elif entry.seq == self._sent_to + 1:
            await self._give(frame, entry.seq)
        else:
            self._begin_catch_up()

    async def _give(self, frame: str, last: int) -> None:
        self._sent_to = last
        self._undrawn.append((last, len(frame)))
        self._undrawn_bytes += len(frame)
        await self._send(frame)
        if self._undrawn_bytes > MOST_UNDRAWN_BYTES:
            # Not dropped: read again from the log when the reader has caught up.
            self._is_paused = True
            self._tail.unfollow(self.generation, self)

    async def _catch_up(self) -> None:
        await self._tail.follow(self.generation, self, self._read)
        early, self._early = self._early or [], None
        for entry, frame in early:
            await self._take(entry, frame)

    async def _read(self) -> int:
        """Give what is there now; returns the last number given, to go on from."""
        while not self.is_over:
            try:
                entries = await streams.read_after(self.generation, self._sent_to)
            except streams.Unreachable:
                entries = []
            if entries and streams.is_contiguous(entries, self._sent_to):
                await self._give_entries(entries)
                break
            try:
                if await self._give_row(entries):
                    break
            except DatabaseError as fault:
                log.warning("no snapshot; trying again", generation=self.generation, fault=str(fault)[:200])
            await asyncio.sleep(GAP_PAUSE_SECONDS)
        return self._sent_to

    async def _give_entries(self, entries: list[Entry]) -> None:
        deltas = [entry for entry in entries if not entry.is_end]
        if deltas:
            await self._give(merged_frame(self.generation, deltas), deltas[-1].seq)
        if entries[-1].is_end and not self.is_over:
            await self._give_end()

    async def _give_end(self) -> None:
        view = await in_thread(_view, self.generation)
        self.stop()
        await self._send(Ended(generation=self.generation, reply=view).encode())

    async def _give_row(self, entries: list[Entry]) -> bool:
        """From Postgres, where the log has nothing or a gap. False = the snapshot does not reach the log yet."""
        row = await in_thread(_row, self.generation)
        if not row["is_unfinished"]:
            await self._give_end()
            return True
        snapshot: Snapshot = row["snapshot"]
        if snapshot.seq > self._sent_to:
            await self._give(snapshot.encode(), snapshot.seq)
        elif not entries and self._sent_to == 0:
            await self._send(row["waiting"].encode())
        return not entries or streams.is_contiguous(
            [entry for entry in entries if entry.seq > self._sent_to], self._sent_to
        )


def _row(generation_id: str) -> dict[str, Any]:
    generation = (
        Generation.objects.select_related("reply", "model")
        .prefetch_related("attempts", "model__routes__provider")
        .get(pk=generation_id)
    )
    view = reply_view.reply_view(generation.reply)
    return {
        "is_unfinished": generation.is_unfinished,
        "snapshot": Snapshot(
            generation=generation_id,
            seq=view["seq"],
            reasoning=view["reasoning"],
            text=view["text"],
            thought_ms=view["thought_ms"],
        ),
        "waiting": Waiting(
            generation=generation_id,
            provider=queries.provider_name_of(generation),
            since_ms=view["waiting_since_ms"] or 0,
        ),
    }


def _view(generation_id: str) -> dict[str, Any]:
    return reply_view.reply_view(queries.generation_with_reply(uuid.UUID(generation_id)).reply)
