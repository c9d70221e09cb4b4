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


async def run_forever() -> None:
    """Run tasks; when Postgres goes away the worker inside ends, and is started again."""
    while True:
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
        await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
