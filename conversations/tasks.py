"""What runs later, in the worker. Every task may run twice without harm."""

import asyncio
import uuid
from datetime import timedelta

import structlog
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from conversations import deletion, key_check, price_fetch
from conversations.generation import lookup, orphans, proof, title, trial
from conversations.measured import rollups
from conversations.models import AcceptedSend
from conversations.offload import in_thread
from conversations.search import filling

log = structlog.get_logger("parley.tasks")

# A browser that comes back after days may repeat a send; after this nobody does.
SENDS_KEPT = timedelta(days=7)
BATCH = 5_000
FILL_PAUSE_SECONDS = 0.2


@app.task(name="conversations.check_provider", retry=3, pass_context=False)
async def check_provider(provider_id: str, enables: bool = True) -> None:
    """Ask a provider whether it takes its key, and write down the answer."""
    await key_check.check(uuid.UUID(provider_id), enables=enables)


@app.task(name="conversations.fetch_prices", retry=3, pass_context=False)
async def fetch_prices(list_id: str) -> None:
    """Ask a provider for its list of models with their prices, to be looked at by an administrator."""
    await price_fetch.fetch(uuid.UUID(list_id))


@app.task(name="conversations.try_route", retry=3, pass_context=False)
async def try_route(trial_id: str) -> None:
    """Put one short question to a route, paid for, and write down what came of it."""
    await trial.run_trial(uuid.UUID(trial_id))


@app.task(name=title.TASK, retry=3, pass_context=False)
async def title_conversation(generation_id: str) -> None:
    """Ask a model what a conversation is to be called after its first reply, paid for, and call it that."""
    await title.run(uuid.UUID(generation_id))


@app.periodic(cron="*/10 * * * *")
@app.task(name="conversations.settle_orphans", queueing_lock="settle_orphans", pass_context=False)
async def settle_orphans(timestamp: int) -> None:
    """End and book the titles and trials that nobody will end any more."""
    await in_thread(orphans.settle)


@app.periodic(cron="*/5 * * * *")
@app.task(name="conversations.retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that was killed to another one."""
    for job in await context.app.job_manager.get_stalled_jobs():
        log.warning("job of a worker that is gone", task=job.task_name)
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="17 * * * *")
@app.task(name="conversations.forget_sends", queueing_lock="forget_sends", pass_context=False)
async def forget_sends(timestamp: int) -> None:
    """Forget which sends were taken long ago; the messages themselves stay. A few at a time: others write too."""
    while await in_thread(_forget_some_sends) == BATCH:
        pass


@app.periodic(cron="27 * * * *")
@app.task(name="conversations.forget_deleted", queueing_lock="forget_deleted", pass_context=False)
async def forget_deleted(timestamp: int) -> None:
    """Let go of conversations that were deleted so long ago that nobody restores them."""
    while await in_thread(deletion.forget_some):
        pass


def _forget_some_sends() -> int:
    # One whose message still waits is kept: it is not answered yet, and its repeat must find it.
    old = AcceptedSend.objects.filter(created_at__lt=timezone.now() - SENDS_KEPT, queued=None)
    count, _ = AcceptedSend.objects.filter(pk__in=old.order_by("pk").values("pk")[:BATCH]).delete()
    return count


class AskAgain(BaseRetryStrategy):
    """Soon, then hourly for a day; after that the estimate stands."""

    waits = (5, 30, 300, *[3600] * 24)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to ask again; None: no more."""
        if job.attempts >= len(self.waits):
            return None
        return RetryDecision(retry_in={"seconds": self.waits[job.attempts]})


@app.task(name=lookup.TASK, retry=AskAgain(), pass_context=False)
async def look_up_cost(attempt_id: str, generation_id: str, provider_id: str, upstream_id: str) -> None:
    """Ask the provider what an answer cost that could only be estimated."""
    await lookup.look_up(
        attempt_id=uuid.UUID(attempt_id),
        generation_id=uuid.UUID(generation_id),
        provider_id=uuid.UUID(provider_id),
        upstream_id=upstream_id,
    )


@app.task(name=filling.TASK, queueing_lock="fill_search", pass_context=False)
async def fill_search(conversation_id: str = "") -> None:
    """Have messages found that were said before there was a search; or those of one conversation, a long copy."""
    batches = filling.fill(uuid.UUID(conversation_id) if conversation_id else None)
    made = await in_thread(next, batches, 0)
    while made:
        await asyncio.sleep(FILL_PAUSE_SECONDS)  # replies are being written here too
        made = await in_thread(next, batches, 0)


@app.periodic(cron="2 * * * *")
@app.task(name="conversations.close_hours", queueing_lock="close_hours", pass_context=False)
async def close_hours(timestamp: int) -> None:
    """Add up what models did in the hour that is over, for their pages."""
    await in_thread(rollups.close_hours)


@app.periodic(cron="41 2 * * *")
@app.task(name="conversations.check_books", queueing_lock="check_books", pass_context=False)
async def check_books(timestamp: int) -> None:
    """Prove every night that the books are right; the result stands on the administrators' page of money."""
    await in_thread(proof.check_books)
