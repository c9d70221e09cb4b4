"""Days, weeks and months begin where BUDGET_TIME_ZONE has midnight; changing it loses nothing."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from pytest_django import Settings

from accounts import budgets, ledger, rebuilding, rollups, windows
from accounts.actions.grants import grant
from accounts.models import CostSource, Scope, SpendDay, SpendWindow, User, Window
from accounts.usage import facts
from accounts.usage.facts import By, Span
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

# The last evening of November in UTC, and already December in Berlin.
EVENING = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


@pytest.fixture
def spender() -> User:
    books.limit_organisation("1000")
    return books.person("alice", limit="5")


def hold(user: User, cost: str, at: datetime) -> uuid.UUID:
    generation_id = uuid.uuid4()
    ledger.hold(generation_id=generation_id, user=user, bound=books.bound(cost), at=at)
    return generation_id


def test_a_change_in_mid_reply_separates_neither_counters_nor_sums(settings: Settings, spender: User) -> None:
    generation_id = hold(spender, "2", EVENING)
    charge = books.charge("0.5")

    settings.BUDGET_TIME_ZONE = "Europe/Berlin"
    ledger.settle(generation_id=generation_id, charges=[charge])
    ledger.correct(
        attempt_id=charge.attempt_id,
        generation_id=generation_id,
        amount=Decimal("0.6"),
        source=CostSource.LOOKED_UP,
    )

    (month,) = SpendWindow.objects.filter(scope_id=spender.pk)
    assert (month.starts_at, month.spent, month.held) == (
        datetime(2026, 11, 1, tzinfo=UTC),
        Decimal("0.6"),
        Decimal(0),
    )
    assert ledger.verify() == []


def test_the_new_zones_windows_count_what_was_spent_in_them_by_the_old_one(
    settings: Settings, spender: User, admin: User
) -> None:
    early, late = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)
    ledger.settle(generation_id=hold(spender, "2", early), charges=[books.charge("2")])
    under_way = hold(spender, "1", late)
    with time_machine.travel(late, tick=False):
        grant(actor=admin, scope=Scope.USER, scope_id=spender.pk, amount=Decimal(3), note="for the fair")

    settings.BUDGET_TIME_ZONE = "Europe/Berlin"
    assert rebuilding.follow_time_zone(late)
    assert not rebuilding.follow_time_zone(late)

    left = budgets.left_for(spender, late)
    assert (left.limit, left.spent, left.held) == (Decimal(8), Decimal(2), Decimal(1))
    with pytest.raises(ledger.BudgetRefused):
        hold(spender, "5.5", late)
    ledger.settle(generation_id=under_way, charges=[books.charge("0.25")])
    assert budgets.left_for(spender, late).spent == Decimal("2.25")
    assert ledger.verify() == []

    settings.BUDGET_TIME_ZONE = "UTC"
    assert rebuilding.follow_time_zone(late)
    assert budgets.left_for(spender, late).spent == Decimal("2.25")
    assert ledger.verify() == []


def test_closed_days_follow_too(settings: Settings, spender: User) -> None:
    ledger.settle(generation_id=hold(spender, "1", EVENING), charges=[books.charge("1")])
    rollups.close_days(EVENING + timedelta(days=3))
    assert SpendDay.objects.get().day == date(2026, 11, 30)

    settings.BUDGET_TIME_ZONE = "Europe/Berlin"
    rebuilding.follow_time_zone(EVENING + timedelta(days=3))

    assert SpendDay.objects.get().day == date(2026, 12, 1)
    (found,) = facts.sums(By.DAY, span=Span(date(2026, 11, 1), date(2026, 12, 31)))
    assert (found.key, found.spent) == ((date(2026, 12, 1),), Decimal(1))


def test_sentences_name_the_place(settings: Settings, spender: User) -> None:
    settings.BUDGET_TIME_ZONE = "America/New_York"

    with pytest.raises(ledger.BudgetRefused) as refused:
        hold(spender, "6", EVENING)

    assert "is left for November" in refused.value.sentence_for(spender)
    assert "It starts again on 1 December, 00:00 (New York)." in refused.value.sentence_for(spender)


@pytest.mark.parametrize(
    ("zone", "at", "hours"),
    [
        ("Europe/Berlin", datetime(2026, 10, 25, 12, tzinfo=UTC), 25),  # the clock goes back
        ("Europe/Berlin", datetime(2026, 3, 29, 12, tzinfo=UTC), 23),  # and forward
        ("America/Santiago", datetime(2026, 9, 6, 12, tzinfo=UTC), 23),  # midnight does not come
        ("America/Havana", datetime(2026, 11, 1, 4, 30, tzinfo=UTC), 25),  # midnight comes twice
        ("America/Havana", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 25),
    ],
)
def test_days_are_whole_when_the_clocks_change(
    settings: Settings, zone: str, at: datetime, hours: int
) -> None:
    settings.BUDGET_TIME_ZONE = zone

    start, end = windows.start_of(Window.DAY, at), windows.end_of(Window.DAY, at)

    assert end is not None
    assert end - start == timedelta(hours=hours)
    assert start <= at < end
    assert windows.day_start(windows.day_of(at)) == start
