"""What runs later, in the worker. Every task may run twice without harm."""

import uuid

import structlog
from procrastinate.contrib.django import app

from conversations import key_check

log = structlog.get_logger("parley.tasks")


@app.task(name="conversations.check_provider", retry=3, pass_context=False)
async def check_provider(provider_id: str) -> None:
    """Ask a provider whether it takes its key, and write down the answer."""
    await key_check.check(uuid.UUID(provider_id))
