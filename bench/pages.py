"""How long pages take over a year of a busy house: `python -m bench.pages`, or `make bench-pages`.

1,000,000 ledger entries of 200 people, days closed as every night closes them, and 100,000 calls of a model within a
month, hours and days added up; then each page asked for from the web server over HTTP, one request after another.
"""

import sys
import time
from collections.abc import Callable
from statistics import median, quantiles

from bench import ground
from bench import attempts, books
from accounts.models import LedgerEntry, SpendDay, User
from accounts.usage import books as books_shown
from accounts.usage import facts, pace
from accounts.usage.facts import By, Of
from conversations import usage
from conversations.measured import periods, reading
from conversations.models import Attempt, Measure, Model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.house.people import Person

REQUESTS, WARM_UP = 100, 5
MOST_MS = 200  # at the 95th percentile
MOST_MS_OF_A_MODEL = 300  # at the median
CALLS = 100_000
YEAR = books.Year(replies=1_000_000 // books.ENTRIES_PER_REPLY + 1)


def main() -> None:
    with ground.house() as (house, pids):
        administrator = User.objects.create_user("boss@example.org", display_name="Boss", is_admin=True)
        begun = time.perf_counter()
        model = attempts.fill(CALLS)
        ground.say(
            f"{Attempt.objects.count():,} calls of {model.name} and {Measure.objects.count():,} hours and days of them,"
            f" made in {time.perf_counter() - begun:.0f} s."
        )
        _say_head()
        asker = User.objects.get(email="asker1@example.org")
        slow = [
            name
            for name, path, person in _model_pages(Person(asker, house.url), Person(administrator, house.url))
            if _measured(name, path, person, pids["web"])[0] > MOST_MS_OF_A_MODEL
        ]
        begun = time.perf_counter()
        books.fill(YEAR)
        ground.say(
            f"\n{LedgerEntry.objects.count():,} ledger entries and {SpendDay.objects.count():,} closed days,"
            f" made in {time.perf_counter() - begun:.0f} s."
        )
        _say_head()
        member = User.objects.get(email="member1@example.org")
        slow += [
            name
            for name, path, person in _pages(Person(member, house.url), Person(administrator, house.url))
            if _measured(name, path, person, pids["web"])[1] > MOST_MS
        ]
        if "--plans" in sys.argv:
            _say_plans(member)
    if slow:
        sys.exit(f"Slower than they may be: {', '.join(slow)}.")


def _say_head() -> None:
    ground.say("\n| page | p50 ms | p95 ms | of it CPU of the web server |")
    ground.say("|---|---:|---:|---:|")


def _pages(member: Person, administrator: Person) -> list[tuple[str, str, Person]]:
    month = f"{facts.today():%Y-%m}"
    return [
        ("My usage", "/usage/", member),
        ("Spend by person", "/spend/", administrator),
        ("Spend by team", "/spend/?by=team", administrator),
        ("Spend by day", "/spend/?by=day", administrator),
        (
            "Spend of one person by model",
            f"/spend/?by=model&month={month}&person={member.user.pk}",
            administrator,
        ),
        ("Spend as CSV", "/spend.csv?by=person", administrator),
        ("People", "/people/", administrator),
        ("Books", "/spend/books/", administrator),
    ]


def _model_pages(member: Person, administrator: Person) -> list[tuple[str, str, Person]]:
    page = "/models/deepseek-v4-flash/"
    return [
        ("Model, a month by day", page, member),
        ("Model, a day by hour", f"{page}?by=hour", member),
        ("Model, a year by month", f"{page}?by=month", member),
        ("Model, one provider", f"{page}?provider=routeway", member),
        ("Model, with teams", page, administrator),
        ("Model as CSV", f"{page}measured.csv", member),
        ("Models", "/models/", member),
    ]


def _measured(name: str, path: str, person: Person, web: int) -> tuple[float, float]:
    """The median and the 95th percentile, in milliseconds."""
    for _ in range(WARM_UP):
        person.http.get(path).raise_for_status()
    times, used = [], ground.cpu_seconds({"web": web})["web"]
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        person.http.get(path).raise_for_status()
        times.append((time.perf_counter() - begun) * 1000)
    used = (ground.cpu_seconds({"web": web})["web"] - used) * 1000 / REQUESTS
    slowest = quantiles(times, n=20)[-1]
    ground.say(f"| {name} | {median(times):.0f} | {slowest:.0f} | {used:.0f} |")
    return median(times), slowest


def _say_plans(member: User) -> None:
    """How Postgres goes about the main reads, for docs/ledger.md."""
    month = pace.month_of(facts.today())
    reads: dict[str, Callable[[], object]] = {
        "My usage: a month by day and model": lambda: facts.sums(
            By.DAY, By.MODEL, span=month, of=Of(user=member.pk)
        ),
        "My usage: dearest conversations": lambda: usage.dearest_conversations(member, month),
        "Spend: a month by person": lambda: facts.sums(By.PERSON, span=month),
        "Model: a month by day": lambda: reading.read(
            Model.objects.get(is_default=True), periods.latest("day")
        ),
        "Books: holds that are open": books_shown.open_holds,
        "Books: seven days of providers": books_shown.reconciliation,
    }
    for name, read in reads.items():
        with CaptureQueriesContext(connection) as captured:
            read()
        ground.say(f"\n{name}\n")
        with connection.cursor() as cursor:
            for query in captured.captured_queries:
                cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, BUFFERS OFF) {query['sql']}")
                ground.say("\n".join(f"    {line}" for (line,) in cursor.fetchall()))


if __name__ == "__main__":
    main()
