"""Telling others to look again. A hint may be lost: rows are the truth, hints only make them faster."""

import uuid
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from django.db import transaction

from conversations import courier, streams
from conversations.events import Hint

# A hint that takes longer is as good as lost.
PATIENCE_SECONDS = courier.PATIENCE_SECONDS
# Workers listen here for "there is something to claim" and "something is to stop".
WORKERS_CHANNEL = "workers"


def group_of(user_id: uuid.UUID) -> str:
    """The group of all sockets of a person."""
    return f"user.{user_id.hex}"


def publish(user_id: uuid.UUID, hint: Hint) -> None:
    """Tell all of a person's sockets, once the running transaction has committed. Nobody waits for it."""
    tell = partial(_tell, group_of(user_id), {"type": "hint", "frame": hint.encode()})
    transaction.on_commit(lambda: courier.carry(hint.topic, tell), robust=True)


def wake_workers() -> None:
    """Tell workers to look at the generations table, once the running transaction has committed."""
    transaction.on_commit(lambda: courier.carry("work", _wake_workers), robust=True)


async def _tell(group: str, event: dict[str, Any]) -> None:
    await get_channel_layer().group_send(group, event)


async def _wake_workers() -> None:
    await streams.client().publish(WORKERS_CHANNEL, b"look")
