"""Telling others to look again. A hint may be lost: rows are the truth, hints only make them faster."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import ParamSpec

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from conversations import streams
from conversations.events import Hint

P = ParamSpec("P")

log = structlog.get_logger("parley.hints")

# A hint that takes longer is as good as lost.
PATIENCE_SECONDS = 2.0
# Workers listen here for "there is something to claim" and "something is to stop".
WORKERS_CHANNEL = "workers"


def group_of(user_id: uuid.UUID) -> str:
    """The group of all sockets of a person."""
    return f"user.{user_id.hex}"


def publish(user_id: uuid.UUID, hint: Hint) -> None:
    """Tell all of a person's sockets, once the running transaction has committed."""
    transaction.on_commit(partial(_announce, publish_now, user_id, hint), robust=True)


def wake_workers() -> None:
    """Tell workers to look at the generations table, once the running transaction has committed."""
    transaction.on_commit(partial(_announce, wake_workers_now), robust=True)


async def publish_now(user_id: uuid.UUID, hint: Hint) -> None:
    """Tell all of a person's sockets. Never raises: hints may be lost."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await get_channel_layer().group_send(group_of(user_id), {"type": "hint", "frame": hint.encode()})
    except streams.Unreachable as fault:
        log.warning("hint lost", topic=hint.topic, fault=type(fault).__name__)


async def wake_workers_now() -> None:
    """Tell workers to look. Never raises: they look once a second in any case."""
    try:
        await streams.client().publish(WORKERS_CHANNEL, b"look")
    except streams.Unreachable as fault:
        log.warning("hint to workers lost", fault=type(fault).__name__)


def _announce(send: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
    async_to_sync(send)(*args, **kwargs)
