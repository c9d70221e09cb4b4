"""The worker's loops. Each goes on after a fault of its own: nothing here needs a hand to restart it."""

import asyncio
import os
import secrets
import socket

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from redis.asyncio.client import PubSub

from conversations import fault_points, hints, streams
from conversations.generation import claim, reap
from conversations.generation.desk import Desk
from conversations.offload import in_thread
from conversations.providers import registry

log = structlog.get_logger("parley.worker")

LOOK_SECONDS = 1.0
MOST_RUNNING = 200
PAUSE_AFTER_FAULT_SECONDS = 1.0
PING_SECONDS = 5.0


class Worker:
    """Claims generations and runs them until told to drain."""

    def __init__(self) -> None:
        # A name of its own for every start: rows of an earlier life are not ours.
        self.desk = Desk(f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(3)}")
        self._wake = asyncio.Event()
        self._is_draining = False
        self._loops: list[asyncio.Task[None]] = []
        self._claiming: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to claim. Must be called in the event loop that it is to live in."""
        self._claiming = asyncio.create_task(self._claim_forever())
        self._loops = [
            asyncio.create_task(self.desk.tick_forever()),
            asyncio.create_task(self.desk.watch_forever()),
            asyncio.create_task(self._listen_forever()),
            asyncio.create_task(self._reap_forever()),
        ]

    async def until_broken(self) -> None:
        """Return only when a loop ended by a fault nobody foresaw; its exception is raised."""
        loops = [*self._loops, *([self._claiming] if self._claiming else [])]
        ended, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
        for loop in ended:
            loop.result()

    async def stop(self) -> None:
        """Claim no more, give running replies their grace, end the rest as interrupted, close everything."""
        self._is_draining = True
        self._wake.set()
        if self._claiming is not None:
            # Not cancelled: what a claim has taken must be started, or nobody would run it.
            await asyncio.gather(self._claiming, return_exceptions=True)
        await self.desk.drain(settings.TIMINGS.grace)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await registry.close_all()
        await streams.close_clients()

    async def _claim_forever(self) -> None:
        while not self._is_draining:
            try:
                await self._claim()
            except (DatabaseError, InterfaceError) as fault:
                log.warning("nothing claimed", fault=str(fault)[:200])
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _claim(self) -> None:
        """Begin all that waits and for which there is room."""
        while not self._is_draining and (room := MOST_RUNNING - len(self.desk)) > 0:
            taken = await in_thread(claim.claim, worker=self.desk.worker, most=room)
            if not taken:
                return
            await fault_points.reached("after_claim")
            for generation_id in taken:
                self.desk.start(generation_id)

    async def _reap_forever(self) -> None:
        lease = settings.TIMINGS.lease
        while True:
            # Six looks a lease, so that a silent worker's replies end soon after it.
            await asyncio.sleep(lease / 6)
            try:
                await reap.reap_stale()
            except (DatabaseError, InterfaceError) as fault:
                log.warning("nothing reaped", fault=str(fault)[:200])

    async def _listen_forever(self) -> None:
        """Hear that there is work. Without Redis, the one-second look finds it."""
        while True:
            try:
                async with streams.listener().pubsub() as channel:
                    await channel.subscribe(hints.WORKERS_CHANNEL)
                    await self._hear(channel)
            except streams.Unreachable:
                await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)

    async def _hear(self, channel: PubSub) -> None:
        is_asked = False
        while True:
            message = await channel.get_message(timeout=PING_SECONDS)
            if message is None:
                if is_asked:
                    raise TimeoutError("a half-open link: the ping before was not answered")
                await channel.ping()
            is_asked = message is None
            if message is not None and message["type"] == "message":
                self._wake.set()
                self.desk.look()
