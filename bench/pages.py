"""How long the pages of money take over a year of a busy house: `python -m bench.pages`, or `make bench-pages`.

1,000,000 ledger entries of 200 people, days closed as every night closes them, then each page asked for from the
web server over HTTP, one request after another.
"""

import sys
import time
from statistics import median, quantiles

from bench import ground
from bench import books
from accounts.models import LedgerEntry, SpendDay, User
from accounts.usage import facts
from tests.house.people import Person

REQUESTS, WARM_UP = 100, 5
MOST_MS = 200  # at the 95th percentile
YEAR = books.Year(replies=1_000_000 // books.ENTRIES_PER_REPLY + 1)


def main() -> None:
    with ground.house() as (house, _):
        begun = time.perf_counter()
        books.fill(YEAR)
        ground.say(
            f"{LedgerEntry.objects.count():,} ledger entries and {SpendDay.objects.count():,} closed days,"
            f" made in {time.perf_counter() - begun:.0f} s."
        )
        ground.say()
        ground.say("| page | p50 ms | p95 ms |")
        ground.say("|---|---:|---:|")
        member, administrator = _cast()
        slow = [
            name
            for name, path, person in _pages(Person(member, house.url), Person(administrator, house.url))
            if _measured(name, path, person) > MOST_MS
        ]
    if slow:
        sys.exit(f"Slower than {MOST_MS} ms: {', '.join(slow)}.")


def _cast() -> tuple[User, User]:
    member = User.objects.get(email="member1@example.org")
    return member, User.objects.create_user("boss@example.org", display_name="Boss", is_admin=True)


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


def _measured(name: str, path: str, person: Person) -> float:
    times = []
    for number in range(REQUESTS + WARM_UP):
        begun = time.perf_counter()
        person.http.get(path).raise_for_status()
        if number >= WARM_UP:
            times.append((time.perf_counter() - begun) * 1000)
    slowest = quantiles(times, n=20)[-1]
    ground.say(f"| {name} | {median(times):.0f} | {slowest:.0f} |")
    return slowest


if __name__ == "__main__":
    main()
