"""Nobody waits for a hint, in whatever state Redis is."""

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from conversations import courier
from conversations.courier import Courier


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

    assert over.wait(5)
    assert done == [(number, "courier") for number in range(50)]


def test_nobody_waits_for_one_that_hangs_and_what_is_too_much_is_dropped(carrier: Courier) -> None:
    hangs = threading.Event()

    async def hang() -> None:
        hangs.set()
        await asyncio.sleep(3600)

    started = time.monotonic()
    carrier.carry("first", hang)
    assert hangs.wait(5)
    for _ in range(2 * courier.MOST_WAITING):
        carrier.carry("more", hang)

    assert time.monotonic() - started < 1
    assert len(carrier._waiting) == courier.MOST_WAITING


def test_a_broken_errand_does_not_end_the_courier(carrier: Courier) -> None:
    over = threading.Event()

    async def break_down() -> None:
        raise RuntimeError("what nobody foresaw")

    async def go_on() -> None:
        over.set()

    carrier.carry("broken", break_down)
    carrier.carry("whole", go_on)

    assert over.wait(5)
