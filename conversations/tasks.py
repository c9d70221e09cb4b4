"""What runs later, in the worker. Every task may run twice without harm."""

import uuid

import structlog
from procrastinate import JobContext
from procrastinate.contrib.django import app

from conversations import key_check

log = structlog.get_logger("parley.tasks")


@app.task(name="conversations.check_provider", retry=3, pass_context=False)
async def check_provider(provider_id: str) -> None:
    """Ask a provider whether it takes its key, and write down the answer."""
    await key_check.check(uuid.UUID(provider_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="conversations.retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that was killed to another one."""
    for job in await context.app.job_manager.get_stalled_jobs():
        log.warning("job of a worker that is gone", task=job.task_name)
        await context.app.job_manager.retry_job(job)
