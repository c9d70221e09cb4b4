"""The house, started once and emptied between tests."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone

from accounts import ledger, windows
from accounts.actions import default_budgets
from accounts.models import User
from accounts.usage import facts
from conversations.actions import catalogue
from conversations.generation import proof
from conversations.models import UNFINISHED, Generation
from tests.conversations.conftest import connect
from tests.house.people import Person
from tests.house.processes import PATIENCE_SECONDS, House, Process, wait_until

NEAR_MIDNIGHT = timedelta(seconds=90)

PersonFor = Callable[[User], Person]
Say = Callable[[str], None]


class Script:
    """The scripted provider: what it is to say, and what it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url

    def play(
        self,
        *steps: dict[str, Any],
        queue: list[list[dict[str, Any]]] | None = None,
        is_strict: bool = False,
    ) -> None:
        """The steps of every reply, or of the next ones; strictly, what DeepSeek refuses is refused before."""
        wish = {"default": list(steps), "queue": queue or [], "strict": is_strict}
        self._post("/script", **wish)

    def release(self, gate: str) -> None:
        """Let those go on who wait at this gate."""
        self._post("/release", gate=gate)

    def reset(self) -> None:
        self._post("/reset")

    def calls(self) -> list[dict[str, Any]]:
        """Every chat completion asked for, oldest first."""
        log = httpx.get(f"{self.url}/log", timeout=PATIENCE_SECONDS).json()
        return [call for call in log["calls"] if "completions" in call["path"]]

    def _post(self, path: str, **wish: Any) -> None:
        httpx.post(f"{self.url}{path}", json=wish, timeout=PATIENCE_SECONDS).raise_for_status()


@pytest.fixture(scope="session")
def _house(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, _session_environment: dict[str, str]
) -> Iterator[House]:
    house = House(_session_environment, tmp_path_factory.mktemp("house"))
    try:
        house.start()
        yield house
    finally:
        house.end()


@pytest.fixture
def house(_house: House, transactional_db: None) -> Iterator[House]:
    """Web, worker and provider, with nothing in them but the default model, a price and the default budgets."""
    _wait_for_midnight()
    _house.stand()
    model = catalogue.default_model()
    connect(model, f"{_house.provider_url}/v1")
    default_budgets.set_default_budgets(actor=None, person=Decimal(5), organisation=Decimal(100))
    Script(_house.provider_url).reset()
    yield _house
    wait_until(
        lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(),
        what="every reply to have ended",
    )
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


def _wait_for_midnight() -> None:
    """Days and months are the calendar's in processes of their own: no test is to begin in one and end in another."""
    wait_until(
        lambda: facts.today() == windows.day_of(timezone.now() + NEAR_MIDNIGHT),
        seconds=2 * NEAR_MIDNIGHT.total_seconds(),
        what="midnight to be over",
    )


@pytest.fixture
def script(house: House) -> Script:
    return Script(house.provider_url)


@pytest.fixture
def person_for(house: House) -> Iterator[PersonFor]:
    """A browser of that person's own."""
    people: list[Person] = []

    def person(user: User) -> Person:
        people.append(Person(user, house.url))
        return people[-1]

    yield person
    for one in people:
        one.http.close()


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Tell a figure to whoever runs the tests, also when they pass."""

    def tell(words: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{words}\n")

    return tell


@pytest.fixture
def second_worker(house: House) -> Iterator[Process]:
    """Another worker beside the first; not started yet."""
    worker = Process(
        "manage.py",
        "worker",
        environment=house.environment,
        log=Path(house.worker.log).with_name("worker2.log"),
    )
    yield worker
    worker.end()
