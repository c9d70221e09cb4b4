"""Another call of the same reply: what was held and not spent serves first, and no window gives more than it has."""

import uuid
from decimal import Decimal

import pytest

from accounts import ledger
from accounts.ledger import BudgetRefused, CostBound
from accounts.models import LedgerEntry, User
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def spender() -> User:
    return books.person("alice", limit="1")


def _more(generation_id: uuid.UUID, cost: str, spent: str, number: int = 2) -> Decimal:
    return ledger.hold_more(
        generation_id=generation_id, number=number, bound=books.bound(cost), spent=Decimal(spent)
    ).amount


def test_a_call_that_fits_in_what_is_left_of_the_hold_adds_nothing(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")

    assert _more(generation_id, "0.4", spent="0.1") == 0

    assert books.counters(spender.pk) == books.sums(held="0.5")


def test_what_is_missing_is_added_once_and_released_with_the_rest(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")

    assert [_more(generation_id, "0.5", spent="0.2"), _more(generation_id, "0.5", spent="0.2")] == [
        Decimal("0.2"),
        Decimal("0.2"),
    ]
    assert books.counters(spender.pk) == books.sums(held="0.7")
    assert ledger.verify() == []

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.2"), books.charge("0.45")])
    assert books.counters(spender.pk) == books.sums(spent="0.65")
    assert not LedgerEntry.objects.exclude(over=None).exists()
    assert ledger.verify() == []


def test_it_is_refused_where_a_window_has_too_little_and_nothing_changes(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.5")
    books.hold(spender, "0.4")

    with pytest.raises(BudgetRefused):
        _more(generation_id, "0.5", spent="0.2")

    assert books.counters(spender.pk) == books.sums(held="0.9")
    assert ledger.verify() == []


def test_it_may_be_shorter_than_asked_for(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.9")
    price = Decimal("0.0001")
    bound = CostBound(input_cost=Decimal(0), output_price=price, max_tokens=8192, useful_tokens=1024)

    held = ledger.hold_more(generation_id=generation_id, number=2, bound=bound, spent=Decimal("0.8"))

    assert (held.max_tokens, held.is_shortened, held.amount) == (2000, True, Decimal("0.1"))
    assert books.counters(spender.pk) == books.sums(held="1")
