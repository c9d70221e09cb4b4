"""Hold, settle, correct: every step once, on the right counters."""

import logging
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import ledger
from accounts.ledger import CostBound
from accounts.models import (
    ORGANISATION_ID,
    CostSource,
    LedgerEntry,
    Posting,
    Scope,
    SpendWindow,
    Team,
    User,
    Window,
)
from accounts.pricing import Rates
from tests.accounts import books

pytestmark = pytest.mark.django_db

ONE_MICRODOLLAR = Decimal("0.000001")


@pytest.fixture
def spender() -> User:
    books.limit_organisation("100")
    return books.person("alice")


def writing(max_tokens: int, *, input_cost: str = "0", useful_tokens: int = 1024) -> CostBound:
    """A call of this length at a dollar a million."""
    return CostBound(Decimal(input_cost), ONE_MICRODOLLAR, max_tokens, useful_tokens)


def test_a_hold_is_counted_for_the_person_and_the_organisation(spender: User) -> None:
    _, held = books.hold(spender, "0.25")

    assert held == ledger.Hold(Decimal("0.25"), 8192, is_shortened=False)
    assert books.counters(spender.pk) == books.sums(held="0.25")
    assert books.counters(ORGANISATION_ID) == books.sums(held="0.25")
    assert ledger.verify() == []


def test_a_team_that_pays_is_counted_too(spender: User) -> None:
    team = Team.objects.create(name="Research")

    ledger.hold(generation_id=uuid.uuid4(), user=spender, team_id=team.pk, bound=books.bound("0.25"))

    assert books.counters(team.pk) == books.sums(held="0.25")


def test_holding_again_gives_the_same_hold(spender: User) -> None:
    books.limit_person(spender, "0.02")
    generation_id = uuid.uuid4()
    bound = writing(15_000)
    first = ledger.hold(generation_id=generation_id, user=spender, bound=bound)

    # Held a second time it would not fit.
    assert ledger.hold(generation_id=generation_id, user=spender, bound=bound) == first
    assert books.counters(spender.pk) == books.sums(held="0.015")


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


def test_a_repeat_in_the_next_month_is_still_the_same_hold(spender: User) -> None:
    generation_id = uuid.uuid4()
    for at in (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)):
        ledger.hold(generation_id=generation_id, user=spender, bound=books.bound("0.25"), at=at)

    assert books.counters(spender.pk) == books.sums(held="0.25")
    assert ledger.verify() == []


def test_every_window_with_a_limit_must_allow_it(spender: User) -> None:
    books.limit_person(spender, "1", Window.DAY)
    books.hold(spender, "0.9")

    with pytest.raises(ledger.BudgetRefused) as refused:
        books.hold(spender, "0.2")

    assert (refused.value.scope, refused.value.window) == (Scope.USER, Window.DAY)
    assert (refused.value.left, refused.value.needed) == (Decimal("0.1"), Decimal("0.2"))
    assert books.counters(spender.pk, Window.DAY) == books.sums(held="0.9")


def test_a_day_later_the_days_limit_is_whole_again(spender: User) -> None:
    books.limit_person(spender, "1", Window.DAY)
    for day in (21, 22, 23):
        ledger.hold(
            generation_id=uuid.uuid4(),
            user=spender,
            bound=books.bound("1"),
            at=datetime(2026, 11, day, 12, tzinfo=UTC),
        )

    assert books.counters(spender.pk, Window.MONTH) == books.sums(held="3")


def test_a_reply_is_shortened_to_what_the_budget_allows(spender: User) -> None:
    books.limit_person(spender, "0.006")

    held = ledger.hold(
        generation_id=uuid.uuid4(), user=spender, bound=writing(32_768, input_cost="0.0010000005")
    )

    assert held == ledger.Hold(Decimal("0.0059990005"), 4999, is_shortened=True)


def test_a_reply_too_short_to_be_useful_is_refused(spender: User) -> None:
    books.limit_person(spender, "0.001023")
    with pytest.raises(ledger.BudgetRefused) as refused:
        ledger.hold(generation_id=uuid.uuid4(), user=spender, bound=writing(32_768))
    assert refused.value.needed == Decimal("0.001024")

    books.limit_person(spender, "0.001024")
    held = ledger.hold(generation_id=uuid.uuid4(), user=spender, bound=writing(32_768))
    assert held.max_tokens == 1024


def test_a_bound_below_the_useful_length_is_not_refused_for_it(spender: User) -> None:
    held = ledger.hold(generation_id=uuid.uuid4(), user=spender, bound=writing(100))

    assert (held.max_tokens, held.is_shortened) == (100, False)


def test_what_costs_nothing_needs_no_budget(spender: User) -> None:
    books.limit_person(spender, "0")

    _, held = books.hold(spender, "0")

    assert held == ledger.Hold(Decimal(0), 8192, is_shortened=False)


def test_without_a_limit_everything_is_granted_and_counted(spender: User) -> None:
    books.limit_organisation(None)
    stranger = books.person("bob", limit="1000000")

    _, held = books.hold(stranger, "4000")

    assert held.amount == 4000
    assert books.counters(ORGANISATION_ID) == books.sums(held="4000")


def test_a_bound_is_made_for_the_dearest_kind_of_input() -> None:
    rates = Rates(
        input=Decimal("0.14"),
        cache_read=Decimal("0.01"),
        cache_write=Decimal("0.20"),
        output=Decimal("0.28"),
        is_billed=True,
        price_id="p",
        source="",
    )
    bound = CostBound.at(rates, input_tokens=1000, max_tokens=10, useful_tokens=1)
    unbilled = CostBound.at(
        Rates.from_json(rates.as_json() | {"is_billed": False}),
        input_tokens=1000,
        max_tokens=10,
        useful_tokens=1,
    )

    assert bound.cost(10) == Decimal("0.0002028")
    assert unbilled.cost(10) == 0


def test_what_is_held_is_never_rounded_down() -> None:
    third = CostBound(Decimal("0.00000000000033"), Decimal("0.0000000000001"), 1, 1)

    assert third.cost(1) == Decimal("0.000000000001")


def test_a_hold_takes_eight_queries_and_a_settlement_six(spender: User) -> None:
    books.limit_person(spender, "5", Window.DAY)

    with CaptureQueriesContext(connection) as holding:
        generation_id, _ = books.hold(spender)
    with CaptureQueriesContext(connection) as settling:
        ledger.settle(generation_id=generation_id, charges=[books.charge("0.01"), books.charge("0.02")])

    assert len(holding) <= 8
    assert len(settling) <= 6


def test_entries_outlive_the_person_they_speak_of(spender: User) -> None:
    generation_id, _ = books.hold(spender)
    ledger.settle(generation_id=generation_id, charges=[books.charge("0.01")])

    spender.delete()

    assert LedgerEntry.objects.filter(generation_id=generation_id).count() == 3
    assert Posting.objects.count() == 6
    assert books.counters(ORGANISATION_ID) == books.sums(spent="0.01")
    assert ledger.verify() == []
