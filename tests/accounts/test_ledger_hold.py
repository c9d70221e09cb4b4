"""A hold: how much is set aside, where it counts, and when it is refused."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts import ledger
from accounts.ledger import CostBound
from accounts.models import ORGANISATION_ID, Scope, Team, User, Window
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

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


def test_what_is_held_is_never_rounded_down() -> None:
    third = CostBound(Decimal("0.00000000000033"), Decimal("0.0000000000001"), 1, 1)

    assert third.cost(1) == Decimal("0.000000000001")
