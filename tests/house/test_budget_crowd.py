"""Two hundred sends at once, over two web and two worker processes: no limit is passed at any instant, and exactly
as many run as can be paid.
"""

import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest
from django.db import connection

from accounts.actions import budgets, teams
from accounts.models import Budget, LedgerEntry, Scope, SpendWindow, Team, User, Window
from conversations.models import UNFINISHED, Generation
from tests.conversations.conftest import PRICE
from tests.house.conftest import Say, Script
from tests.house.people import Person
from tests.house.processes import START_SECONDS, House, Process, free_port, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

SENDS = 200
# A reply's worst case at a dollar per million: 32,768 tokens out and the prompt's bytes in.
WORST = (32_768 + len("Hi") + 32) * PRICE / 1_000_000
LESS_THAN_A_REPLY = Decimal(512) * PRICE / 1_000_000

# Every window above its limit, whoever's it is; each look is one snapshot of all counters.
_BEYOND = """
    SELECT w.scope, w."window", w.spent, w.held, b."limit"
    FROM accounts_spendwindow w
    JOIN accounts_budget b ON b.scope = w.scope AND b."window" = w."window" AND (b.scope_id = w.scope_id
        OR b.scope = 3 AND b.scope_id IS NULL AND NOT EXISTS (
            SELECT FROM accounts_budget o WHERE o.scope = 3 AND o.scope_id = w.scope_id AND o."window" = w."window"))
    WHERE w.spent + w.held > b."limit" + w.granted
"""


class Watch:
    """Looks at all counters, again and again, while something goes on."""

    def __init__(self) -> None:
        self.looks = 0
        self.beyond: list[Any] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        try:
            with connection.cursor() as cursor:
                while not self._is_over.wait(0.005):
                    cursor.execute(_BEYOND)
                    self.beyond += cursor.fetchall()
                    self.looks += 1
        finally:
            connection.close()


@contextmanager
def second_web(house: House) -> Iterator[str]:
    """Another web process beside the first; its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    web = Process(
        "manage.py", "serve",
        environment={**house.environment, "PORT": str(port), "PUBLIC_ORIGINS": url},
        log=Path(house.web.log).with_name("web2.log"),
    )  # fmt: skip
    web.start()
    try:
        wait_until(
            lambda: httpx.get(f"{url}/readyz").status_code == 200, seconds=START_SECONDS, what="a second web"
        )
        yield url
    finally:
        web.end()


@pytest.fixture
def urls(house: House, second_worker: Process) -> Iterator[list[str]]:
    """Two web processes, and two workers behind them."""
    second_worker.start()
    second_worker.wait_until_ready()
    with second_web(house) as url:
        yield [house.url, url]


def send_at_once(people: list[Person], **more: str) -> list[int]:
    """Two hundred first messages of conversations of their own, fifty at a time; the answers' codes at last."""

    def send(number: int) -> int:
        person = people[number % len(people)]
        answer = person.send_patiently("/conversations/", client_id=str(uuid.uuid4()), text="Hi", **more)
        assert answer.status_code in (201, 402), answer.text
        return answer.status_code

    with ThreadPoolExecutor(50) as pool:
        return sorted(pool.map(send, range(SENDS)))


def settled(count: int) -> bool:
    unfinished = Generation.objects.filter(status__in=UNFINISHED)
    return not unfinished.exists() and Generation.objects.filter(status="done").count() == count


def run(people: list[Person], script: Script, affordable: int, say: Say, **more: str) -> None:
    script.play({"wait": "all decided"}, {"text": "ok"})
    with Watch() as watch:
        codes = send_at_once(people, **more)
        held = max(SpendWindow.objects.filter(window=Window.MONTH).values_list("held", flat=True))
        script.release("all decided")
        wait_until(lambda: settled(affordable), what=f"{affordable} replies to be done")
    for person in people:
        person.http.close()
    say(
        f"{SENDS} sends: {codes.count(201)} taken, {codes.count(402)} refused; {watch.looks} looks at the counters"
    )

    assert codes == [201] * affordable + [402] * (SENDS - affordable)
    assert held == WORST * affordable
    assert watch.looks > 20
    assert watch.beyond == []
    assert len(script.calls()) == affordable
    assert LedgerEntry.objects.filter(kind="charge").count() == affordable
    assert LedgerEntry.objects.filter(over__isnull=False).count() == 0
    assert not SpendWindow.objects.exclude(held=0).exists()


def test_two_hundred_sends_of_one_person(urls: list[str], script: Script, alice: User, say: Say) -> None:
    User.objects.filter(pk=alice.pk).update(most_parallel=SENDS)
    for window, affordable in ((Window.DAY, 7), (Window.MONTH, 9)):
        limit = WORST * affordable + LESS_THAN_A_REPLY
        budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, window=window, limit=limit)

    run([Person(alice, url) for url in urls], script, 7, say)


def test_twenty_sends_of_each_of_ten_people_whom_one_team_pays_for(
    urls: list[str], script: Script, admin: User, say: Say
) -> None:
    team: Team = teams.create_team(actor=admin, name="Research")
    members = [User.objects.create_user(f"member{n}@example.org", "x") for n in range(10)]
    for member in members:
        teams.add_member(actor=admin, team=team, user=member)
    limit = WORST * 11 + LESS_THAN_A_REPLY
    budgets.set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=limit)
    assert Budget.objects.get(scope=Scope.USER, scope_id=None).limit > WORST * 20

    run(
        [Person(member, urls[number % 2]) for number, member in enumerate(members)],
        script,
        11,
        say,
        team=str(team.pk),
    )


def test_the_organisations_limit_holds_against_ten_people_with_budgets_of_their_own(
    urls: list[str], script: Script, say: Say
) -> None:
    members = [User.objects.create_user(f"member{n}@example.org", "x") for n in range(10)]
    limit = WORST * 5 + LESS_THAN_A_REPLY
    budgets.set_budget(actor=None, scope=Scope.ORGANISATION, limit=limit)

    run([Person(member, urls[number % 2]) for number, member in enumerate(members)], script, 5, say)
