"""A worker outlives what Postgres does to it."""

import asyncio
import uuid

import pytest
from django.db import InterfaceError, OperationalError

from conversations.generation import worker
from conversations.generation.worker import Worker
from tests.house.processes import PATIENCE_SECONDS


@pytest.mark.parametrize("fault", [OperationalError("away"), InterfaceError("connection already closed")])
def test_a_worker_that_cannot_reach_its_rows_asks_again(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    answers: list[list[uuid.UUID] | Exception] = [fault, []]
    asked_again = asyncio.Event()

    async def claimed(*args: object, **kwargs: object) -> list[uuid.UUID]:
        answer = answers.pop(0) if answers else []
        if isinstance(answer, Exception):
            raise answer
        asked_again.set()
        return answer

    async def lived() -> None:
        one = Worker()
        one.start()
        await asyncio.wait_for(
            asyncio.wait(
                [asyncio.create_task(asked_again.wait()), asyncio.create_task(one.until_broken())],
                return_when=asyncio.FIRST_COMPLETED,
            ),
            PATIENCE_SECONDS,
        )
        await one.stop()

    monkeypatch.setattr(worker, "in_thread", claimed)
    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT_SECONDS", 0)
    asyncio.run(lived())

    assert asked_again.is_set()
