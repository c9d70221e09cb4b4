"""The scheduled and deferred tasks of a worker process: a small Procrastinate worker beside the replies."""

import asyncio
from typing import Any, cast

import psycopg
import structlog
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

log = structlog.get_logger("parley.chores")

AT_ONCE = 4
PAUSE_AFTER_FAULT_SECONDS = 2.0
# A pool that cannot reach Postgres says so after thirty seconds only.
PATIENCE_AT_THE_END_SECONDS = 5.0


async def run_forever() -> None:
    """Run tasks until cancelled; when Postgres goes away the worker inside ends, and is started again."""
    while not _is_cancelled():
        try:
            # Django's connector defers; running tasks needs psycopg's own, which can LISTEN.
            worker_app = app.with_connector(cast(Any, app.connector).get_worker_connector())
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    fetch_job_polling_interval=1,
                )
        except (ConnectorException, psycopg.OperationalError, OSError) as fault:
            log.warning("tasks paused", fault=str(fault)[:200])
        except Exception:
            log.exception("tasks broke; starting them again")
        await asyncio.sleep(0 if _is_cancelled() else PAUSE_AFTER_FAULT_SECONDS)


async def end(running: asyncio.Task[None]) -> None:
    """End `run_forever`. Tasks under way and the goodbye to Postgres get a few seconds each; whatever is left then is
    found by another worker, as after a kill."""
    while not running.done():
        running.cancel()
        await asyncio.wait([running], timeout=PATIENCE_AT_THE_END_SECONDS)


def _is_cancelled() -> bool:
    """True once this task was told to end: Procrastinate, which says goodbye to Postgres then, raises what went
    wrong with that in place of the cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
