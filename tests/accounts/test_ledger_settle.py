"""Settling and correcting: every step once, on the counters of the hold."""

import logging
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import ledger
from accounts.models import (
    ORGANISATION_ID,
    CostSource,
    LedgerEntry,
    Posting,
    Scope,
    SpendWindow,
    User,
    Window,
)
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


@pytest.fixture
def spender() -> User:
    books.limit_organisation("100")
    return books.person("alice")


def test_settling_releases_the_hold_and_books_what_each_attempt_cost(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.01"), books.charge("0.002")])

    assert books.counters(spender.pk) == books.sums(spent="0.012")
    assert books.counters(ORGANISATION_ID) == books.sums(spent="0.012")
    kinds = (
        LedgerEntry.objects.filter(generation_id=generation_id).order_by("id").values_list("kind", flat=True)
    )
    assert list(kinds) == ["hold", "release", "charge", "charge"]
    assert ledger.verify() == []


def test_settling_again_books_nothing_twice(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    charge = books.charge("0.01")

    for _ in range(3):
        ledger.settle(generation_id=generation_id, charges=[charge])

    assert books.counters(spender.pk) == books.sums(spent="0.01")
    assert LedgerEntry.objects.filter(generation_id=generation_id).count() == 3


def test_a_reply_that_never_reached_a_provider_is_only_released(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")

    ledger.settle(generation_id=generation_id, charges=[])

    assert books.counters(spender.pk) == books.sums()
    assert ledger.verify() == []


def test_a_charge_that_comes_after_the_release_is_booked_all_the_same(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    ledger.settle(generation_id=generation_id, charges=[])

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.01")])

    assert books.counters(spender.pk) == books.sums(spent="0.01")
    assert ledger.verify() == []


def test_more_than_was_held_is_booked_in_full_and_reported(
    spender: User, caplog: pytest.LogCaptureFixture
) -> None:
    generation_id, _ = books.hold(spender, "0.25")

    with caplog.at_level(logging.WARNING, "parley.ledger"):
        ledger.settle(generation_id=generation_id, charges=[books.charge("6")])

    assert books.counters(spender.pk) == books.sums(spent="6")
    assert f"charged 6.000000000000 for generation {generation_id}" in caplog.text
    with pytest.raises(ledger.BudgetRefused):
        books.hold(spender, "0.01")


def test_the_smallest_charge_is_kept_to_its_last_place(spender: User) -> None:
    for _ in range(3):
        generation_id, _ = books.hold(spender, "0.25")
        ledger.settle(generation_id=generation_id, charges=[books.charge("0.0000000028")])

    assert books.counters(spender.pk)[0] == Decimal("0.0000000084")


@pytest.mark.parametrize("amount", ["-0.01", "NaN", "Infinity"])
def test_what_is_no_cost_is_refused_and_nothing_is_booked(spender: User, amount: str) -> None:
    generation_id, _ = books.hold(spender, "0.25")

    with pytest.raises(ValueError, match="is not a cost"):
        ledger.settle(generation_id=generation_id, charges=[books.charge(amount)])

    assert books.counters(spender.pk) == books.sums(held="0.25")


def test_without_a_hold_nothing_can_be_settled() -> None:
    with pytest.raises(ledger.LedgerFault, match="nothing was held"):
        ledger.settle(generation_id=uuid.uuid4(), charges=[books.charge("0.01")])


def test_a_correction_books_the_difference_once(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    charge = books.charge("0.01")
    ledger.settle(generation_id=generation_id, charges=[charge])

    def correct(amount: str) -> Decimal:
        return ledger.correct(
            attempt_id=charge.attempt_id,
            generation_id=generation_id,
            amount=Decimal(amount),
            source=CostSource.LOOKED_UP,
        )

    assert [correct("0.012"), correct("0.012"), correct("0.007"), correct("0.007")] == [
        Decimal("0.002"),
        0,
        Decimal("-0.005"),
        0,
    ]
    assert books.counters(spender.pk) == books.sums(spent="0.007")
    assert ledger.verify() == []


def test_an_attempt_without_a_charge_cannot_be_corrected(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")

    with pytest.raises(ledger.LedgerFault, match="no charge to correct"):
        ledger.correct(
            attempt_id=uuid.uuid4(),
            generation_id=generation_id,
            amount=Decimal(1),
            source=CostSource.LOOKED_UP,
        )


def test_a_reply_over_the_turn_of_the_month_stays_in_the_month_it_was_held_in(spender: User) -> None:
    last_minute = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    generation_id, charge = uuid.uuid4(), books.charge("0.01")
    ledger.hold(generation_id=generation_id, user=spender, bound=books.bound("0.25"), at=last_minute)
    next_month = uuid.uuid4()
    ledger.hold(
        generation_id=next_month,
        user=spender,
        bound=books.bound("0.5"),
        at=datetime(2026, 12, 1, tzinfo=UTC),
    )

    ledger.settle(generation_id=generation_id, charges=[charge])
    ledger.correct(
        attempt_id=charge.attempt_id,
        generation_id=generation_id,
        amount=Decimal("0.02"),
        source=CostSource.LOOKED_UP,
    )

    months = SpendWindow.objects.filter(scope=Scope.USER).order_by("starts_at")
    assert [(month.starts_at.month, month.spent, month.held) for month in months] == [
        (11, Decimal("0.02"), 0),
        (12, 0, Decimal("0.5")),
    ]
    assert ledger.verify() == []


def test_a_hold_takes_nine_queries_and_a_settlement_eight(spender: User) -> None:
    books.limit_person(spender, "5", Window.DAY)

    with CaptureQueriesContext(connection) as holding:
        generation_id, _ = books.hold(spender)
    with CaptureQueriesContext(connection) as settling:
        ledger.settle(generation_id=generation_id, charges=[books.charge("0.01"), books.charge("0.02")])

    assert len(holding) <= 9
    assert len(settling) <= 8


def test_entries_outlive_the_person_they_speak_of(spender: User) -> None:
    generation_id, _ = books.hold(spender)
    ledger.settle(generation_id=generation_id, charges=[books.charge("0.01")])

    spender.delete()

    assert LedgerEntry.objects.filter(generation_id=generation_id).count() == 3
    assert Posting.objects.count() == 6
    assert books.counters(ORGANISATION_ID) == books.sums(spent="0.01")
    assert ledger.verify() == []
