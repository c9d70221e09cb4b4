"""Many at once, over connections of their own: the limit holds, nothing happens twice, nobody waits for ever."""

import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts import ledger
from accounts.actions.prices import seed_prices
from accounts.models import ORGANISATION_ID, LedgerEntry, Price, SpendWindow, User, Window
from tests.accounts import books

pytestmark = pytest.mark.django_db(transaction=True)

# The pool has twelve connections and the test itself holds one: so many really begin together.
AT_ONCE = 10

T = TypeVar("T")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """Each act in a thread and a transaction of its own, ten beginning together."""
    barrier = Barrier(AT_ONCE)

    def run(act: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            with transaction.atomic():
                return act()
        finally:
            connection.close()

    assert len(acts) % AT_ONCE == 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, acts))


def is_granted(user: User, cost: str = "1") -> bool:
    try:
        books.hold(user, cost)
    except ledger.BudgetRefused:
        return False
    return True


def test_thirty_sends_at_a_budget_for_three_run_three() -> None:
    books.limit_organisation("100")
    alice = books.person("alice", limit="3.5")

    granted = at_once([lambda: is_granted(alice)] * 30)

    assert sum(granted) == 3
    assert books.counters(alice.pk) == books.sums(held="3")
    assert ledger.verify() == []


def test_the_organisations_budget_holds_against_many_people() -> None:
    books.limit_organisation("3.5")
    people = [books.person(f"person{number}", limit="100") for number in range(30)]

    granted = at_once([lambda user=user: is_granted(user) for user in people])  # type: ignore[misc]

    assert sum(granted) == 3
    assert books.counters(ORGANISATION_ID) == books.sums(held="3")
    assert ledger.verify() == []


def test_the_same_send_ten_times_at_once_is_held_once() -> None:
    alice = books.person("alice", limit="1")
    generation_id = uuid.uuid4()

    holds = at_once([lambda: books.hold(alice, "1", generation_id)[1]] * 10)

    assert set(holds) == {ledger.Hold(Decimal(1), 8192, is_shortened=False)}
    assert LedgerEntry.objects.count() == 1
    assert ledger.verify() == []


def test_a_worker_and_a_reaper_settle_the_same_reply_once() -> None:
    alice = books.person("alice")
    with transaction.atomic():
        generation_id, _ = books.hold(alice)
    charge = books.charge("0.25")

    at_once([lambda: ledger.settle(generation_id=generation_id, charges=[charge])] * 10)

    assert books.counters(alice.pk) == books.sums(spent="0.25")
    assert ledger.verify() == []


def test_many_people_in_new_windows_never_lock_each_other_out() -> None:
    books.limit_organisation("1000")
    people = [books.person(f"person{number}", limit="100") for number in range(5)]
    for user in people:
        books.limit_person(user, "100", Window.DAY)

    def send(user: User) -> None:
        generation_id, _ = books.hold(user, "1")
        # In the same transaction: both sets of locks, as long as they can be held.
        ledger.settle(generation_id=generation_id, charges=[books.charge("0.1")])

    at_once([lambda user=user: send(user) for user in people * 10])  # type: ignore[misc]

    assert books.counters(ORGANISATION_ID) == books.sums(spent="5")
    assert SpendWindow.objects.count() == 1 + 2 * len(people)
    assert ledger.verify() == []


def test_processes_that_start_together_seed_the_book_once() -> None:
    Price.objects.all().delete()

    at_once([seed_prices] * 10)

    pairs = list(Price.objects.values_list("provider", "upstream_model"))
    assert len(pairs) == len(set(pairs)) > 0


def test_replies_that_settle_and_hold_for_the_next_one_at_once_never_lock_each_other_out() -> None:
    books.limit_organisation("1000")
    people = [books.person(f"person{number}", limit="100") for number in range(5)]
    # Held before there was a limit for a day: the next hold counts in one window more than the one before it.
    held = []
    for user in people * 10:
        with transaction.atomic():
            held.append((user, books.hold(user, "1")[0]))
    for user in people:
        books.limit_person(user, "100", Window.DAY)

    def go_on(user: User, ended: uuid.UUID) -> None:
        ledger.lock_for_next(generation_id=ended, user=user, at=timezone.now())
        ledger.settle(generation_id=ended, charges=[books.charge("0.1")])
        books.hold(user, "1")

    at_once([lambda user=user, ended=ended: go_on(user, ended) for user, ended in held])  # type: ignore[misc]

    assert books.counters(ORGANISATION_ID) == books.sums(spent="5", held="50")
    assert ledger.verify() == []
