"""One socket's view of one reply: what it was sent, what it has drawn, and how it catches up."""

import asyncio
import contextvars
import uuid
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from django.db import DatabaseError

from conversations import hops, queries, reply_view, streams
from conversations.events import Ended, Snapshot, Waiting
from conversations.models import Generation
from conversations.offload import in_thread
from conversations.room import MOST_UNDRAWN_BYTES, Room
from conversations.streams import Entry
from conversations.tail import Tail, frame_of, merged_frame

log = structlog.get_logger("parley.sockets")

MERGED_BYTES = MOST_UNDRAWN_BYTES // 4
# A long reply is caught up with in pieces: many that come back at once must not hold all of it many times over.
MOST_READ = 500
# A flushed event log: the next snapshot in Postgres closes the gap, at most this much later.
GAP_PAUSE_SECONDS = 0.3
FAULT_PAUSE_SECONDS = 1.0


class Following:
    """Follows a generation for one socket: in order, without gaps, and never far ahead of the reader.

    Live entries go straight to the socket while all is well. At the start, after a gap and after a pause one
    task reads what is missing; entries that arrive meanwhile wait behind it.
    """

    def __init__(
        self, generation: str, tail: Tail, send: Callable[[str], Awaitable[None]], room: Room
    ) -> None:
        self.generation = generation
        self.sent_to = 0
        self.is_over = False  # ended, or told to stop
        self._tail = tail
        self._send = send
        self._room = room
        self._undrawn: deque[tuple[int, int]] = deque()  # (last number, bytes) of frames not acknowledged
        self._is_paused = False
        self._is_live = False
        self._early: deque[tuple[Entry, str]] = deque()  # live entries that arrived while catching up
        self._behind = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, after: int) -> None:
        """Give what came after `after`, then go on live."""
        self.sent_to = after
        self._behind.set()
        # A context of its own: a task must not hold on to the request or socket that happened to start it.
        self._task = asyncio.create_task(self._catch_up_forever(), context=contextvars.Context())

    def stop(self) -> None:
        """Be sent no more."""
        self.is_over = True
        self._tail.unfollow(self.generation, self)
        self.drawn(streams.END_SEQ)
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    def drawn(self, seq: int) -> None:
        """The reader has received up to `seq`: there may be room again."""
        while self._undrawn and self._undrawn[0][0] <= seq:
            self._room.give_back(self._undrawn.popleft()[1])

    async def deliver(self, entry: Entry, frame: str) -> None:
        """A live entry from the tail."""
        if self.is_over or self._is_paused:
            return
        if not self._is_live:
            self._early.append((entry, frame))
        elif not await self._take(entry, frame):
            self.fall_behind()

    def fall_behind(self) -> None:
        """Look again, in the log and in Postgres, for what the live entries did not tell."""
        self._is_live = False
        self._behind.set()

    # --- steps ------------------------------------------------------------------------------------------------

    async def _catch_up_forever(self) -> None:
        while not self.is_over:
            await self._behind.wait()
            self._behind.clear()
            if self._is_paused:
                continue
            try:
                await self._tail.follow(self.generation, self, self._read)
                await self._give_early()
            except DatabaseError as fault:
                log.warning("catch-up waits for Postgres", fault=str(fault)[:200])
                await asyncio.sleep(FAULT_PAUSE_SECONDS)
                self._behind.set()
            except Exception:
                # Whatever it was costs this reader a moment; the log and the rows are still there.
                log.exception("catch-up broke; trying again", generation=self.generation)
                await asyncio.sleep(FAULT_PAUSE_SECONDS)
                self._behind.set()

    async def _give_early(self) -> None:
        while self._early:
            if not await self._take(*self._early.popleft()):
                self._early.clear()
                self._behind.set()
                return
        self._is_live = not self._is_paused

    async def _take(self, entry: Entry, frame: str) -> bool:
        """Give an entry if it is the next one; False = there is a gap before it."""
        if self.is_over or self._is_paused or entry.seq <= self.sent_to:
            return True
        if entry.is_end:
            await self._end(frame)
        elif entry.seq == self.sent_to + 1:
            await self._give(frame, entry.seq)
        else:
            return False
        return True

    async def _give(self, frame: str, last: int) -> None:
        """Send, if there is room. What is not sent is not dropped: it is read again when there is."""
        if self._room.is_full():
            self._pause()
            return
        self.sent_to = last
        size = len(frame.encode())
        self._undrawn.append((last, size))
        self._room.take(size)
        await self._send(frame)
        if self._room.is_full():
            self._pause()

    def _pause(self) -> None:
        if self._is_paused:
            return
        self._is_paused, self._is_live = True, False
        self._early.clear()
        self._tail.unfollow(self.generation, self)
        self._room.wait(self._go_on)

    def _go_on(self) -> None:
        self._is_paused = False
        self._behind.set()

    async def _end(self, frame: str) -> None:
        self.stop()
        await self._send(frame)

    async def _read(self) -> int:
        """Give what there is now; returns the last number given, to go on from."""
        while not self.is_over and not self._is_paused:
            try:
                entries = await streams.read_after(self.generation, self.sent_to, most=MOST_READ)
            except streams.Unreachable:
                entries = []
            if entries and streams.is_contiguous(entries, self.sent_to):
                await self._give_entries(entries)
            elif not await self._give_row(entries):
                await asyncio.sleep(GAP_PAUSE_SECONDS)
                continue
            if len(entries) < MOST_READ:
                break
        return self.sent_to

    async def _give_entries(self, entries: list[Entry]) -> None:
        """Merged, in frames of a size that a reader's pace can be told by."""
        merged: list[Entry] = []
        size = 0
        for entry in entries:
            if merged and (entry.is_end or size > MERGED_BYTES):
                await self._give(merged_frame(self.generation, merged), merged[-1].seq)
                merged, size = [], 0
            if self._is_paused or self.is_over:
                return
            if entry.is_end:
                await self._end(frame_of(self.generation, entry))
                return
            merged.append(entry)
            size += len(entry.body)
        if merged:
            await self._give(merged_frame(self.generation, merged), merged[-1].seq)

    async def _give_row(self, entries: list[Entry]) -> bool:
        """From Postgres, where the log has nothing or a gap. False = the snapshot does not reach the log yet."""
        row = await in_thread(_row, self.generation)
        if not row["is_unfinished"]:
            await self._end(Ended(generation=self.generation, reply=row["view"]).encode())
            return True
        snapshot: Snapshot = row["snapshot"]
        if snapshot.seq > self.sent_to:
            await self._give(snapshot.encode(), snapshot.seq)
        elif not entries and self.sent_to == 0:
            await self._send(row["waiting"].encode())
        beyond = [entry for entry in entries if entry.seq > self.sent_to]
        if not streams.is_contiguous(beyond, self.sent_to):
            return False
        if beyond:
            await self._give_entries(beyond)
        return True


def _row(generation_id: str) -> dict[str, Any]:
    # When a server restarts, all its sockets ask this at once: no query more than what is to be said needs.
    generation = Generation.objects.select_related("reply__conversation__owner", "model").get(
        pk=uuid.UUID(generation_id)
    )
    reply = generation.reply
    is_waiting = generation.is_unfinished and not reply.snapshot_seq
    return {
        "is_unfinished": generation.is_unfinished,
        "view": None if generation.is_unfinished else reply_view.reply_view(reply),
        "snapshot": Snapshot(
            generation=generation_id,
            seq=reply.snapshot_seq,
            reasoning=reply.reasoning,
            text=reply.text,
            thought_ms=reply.reasoning_ms,
            hops=hops.shown(hops.from_json(reply.hops)),
        ),
        "waiting": Waiting(
            generation=generation_id,
            provider=queries.provider_name_of(generation) if is_waiting else "",
            since_ms=reply_view.since_ms(generation.queued_at),
        ),
    }
