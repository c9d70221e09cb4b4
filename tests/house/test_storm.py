"""Three hundred tabs lose their server at once: all come back by themselves, and none misses a word."""

import asyncio
import copy
import time
import uuid
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from accounts.models import User
from conversations.models import Message, Role
from tests.house.conftest import Say, Script
from tests.house.people import Person
from tests.house.processes import House
from tests.house.tabs import Tab

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

PEOPLE, TABS_OF_A_PERSON = 15, 20
MOST_RECOVERY_SECONDS = 180.0  # a tenth of that on a machine with little else to do


def test_three_hundred_tabs_whose_server_dies_are_all_served_again(
    house: House, script: Script, say: Say, transactional_db: None
) -> None:
    script.play({"tokens": 50, "word": "before "}, {"wait": "storm"}, {"tokens": 50, "word": "after "})
    crowd = [
        Person(User.objects.create_user(f"p{n}@example.org", display_name=f"P {n}"), house.url)
        for n in range(PEOPLE)
    ]

    recoveries, tabs = asyncio.run(storm(house, script, crowd))

    say(
        f"storm: {len(tabs)} sockets back after p50 {recoveries[len(recoveries) // 2]:.1f} s,"
        f" p99 {recoveries[len(recoveries) * 99 // 100]:.1f} s"
    )
    assert [fault for tab in tabs for fault in tab.all_faults] == []
    stored = {str(message.pk): message.text for message in Message.objects.filter(role=Role.ASSISTANT)}
    assert [tab for tab in tabs if tab.shown and tab.shown.text != stored[tab.shown.message]] == []
    # Where the machine is so busy that a worker misses the tests' short lease, a reply may end before the rest.
    assert set(stored.values()) <= {"before " * 50 + "after " * 50, "before " * 50}
    assert min(tab.reconnects for tab in tabs) >= 1
    assert recoveries[-1] < MOST_RECOVERY_SECONDS


async def storm(house: House, script: Script, crowd: list[Person]) -> tuple[list[float], list[Tab]]:
    """Kill the web process under everybody; how long each socket was without one, shortest first."""
    async with httpx.AsyncClient(timeout=60) as http:
        tabs: list[Tab] = []
        watching: list[asyncio.Task[None]] = []
        for person in crowd:
            tabs += await tabs_of(person, http)
            watching += [asyncio.create_task(tab.watch()) for tab in tabs[len(watching) :]]
            await until(partial(have_read, tabs, "before " * 50))
        died = time.monotonic()
        await asyncio.to_thread(house.web.kill)
        await asyncio.to_thread(house.web.start)
        await until(lambda: all(tab.opened_at > died for tab in tabs))
        script.release("storm")
        await asyncio.gather(*watching)
        for tab in tabs:
            await tab.leave()
    return sorted(tab.opened_at - died for tab in tabs), tabs


async def tabs_of(person: Person, http: httpx.AsyncClient) -> list[Tab]:
    """Twenty tabs on one reply; the page is loaded once, and the others are as if they had been."""
    asked = await asyncio.to_thread(person.ask, uuid.uuid4().hex)
    tabs = [Tab(person, asked["conversation"]["url"], http) for _ in range(TABS_OF_A_PERSON)]
    await tabs[0].load()
    for tab in tabs[1:]:
        tab.shown = copy.deepcopy(tabs[0].shown)
    return tabs


def have_read(tabs: list[Tab], text: str) -> bool:
    return all(tab.shown is not None and tab.shown.text == text for tab in tabs)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 -- what other processes do tells nobody
        await asyncio.sleep(0.05)
