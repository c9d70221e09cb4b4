"""Another call of the same reply: the last one is charged, its hold goes back, and the next one is held for."""

import uuid
from decimal import Decimal

import pytest

from accounts import ledger
from accounts.ledger import BudgetRefused, Charge, CostBound, LedgerFault
from accounts.models import LedgerEntry, User
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def spender() -> User:
    return books.person("alice", limit="1")


def _next(generation_id: uuid.UUID, cost: str, charge: Charge, number: int = 2) -> Decimal:
    return ledger.hold_next(
        generation_id=generation_id, number=number, charges=[charge], bound=books.bound(cost)
    ).amount


def test_the_call_that_ended_is_charged_and_only_the_next_one_is_held_for(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")

    assert _next(generation_id, "0.4", books.charge("0.1")) == Decimal("0.4")

    assert books.counters(spender.pk) == books.sums(spent="0.1", held="0.4")
    assert ledger.verify() == []


def test_the_end_releases_the_last_hold_and_all_is_as_if_there_had_been_one(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    _next(generation_id, "0.5", books.charge("0.2"))
    _next(generation_id, "0.3", books.charge("0.45"), number=3)

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.1")])

    assert books.counters(spender.pk) == books.sums(spent="0.75")
    assert not LedgerEntry.objects.exclude(over=None).exists()
    assert ledger.verify() == []


@pytest.mark.parametrize("cost", ["0.4", "0"])
def test_a_repeat_gets_the_first_result_and_books_nothing(spender: User, cost: str) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    charge = books.charge("0.1")
    first = _next(generation_id, cost, charge)
    entries = LedgerEntry.objects.count()

    assert _next(generation_id, "0.9", charge) == first == Decimal(cost)

    assert LedgerEntry.objects.count() == entries
    assert books.counters(spender.pk) == books.sums(spent="0.1", held=cost)


def test_nothing_is_held_for_a_generation_that_has_ended(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    ledger.settle(generation_id=generation_id, charges=[books.charge("0.1")])

    with pytest.raises(LedgerFault):
        _next(generation_id, "0.4", books.charge("0.1"))

    assert books.counters(spender.pk) == books.sums(spent="0.1")
    assert ledger.verify() == []


def test_it_may_be_shorter_than_asked_for(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.9")
    price = Decimal("0.0001")
    bound = CostBound(input_cost=Decimal(0), output_price=price, max_tokens=8192, useful_tokens=1024)

    held = ledger.hold_next(generation_id=generation_id, number=2, charges=[books.charge("0.8")], bound=bound)

    assert (held.max_tokens, held.is_shortened, held.amount) == (2000, True, Decimal("0.2"))
    assert books.counters(spender.pk) == books.sums(spent="0.8", held="0.2")


def test_what_others_hold_counts_against_it(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    books.hold(spender, "0.4")

    with pytest.raises(BudgetRefused) as refusal:
        _next(generation_id, "0.5", books.charge("0.2"))

    assert (refusal.value.left, refusal.value.needed) == (Decimal("0.4"), Decimal("0.5"))


def test_a_charge_beyond_the_hold_of_its_own_call_is_marked(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    _next(generation_id, "0.2", books.charge("0.1"))

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.3")])

    assert LedgerEntry.objects.exclude(over=None).get().over == Decimal("0.1")
