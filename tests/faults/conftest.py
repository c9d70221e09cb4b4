"""The rig, started once; before each case as new, after each case judged."""

import contextlib
import os
import uuid
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.faults import invariants
from tests.faults.invariants import Expected
from tests.faults.rig import Rig
from tests.faults.tabs import Browsers, Watched
from tests.house.people import Person

# Many cases wait for a lease or a grace, so these are as short as they can be where a machine stands still for two
# seconds now and then. A tool that hangs is to outlast the grace, and is given up after steps.LONGEST_SECONDS.
TIMINGS = {"LEASE_SECONDS": "6", "GRACE_SECONDS": "6", "NEXT_DATA_SECONDS": "40"}
SENDS = 5


@dataclass(slots=True)
class Asked:
    """A message that was sent: by whom, and where its reply is written."""

    person: Person
    text: str
    path: str  # of its conversation's page
    reply: str
    generation: str

    @property
    def now(self) -> dict[str, object]:
        """The reply as it stands."""
        return self.person.reply(self.generation)


@dataclass(slots=True)
class Case:
    """One case: who is in it and what it may break."""

    rig: Rig
    browsers: Browsers
    expected: Expected = field(default_factory=Expected)
    _people: list[Person] = field(default_factory=list)

    def person(self, name: str = "alice") -> Person:
        self._people.append(self.rig.person(name))
        return self._people[-1]

    def ask(self, person: Person, text: str = "What is the weather on Mars?", **more: str) -> Asked:
        """A first message of a new conversation. Sent again, the same, while no answer comes: as the composer does."""
        self.browsers.said(person, text)
        send = {"client_id": str(uuid.uuid4()), "text": text, **more}
        for _ in range(SENDS - 1):
            with contextlib.suppress(httpx.TransportError):
                said = person.post("/conversations/", **send)
                break
        else:
            said = person.post("/conversations/", **send)
        assert said.status_code == 201, said.text
        answer = said.json()
        return Asked(
            person=person,
            text=text,
            path=answer["conversation"]["url"],
            reply=answer["reply"]["id"],
            generation=answer["reply"]["reply"]["generation"],
        )

    def watch(self, asked: Asked) -> Watched:
        """A tab on it, which watches by itself."""
        return self.browsers.open(asked.person, asked.path)

    def end(self) -> None:
        for person in self._people:
            person.http.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A case that fails shows the ends of its parts' logs."""
    report = yield
    rig = getattr(item, "funcargs", {}).get("rig")
    if report.failed and isinstance(rig, Rig):
        report.sections += [(f"{part} wrote", words) for part, words in rig.last_words().items()]
    return report


@pytest.fixture(scope="session")
def _rig() -> Iterator[Rig]:
    rig = Rig(Path(os.environ["DATA_DIR"]) / "faults", timings=TIMINGS)
    try:
        rig.start()
        yield rig
    finally:
        rig.end()


@pytest.fixture
def rig(_rig: Rig, django_db_blocker: DjangoDbBlocker) -> Iterator[Rig]:
    """The rig as new; Django's models in the test mean its Postgres."""
    with django_db_blocker.unblock(), _rig.stand_on():
        _rig.renew()
        yield _rig
        _rig.heal()


@pytest.fixture
def case(rig: Rig) -> Iterator[Case]:
    """A case; when it is over, all invariants hold or it has failed."""
    with Browsers() as browsers:
        case = Case(rig, browsers)
        try:
            yield case
            rig.heal()
            rig.wait_until_quiet()
            assert invariants.breaches(rig, browsers.opened, case.expected) == []
        finally:
            case.end()
