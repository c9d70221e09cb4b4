"""Carries to Redis what nobody should wait for, from any thread: one after another, in the order it was given.

A Redis that hangs holds up the courier, and nobody else. What could not be brought in time is dropped: all of it
says no more than "look again", and whoever is not told looks by themselves.
"""

import asyncio
import atexit
import contextlib
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog

from conversations import streams

log = structlog.get_logger("parley.courier")

Send = Callable[[], Awaitable[object]]

MOST_WAITING = 1_000
PATIENCE_SECONDS = 2.0  # with one send
STALE_SECONDS = 5.0  # news that waited longer are none
_GOODBYE_SECONDS = 1.0


class Courier:
    """One thread with an event loop of its own, started by the first errand."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, str, Send]] = deque()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fresh = asyncio.Event()
        self._idle = threading.Event()
        self._lost = 0

    def carry(self, what: str, send: Send) -> None:
        """Do this as soon as may be; returns at once and never raises."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self._lose(what)
                return
            self._idle.clear()
            self._waiting.append((monotonic(), what, send))
            if self._loop is None:
                self._start()
            elif len(self._waiting) > 1:
                return  # whoever added the first one has called already
            self._loop_now.call_soon_threadsafe(self._fresh.set)

    def finish(self) -> None:
        """Before the process ends: what waits gets a moment to go out."""
        if self._loop is not None and self._thread.is_alive():
            self._idle.wait(_GOODBYE_SECONDS)
            self._loop.call_soon_threadsafe(self._carrying.cancel)
            self._thread.join(_GOODBYE_SECONDS)

    @property
    def _loop_now(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None  # noqa: S101 -- started before
        return self._loop

    def _start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._carrying = self._loop.create_task(self._carry_forever())
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="courier", daemon=True)
        self._thread.start()
        atexit.register(self.finish)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(self._carrying)
        loop.run_until_complete(streams.close_clients())
        loop.close()

    async def _carry_forever(self) -> None:
        while True:
            await self._fresh.wait()
            self._fresh.clear()
            while errand := self._next():
                await self._carry(*errand)

    def _next(self) -> tuple[float, str, Send] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._idle.set()
            return None

    async def _carry(self, since: float, what: str, send: Send) -> None:
        if monotonic() - since > STALE_SECONDS:
            self._lose(what)
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await send()
        except streams.Unreachable as fault:
            self._lose(what, type(fault).__name__)
        except Exception:
            log.exception("errand broke", what=what)
        else:
            if self._lost:
                log.info("hints go out again", lost=self._lost)
                self._lost = 0

    def _lose(self, what: str, fault: str = "") -> None:
        """Said once an outage, not once an errand."""
        self._lost += 1
        if self._lost == 1:
            log.warning("hint lost", what=what, fault=fault)


_courier = Courier()
carry = _courier.carry
