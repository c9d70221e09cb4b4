"""`manage.py worker`: runs generations and scheduled tasks until SIGTERM, then drains."""

import asyncio
import signal
from typing import Any

import structlog
import uvloop
from django.core.management.base import BaseCommand

from conversations.generation import chores
from conversations.generation.worker import Worker

log = structlog.get_logger("parley.worker")


class Command(BaseCommand):
    help = "Run replies and scheduled tasks. Ends gracefully on SIGTERM and SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        uvloop.run(_work())


async def _work() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    worker = Worker()
    worker.start()
    chore_loop = asyncio.create_task(chores.run_forever())
    log.info("worker ready", worker=worker.desk.worker)
    broken = asyncio.create_task(worker.until_broken())
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait([broken, waiting], return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await asyncio.gather(chores.end(chore_loop), worker.stop())
    if told.is_set():
        broken.cancel()
    await asyncio.gather(broken, return_exceptions=told.is_set())
    log.info("worker gone")
