"""Nobody waits for a hint, in whatever state Redis is."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from conversations import courier
from conversations.courier import Courier
from tests.house.processes import PATIENCE_SECONDS


@pytest.fixture
def carrier() -> Iterator[Courier]:
    carrier = Courier()
    yield carrier
    carrier.finish()


def test_errands_are_done_in_their_order_in_another_thread(carrier: Courier) -> None:
    done: list[tuple[int, str]] = []
    over = threading.Event()

    async def errand(number: int) -> None:
        done.append((number, threading.current_thread().name))
        if number == 49:
            over.set()

    for number in range(50):
        carrier.carry("hint", lambda number=number: errand(number))  # type: ignore[misc]

    assert over.wait(PATIENCE_SECONDS)
    assert done == [(number, "courier") for number in range(50)]


def test_nobody_waits_for_one_that_hangs_and_what_is_too_much_is_dropped(
    carrier: Courier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The courier itself waits an hour: whoever waited with it would never see the end of this test.
    monkeypatch.setattr(courier, "PATIENCE_SECONDS", 3600)
    hangs = threading.Event()

    async def hang() -> None:
        hangs.set()
        await asyncio.sleep(3600)

    carrier.carry("first", hang)
    assert hangs.wait(PATIENCE_SECONDS)
    for _ in range(2 * courier.MOST_WAITING):
        carrier.carry("more", hang)

    assert len(carrier._waiting) == courier.MOST_WAITING


def test_a_broken_errand_does_not_end_the_courier(carrier: Courier) -> None:
    over = threading.Event()

    async def break_down() -> None:
        raise RuntimeError("what nobody foresaw")

    async def go_on() -> None:
        over.set()

    carrier.carry("broken", break_down)
    carrier.carry("whole", go_on)

    assert over.wait(PATIENCE_SECONDS)
