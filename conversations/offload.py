"""Django's ORM from asyncio: a bounded pool of threads, never the one thread all sockets would share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

# Below the connection pool's size, so that a burst of work here cannot starve the pages of connections.
THREADS = 6
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="orm")


async def in_thread(unit: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """One unit of database work, on connections that are given back afterwards."""

    def run() -> T:
        close_old_connections()
        try:
            return unit(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False, executor=_pool)()
