"""Limits over days, weeks, months and all time: whenever they are set, all that was spent since then counts."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts import budgets, ledger
from accounts.actions.budgets import LimitRefused, limit_oneself, set_budget
from accounts.actions.exemptions import set_exempt, set_most_parallel
from accounts.models import ORGANISATION_ID, AuditEntry, Scope, Team, User, Window
from tests.accounts import books

pytestmark = pytest.mark.django_db

MORNING = datetime(2026, 11, 25, 9, tzinfo=UTC)  # a Wednesday
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _wide_limits() -> None:
    books.limit_organisation("1000")


def spend(user: User, amount: str, at: datetime, team: Team | None = None) -> uuid.UUID:
    """A reply held and settled at this instant."""
    generation_id = hold(user, amount, at, team)
    ledger.settle(generation_id=generation_id, charges=[books.charge(amount)])
    return generation_id


def hold(user: User, amount: str, at: datetime, team: Team | None = None) -> uuid.UUID:
    generation_id = uuid.uuid4()
    ledger.hold(
        generation_id=generation_id,
        user=user,
        team_id=team.pk if team else None,
        bound=books.bound(amount),
        at=at,
    )
    return generation_id


def left(user: User, window: str, at: datetime = NOON, scope: Scope = Scope.USER) -> budgets.Left:
    found = budgets.standing_of(user, at=at)
    return next(one for one in found if (one.scope, one.window) == (scope, window))


@pytest.mark.parametrize(
    ("window", "spent"), [(Window.DAY, "0.25"), (Window.WEEK, "1.25"), (Window.TOTAL, "7.25")]
)
def test_a_limit_set_at_noon_counts_the_morning(window: Window, spent: str) -> None:
    alice = books.person("alice", limit="100")
    spend(alice, "2", MORNING - timedelta(days=40))
    spend(alice, "4", MORNING - timedelta(days=7))
    spend(alice, "1", MORNING - timedelta(days=1))
    spend(alice, "0.25", MORNING)

    with time_machine.travel(NOON, tick=False):
        if window != Window.TOTAL:
            books.limit_person(alice, "9", window)
        else:
            books.limit_person(alice, "100", window)

    assert left(alice, window).spent == Decimal(spent)
    assert ledger.verify() == []


@pytest.mark.parametrize("scope", [Scope.ORGANISATION, Scope.TEAM, Scope.USER])
def test_a_limit_of_any_scope_counts_what_that_scope_spent_before(scope: Scope) -> None:
    alice, bob = books.person("alice", limit="100"), books.person("bob", limit="100")
    team = Team.objects.create(name="Research")
    spend(alice, "1", MORNING, team)
    spend(bob, "2", MORNING, team)
    spend(bob, "4", MORNING)
    scope_id = {Scope.ORGANISATION: ORGANISATION_ID, Scope.TEAM: team.pk, Scope.USER: bob.pk}[scope]

    with time_machine.travel(NOON, tick=False):
        set_budget(actor=None, scope=scope, scope_id=scope_id, window=Window.DAY, limit=Decimal(50))

    expected = {Scope.ORGANISATION: "7", Scope.TEAM: "3", Scope.USER: "6"}[scope]
    assert books.counters(scope_id, Window.DAY) == books.sums(spent=expected)
    assert ledger.verify() == []


def test_a_default_limit_counts_what_each_person_spent_before() -> None:
    alice, bob = books.person("alice", limit=None), books.person("bob", limit=None)
    set_budget(actor=None, scope=Scope.USER, limit=None)
    spend(alice, "1", MORNING)
    spend(bob, "2", MORNING)

    with time_machine.travel(NOON, tick=False):
        set_budget(actor=None, scope=Scope.USER, window=Window.DAY, limit=Decimal(3))

    assert [left(user, Window.DAY).amount for user in (alice, bob)] == [2, 1]


def test_a_reply_under_way_when_the_limit_is_set_is_held_in_it_and_settles_in_it() -> None:
    alice = books.person("alice", limit="100")
    generation_id = hold(alice, "3", MORNING)

    with time_machine.travel(NOON, tick=False):
        books.limit_person(alice, "5", Window.DAY)
    assert left(alice, Window.DAY).available == 2
    with pytest.raises(ledger.BudgetRefused):
        hold(alice, "2.5", NOON)

    ledger.settle(generation_id=generation_id, charges=[books.charge("0.5")])
    assert left(alice, Window.DAY).available == Decimal("4.5")
    assert ledger.verify() == []


def test_a_limit_that_was_taken_away_and_set_again_has_missed_nothing() -> None:
    alice = books.person("alice", limit="100")
    with time_machine.travel(MORNING, tick=False):
        books.limit_person(alice, "5", Window.DAY)
        spend(alice, "1", MORNING)
        set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, window=Window.DAY, limit=None)
        spend(alice, "2", MORNING + timedelta(hours=1))

    with time_machine.travel(NOON, tick=False):
        books.limit_person(alice, "5", Window.DAY)

    assert left(alice, Window.DAY).spent == 3
    assert ledger.verify() == []


@pytest.mark.parametrize(("window", "other"), [(Window.DAY, Window.MONTH), (Window.WEEK, Window.TOTAL)])
def test_a_shorter_window_may_not_have_more_than_a_longer_one(window: Window, other: Window) -> None:
    alice = books.person("alice", limit=None)
    books.limit_person(alice, "5", other)

    with pytest.raises(LimitRefused, match=r"\$6\.00 for a .+ is more than \$5\.00 for .+\."):
        books.limit_person(alice, "6", window)
    books.limit_person(alice, "5", window)
    with pytest.raises(LimitRefused):
        books.limit_person(alice, "4", other)


def test_the_tightest_of_all_windows_and_scopes_wins() -> None:
    alice = books.person("alice", limit="5")
    books.limit_person(alice, "1", Window.DAY)

    with pytest.raises(ledger.BudgetRefused) as refused:
        hold(alice, "1.01", NOON)

    assert refused.value.window == Window.DAY
    assert "$1.00 is left for today" in refused.value.sentence_for(alice)
    assert "It starts again on 26 November, 00:00 (UTC)." in refused.value.sentence_for(alice)


def test_a_person_may_limit_themselves_below_what_they_have_and_no_higher() -> None:
    alice = books.person("alice", limit="5")

    with pytest.raises(LimitRefused, match=r"Your limit for a month is \$5\.00 already"):
        limit_oneself(user=alice, window=Window.MONTH, limit=Decimal(5))
    limit_oneself(user=alice, window=Window.MONTH, limit=Decimal(2))

    month = left(alice, Window.MONTH)
    assert (month.limit, month.is_own) == (Decimal(2), True)
    with pytest.raises(ledger.BudgetRefused) as refused:
        hold(alice, "2.5", NOON)
    assert refused.value.sentence_for(alice) == (
        "This message could cost up to $2.50 and $2.00 of your own $2.00 is left for November. "
        "It starts again on 1 December, 00:00 (UTC). You can raise it under My usage."
    )

    books.limit_person(alice, "1")
    month = left(alice, Window.MONTH)
    assert (month.limit, month.is_own) == (Decimal(1), False)


def test_ones_own_limit_stands_where_nobody_else_set_one() -> None:
    alice = books.person("alice", limit=None)
    set_budget(actor=None, scope=Scope.USER, limit=None)
    with time_machine.travel(NOON, tick=False):
        spend(alice, "1", NOON)
        limit_oneself(user=alice, window=Window.DAY, limit=Decimal("1.5"))

    assert left(alice, Window.DAY).amount == Decimal("0.5")
    entry = AuditEntry.objects.get(action="budget.own_set")
    assert entry.actor_id == alice.pk


def test_no_limit_stands_for_the_exempt_and_all_they_spend_is_recorded(admin: User) -> None:
    alice = books.person("alice", limit="1")
    books.limit_organisation("2")
    set_exempt(actor=admin, user=alice, is_exempt=True, note="runs the nightly report")

    spend(alice, "5", NOON)

    assert books.counters(alice.pk) == books.sums(spent="5")
    assert books.counters(ORGANISATION_ID) == books.sums(spent="5")
    assert budgets.left_for(alice, NOON).limit is None
    with pytest.raises(ledger.BudgetRefused):
        hold(books.person("bob"), "1", NOON)
    assert AuditEntry.objects.get(action="user.exempted").note == "runs the nightly report"

    set_exempt(actor=admin, user=alice, is_exempt=False)
    with pytest.raises(ledger.BudgetRefused):
        hold(alice, "0.01", NOON)


def test_what_the_exempt_spend_counts_in_every_window_that_has_a_limit(admin: User) -> None:
    alice = books.person("alice", limit="1")
    with time_machine.travel(MORNING, tick=False):
        set_budget(actor=None, scope=Scope.ORGANISATION, window=Window.DAY, limit=Decimal(5))
        set_exempt(actor=admin, user=alice, is_exempt=True)
        spend(alice, "4.5", MORNING)

    assert books.counters(ORGANISATION_ID, Window.DAY) == books.sums(spent="4.5")
    with pytest.raises(ledger.BudgetRefused):
        hold(books.person("bob"), "1", NOON)


def test_the_exempt_may_still_limit_themselves(admin: User) -> None:
    alice = books.person("alice", limit="1")
    set_exempt(actor=admin, user=alice, is_exempt=True)

    limit_oneself(user=alice, window=Window.MONTH, limit=Decimal(3))

    assert budgets.left_for(alice).limit == 3


def test_a_person_may_have_a_parallel_limit_of_their_own(admin: User) -> None:
    alice = books.person("alice")

    with pytest.raises(LimitRefused, match="from 1 to 100"):
        set_most_parallel(actor=admin, user=alice, most=0)
    set_most_parallel(actor=admin, user=alice, most=2)

    alice.refresh_from_db()
    assert alice.most_parallel == 2
    assert AuditEntry.objects.get(action="user.parallel_set").after["most_parallel"] == 2


def test_a_limit_lowered_below_what_was_spent_leaves_nothing_and_takes_nothing_back() -> None:
    alice = books.person("alice", limit="5")
    spend(alice, "3", timezone.now())

    books.limit_person(alice, "1")

    assert budgets.left_for(alice).amount == -2
    with pytest.raises(ledger.BudgetRefused) as refused:
        books.hold(alice, "0.01")
    assert "You have reached $1.00" in refused.value.sentence_for(alice)
