"""Limits: whose, over what time, and what is left of them."""

from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import budgets, ledger, windows
from accounts.actions.budgets import set_budget
from accounts.models import AuditEntry, Budget, Scope, User, Window
from tests.accounts import books

pytestmark = pytest.mark.django_db

NOVEMBER = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _limits() -> None:
    books.limit_organisation("100")
    set_budget(actor=None, scope=Scope.USER, limit=Decimal(5))


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        (Window.DAY, datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)),
        (Window.WEEK, datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)),
        (Window.MONTH, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        (Window.TOTAL, windows.EPOCH, None),
    ],
)
def test_windows_begin_at_midnight_on_monday_and_on_the_first(
    window: Window, start: datetime, end: datetime | None
) -> None:
    assert windows.start_of(window, NOVEMBER) == start
    assert windows.end_of(window, NOVEMBER) == end


def test_a_year_ends_with_december() -> None:
    assert windows.end_of(Window.MONTH, datetime(2026, 12, 31, 23, 59, tzinfo=UTC)) == datetime(
        2027, 1, 1, tzinfo=UTC
    )


def test_windows_follow_their_own_time_zone(settings: Settings) -> None:
    settings.BUDGET_TIME_ZONE = "Europe/Berlin"
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert windows.start_of(Window.MONTH, new_year) == datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    assert windows.words_for(Window.MONTH, new_year) == "for January"
    end = windows.end_of(Window.MONTH, new_year)
    assert end is not None and windows.instant(end) == "1 February, 00:00 (Berlin)"


def test_people_have_the_default_until_they_get_their_own() -> None:
    alice, bob = books.person("alice", limit=None), books.person("bob", limit="20")

    assert budgets.default_limit() == 5
    assert budgets.limit_of(alice) == 5
    assert budgets.limits_of([alice.pk, bob.pk]) == {alice.pk: 5, bob.pk: 20}


def test_without_a_default_people_have_no_limit() -> None:
    set_budget(actor=None, scope=Scope.USER, limit=None)

    assert budgets.limit_of(books.person("alice", limit=None)) is None


def test_what_is_left_changes_when_a_reply_is_settled_not_when_it_is_held() -> None:
    alice = books.person("alice")
    generation_id, _ = books.hold(alice, "2")

    left = budgets.left_for(alice)
    assert (left.amount, left.available) == (Decimal(5), Decimal(3))

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.88")])
    left = budgets.left_for(alice)
    assert (left.amount, left.available) == (Decimal("4.12"), Decimal("4.12"))


def test_what_is_left_is_that_of_the_tightest_window() -> None:
    alice = books.person("alice")
    assert budgets.left_for(alice).scope == Scope.USER

    books.limit_person(alice, "1", Window.DAY)
    left = budgets.left_for(alice)
    assert (left.window, left.amount) == (Window.DAY.value, Decimal(1))

    books.limit_organisation("0.5")
    left = budgets.left_for(alice)
    assert (left.scope, left.amount) == (Scope.ORGANISATION, Decimal("0.5"))


def test_without_any_limit_nothing_is_said_to_be_left() -> None:
    books.limit_organisation(None)
    set_budget(actor=None, scope=Scope.USER, limit=None)

    left = budgets.left_for(books.person("alice", limit=None))

    assert (left.amount, left.available, left.limit, left.is_low) == (None, None, None, False)


def test_a_fifth_left_is_low() -> None:
    alice = books.person("alice")
    generation_id, _ = books.hold(alice, "4")
    assert not budgets.left_for(alice).is_low

    ledger.settle(generation_id=generation_id, charges=[books.charge("4")])

    assert budgets.left_for(alice).is_low


def test_the_months_spending_is_known_by_person_and_in_all() -> None:
    alice, bob = books.person("alice"), books.person("bob")
    generation_id, _ = books.hold(alice)
    ledger.settle(generation_id=generation_id, charges=[books.charge("0.25")])

    assert budgets.spent_this_month([alice.pk, bob.pk]) == {alice.pk: Decimal("0.25"), bob.pk: 0}
    month = budgets.organisation_this_month()
    assert (month.spent, month.limit) == (Decimal("0.25"), Decimal(100))


def test_a_change_of_limit_is_on_the_record(admin: User) -> None:
    alice = books.person("alice", limit=None)

    set_budget(actor=admin, scope=Scope.USER, scope_id=alice.pk, limit=Decimal(9), note="asked for more")
    set_budget(actor=admin, scope=Scope.USER, scope_id=alice.pk, limit=Decimal(9))
    set_budget(actor=admin, scope=Scope.USER, scope_id=alice.pk, limit=None)

    changed, removed = AuditEntry.objects.filter(target="Alice").order_by("created_at")
    assert (changed.action, changed.actor_name, changed.note) == ("budget.set", "Admin", "asked for more")
    assert changed.before == {"window": "month", "limit": None}
    assert Decimal(changed.after["limit"]) == 9
    assert removed.action == "budget.removed"


@pytest.mark.parametrize("limit", ["-1", "NaN", "Infinity", "1e18"])
def test_what_is_no_limit_is_refused(limit: str) -> None:
    with pytest.raises(ValueError, match="A limit is an amount"):
        set_budget(actor=None, scope=Scope.ORGANISATION, limit=Decimal(limit))


def test_reading_what_is_left_costs_two_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    alice = books.person("alice")

    with django_assert_num_queries(2):
        budgets.left_for(alice)


def test_a_fresh_installation_has_the_default_limits() -> None:
    # Tests that empty the tables take the migration's rows with them, so it is run once more.
    Budget.objects.all().delete()
    import_module("accounts.migrations.0003_default_budgets").add(apps, None)

    assert budgets.default_limit() == 5
    assert budgets.organisation_this_month().limit == 100
