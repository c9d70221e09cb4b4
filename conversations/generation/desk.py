"""All running replies of one worker: their frames go out together, and their rows are looked after together."""

import asyncio
import uuid

import structlog
from django.conf import settings
from django.db import DatabaseError, DataError, InterfaceError

from conversations import fault_points, streams
from conversations.generation import watch
from conversations.generation.run import Cause, Run
from conversations.generation.watch import Look
from conversations.offload import in_thread
from conversations.streams import Entry

log = structlog.get_logger("parley.worker")

# After its grace a worker tries this long to commit the ends of its replies.
LAST_COMMIT_SECONDS = 8.0


class Desk:
    """Keeps the runs of one worker. One pipeline of entries per tick, one transaction of snapshots per second."""

    def __init__(self, worker: str) -> None:
        self.worker = worker
        self._runs: dict[uuid.UUID, Run] = {}
        self._tasks: dict[uuid.UUID, asyncio.Task[None]] = {}
        self._sending = asyncio.Lock()  # one writer at a time, so that entries arrive in their order
        self._hurry = asyncio.Event()
        self._look_now = asyncio.Event()
        self._redis_is_away = False

    def __len__(self) -> int:
        return len(self._runs)

    def start(self, generation_id: uuid.UUID) -> None:
        """Run a claimed generation, in a task of its own."""
        run = Run(generation_id, self.worker, self)
        self._runs[generation_id] = run
        self._tasks[generation_id] = asyncio.create_task(self._keep(run))

    def hurry(self) -> None:
        self._hurry.set()

    def look(self) -> None:
        """Look at the rows now: somebody may want a reply stopped."""
        self._look_now.set()

    async def send_fresh(self, run: Run) -> None:
        async with self._sending:
            entry = run.recorder.next_entry()
            if entry is not None:
                await self._append([(run.id, entry)])

    async def send_last(self, run: Run) -> None:
        async with self._sending:
            entry = run.recorder.end()
            if entry is not None:
                await self._append([(run.id, entry)])

    async def tick_forever(self) -> None:
        """Send what runs have written, once a tick, and a reply's first token at once."""
        while True:
            try:
                async with asyncio.timeout(settings.TIMINGS.tick if self._runs else None):
                    await self._hurry.wait()
            except TimeoutError:
                pass
            self._hurry.clear()
            async with self._sending:
                entries = [
                    (run.id, entry)
                    for run in self._runs.values()
                    if run.recorder.has_fresh and (entry := run.recorder.next_entry()) is not None
                ]
                if entries:
                    await self._append(entries)

    async def watch_forever(self) -> None:
        """Save text, show that we live, and hear who is to stop; once a snapshot interval and when told to look."""
        while True:
            try:
                async with asyncio.timeout(settings.TIMINGS.snapshot):
                    await self._look_now.wait()
            except TimeoutError:
                pass
            self._look_now.clear()
            if self._runs:
                await self._watch()

    async def drain(self, grace: float) -> None:
        """Let running replies finish for `grace` seconds, then interrupt them.

        One whose end cannot be committed, because Postgres is away, is left to the reaper.
        """
        tasks = list(self._tasks.values())
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=grace)
        for run in list(self._runs.values()):
            run.cancel(Cause.SHUTDOWN)
        _, left = await asyncio.wait(tasks, timeout=LAST_COMMIT_SECONDS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _keep(self, run: Run) -> None:
        try:
            await run.run()
        except Exception:
            # The row stays `running` and its heartbeat stops: the reaper ends it with the text it finds.
            log.exception("run broke", generation=run.id)
        finally:
            del self._runs[run.generation_id], self._tasks[run.generation_id]

    async def _append(self, entries: list[tuple[str, Entry]]) -> None:
        try:
            refused = await streams.append(entries)
        except streams.Unreachable as fault:
            if not self._redis_is_away:
                log.warning("event log unreachable; snapshots go on", fault=type(fault).__name__)
            self._redis_is_away = True
            return
        except Exception:
            # The log is for show: whatever is wrong with it, no reply may be ended by it.
            log.exception("event log broke; snapshots go on")
            return
        self._redis_is_away = False
        if refused:
            # A stream refuses what is not newer than all it holds: somebody may have ended this reply.
            log.warning("event log refused entries", generations=refused)
            self.look()

    async def _watch(self) -> None:
        runs = dict(self._runs)
        try:
            looks = await in_thread(watch.look, self.worker, list(runs))
            for key, run in runs.items():
                self._heed(run, looks.get(key))
            await self._save({key: run for key, run in runs.items() if run.recorder.seq > run.saved_seq})
        except (DatabaseError, InterfaceError) as fault:
            log.warning("rows not reached; text is kept in memory", fault=str(fault)[:200])

    async def _save(self, runs: dict[uuid.UUID, Run]) -> None:
        """All in one transaction; where that cannot be stored, each by itself, so that one cannot hold up others."""
        fresh = {key: run.recorder.snapshot() for key, run in runs.items()}
        if fresh:
            await fault_points.reached("flush")
        try:
            await in_thread(watch.save, self.worker, fresh)
        except DataError:
            for key, snapshot in fresh.items():
                try:
                    await in_thread(watch.save, self.worker, {key: snapshot})
                except DataError as fault:
                    log.error("text not saved", generation=str(key), fault=str(fault)[:200])
        for key, run in runs.items():
            run.saved_seq = fresh[key].seq

    def _heed(self, run: Run, look: Look | None) -> None:
        if look is None:
            if run.generation_id in self._runs:
                run.cancel(Cause.LOST)
        elif look.is_stopped:
            run.cancel(Cause.STOP, look.stop_seq)
