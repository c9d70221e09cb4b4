"""Django's ORM from asyncio: a bounded pool of threads, never the one thread all sockets would share."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import ParamSpec, TypeVar

import structlog
from asgiref.sync import sync_to_async
from django.db import InterfaceError, OperationalError, close_old_connections

log = structlog.get_logger("parley.offload")

P = ParamSpec("P")
T = TypeVar("T")

# Below the connection pool's size, so that a burst of work here cannot starve the pages of connections.
THREADS = 6
AWAY = (OperationalError, InterfaceError)
PAUSE_SECONDS = (0.1, 0.3, 1, 3, 5)  # between tries; the last one repeats
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="orm")
_failed_at = float("-inf")


async def in_thread(unit: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One unit of database work, on connections that are given back afterwards."""

    def run() -> T:
        global _failed_at
        close_old_connections()
        try:
            return unit(*args, **kwargs)
        except AWAY:
            _failed_at = monotonic()
            raise
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False, executor=_pool)()


def seconds_since_fault() -> float:
    """How long ago this process last failed to reach Postgres, or was refused by it."""
    return monotonic() - _failed_at


async def in_thread_patiently(unit: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same, again and again while Postgres is away. A fault of the work itself is raised at once."""
    tries = 0
    while True:
        try:
            return await in_thread(unit, *args, **kwargs)
        except AWAY as fault:
            pause = PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)]
            tries += 1
            log.warning("Postgres is away", unit=unit.__name__, tries=tries, fault=str(fault)[:200])
            await asyncio.sleep(pause)
