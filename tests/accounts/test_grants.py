"""More than the limit, or less, until its window ends: given by administrators, or asked for."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.http import Http404

from accounts import budgets, ledger, teams
from accounts.actions import requests
from accounts.actions.budgets import LimitRefused, limit_oneself, set_budget
from accounts.actions.grants import grant
from accounts.actions.requests import RequestRefused
from accounts.actions.teams import TeamRefused, add_member, create_team, remove_member, set_manager
from accounts.models import (
    ORGANISATION_ID,
    AuditEntry,
    BudgetRequest,
    LedgerEntry,
    Scope,
    Team,
    User,
    Window,
)
from accounts.signals import money_changed
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

NOVEMBER = datetime(2026, 11, 22, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 2, 12, tzinfo=UTC)


@pytest.fixture
def spender() -> User:
    books.limit_organisation("1000")
    return books.person("alice", limit="5")


def give(admin: User, user: User, amount: str, **more: object) -> None:
    grant(
        actor=admin,
        scope=Scope.USER,
        scope_id=user.pk,
        amount=Decimal(amount),
        note="for the fair",
        **more,  # type: ignore[arg-type]
    )


def test_what_is_granted_may_be_spent_until_the_window_ends(admin: User, spender: User) -> None:
    with time_machine.travel(NOVEMBER, tick=False):
        give(admin, spender, "2.5")
        assert budgets.left_for(spender).limit == Decimal("7.5")
        books.hold(spender, "7.5")
        with pytest.raises(ledger.BudgetRefused) as refused:
            books.hold(spender, "0.01")
        assert "$7.50" in refused.value.sentence_for(spender)

    assert budgets.left_for(spender, DECEMBER).limit == 5
    assert ledger.verify(oldest_hold=DECEMBER - NOVEMBER) == []
    entry = AuditEntry.objects.get(action="budget.granted")
    assert (entry.actor_name, entry.target, entry.note) == ("Admin", "Alice", "for the fair")


def test_what_is_taken_off_is_gone_and_never_more_than_there_is(admin: User, spender: User) -> None:
    give(admin, spender, "-4")
    assert budgets.left_for(spender).limit == 1

    with pytest.raises(LimitRefused, match=r"At most \$1\.00 can be taken off\."):
        give(admin, spender, "-1.01")

    assert budgets.left_for(spender).limit == 1
    assert LedgerEntry.objects.filter(kind="grant").count() == 1
    assert AuditEntry.objects.filter(action="budget.deducted").count() == 1


@pytest.mark.parametrize("amount", ["0", "NaN", "Infinity", "1e18", "-1e18"])
def test_what_is_no_amount_is_not_granted(admin: User, spender: User, amount: str) -> None:
    with pytest.raises(LimitRefused, match="Enter an amount"):
        give(admin, spender, amount)


def test_a_grant_needs_a_reason_and_a_limit_to_raise(admin: User, spender: User) -> None:
    with pytest.raises(LimitRefused, match="Say why"):
        grant(actor=admin, scope=Scope.USER, scope_id=spender.pk, amount=Decimal(1), note="  ")
    with pytest.raises(LimitRefused, match="no limit for this window"):
        give(admin, spender, "1", window=Window.DAY)


def test_a_grant_that_arrives_twice_is_given_once(admin: User, spender: User) -> None:
    once = uuid.uuid4()

    give(admin, spender, "1", grant_id=once)
    give(admin, spender, "1", grant_id=once)

    assert budgets.left_for(spender).limit == 6
    assert AuditEntry.objects.filter(action="budget.granted").count() == 1


def test_no_more_is_granted_in_all_than_a_limit_may_be(admin: User, spender: User) -> None:
    give(admin, spender, "9999995")

    with pytest.raises(LimitRefused, match=r"At most \$0 more can be given"):
        give(admin, spender, "10000000")

    assert budgets.limit_of(spender) == 5
    assert LedgerEntry.objects.filter(kind="grant").count() == 1


def test_nothing_granted_raises_a_limit_one_set_oneself(admin: User, spender: User) -> None:
    limit_oneself(user=spender, window=Window.MONTH, limit=Decimal(2))

    give(admin, spender, "10")

    assert budgets.left_for(spender).limit == 2


def test_an_approved_request_is_a_grant_and_is_decided_once(admin: User, spender: User) -> None:
    asked = requests.ask_for_more(user=spender, amount=Decimal(3), reason="A long report")
    with pytest.raises(RequestRefused, match="asked already"):
        requests.ask_for_more(user=spender, amount=Decimal(1), reason="Another")

    requests.approve(actor=admin, request=asked, amount=Decimal(2), note="Two is enough")
    with pytest.raises(RequestRefused, match="was approved already"):
        requests.approve(actor=admin, request=asked)
    with pytest.raises(RequestRefused, match="was approved already"):
        requests.decline(actor=admin, request=asked)

    asked.refresh_from_db()
    assert (asked.state, asked.granted, asked.note) == ("approved", Decimal(2), "Two is enough")
    assert budgets.left_for(spender).limit == 7
    requests.ask_for_more(user=spender, amount=Decimal(1), reason="Now another")


def test_a_declined_or_withdrawn_request_changes_nothing(admin: User, spender: User) -> None:
    first = requests.ask_for_more(user=spender, amount=Decimal(3), reason="A long report")
    requests.decline(actor=admin, request=first, note="Next month")
    second = requests.ask_for_more(user=spender, amount=Decimal(3), reason="A long report")
    requests.withdraw(user=spender, request=second)

    assert budgets.left_for(spender).limit == 5
    states = BudgetRequest.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["declined", "withdrawn"]


@pytest.mark.parametrize(
    ("amount", "reason"), [("0", "x"), ("-1", "x"), ("NaN", "x"), ("1", " "), ("1", "x" * 1001)]
)
def test_a_request_needs_an_amount_and_a_reason(spender: User, amount: str, reason: str) -> None:
    with pytest.raises(RequestRefused):
        requests.ask_for_more(user=spender, amount=Decimal(amount), reason=reason)


class TestTeams:
    @pytest.fixture
    def team(self, admin: User, spender: User) -> Team:
        made = create_team(actor=admin, name="Research")
        add_member(actor=admin, team=made, user=spender)
        return made

    @pytest.fixture
    def manager(self, admin: User, team: Team) -> User:
        user = books.person("mia")
        add_member(actor=admin, team=team, user=user, is_manager=True)
        return user

    def ask(self, user: User, team: Team | None, amount: str = "3") -> BudgetRequest:
        return requests.ask_for_more(user=user, amount=Decimal(amount), reason="A long report", team=team)

    def test_a_manager_gives_what_the_team_has_left_and_no_more(
        self, spender: User, team: Team, manager: User
    ) -> None:
        set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(4))
        requests.approve(actor=manager, request=self.ask(spender, team))
        again = self.ask(spender, team)

        with pytest.raises(RequestRefused, match=r"Research has \$1\.00 left to give"):
            requests.approve(actor=manager, request=again)
        requests.approve(actor=manager, request=again, amount=Decimal(1))

        assert budgets.left_for(spender).limit == 9

    def test_what_the_team_spent_cannot_be_given(self, spender: User, team: Team, manager: User) -> None:
        set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(4))
        ledger.hold(generation_id=uuid.uuid4(), user=spender, team_id=team.pk, bound=books.bound("2"))

        with pytest.raises(RequestRefused, match=r"\$2\.00 left to give"):
            requests.approve(actor=manager, request=self.ask(spender, team))

    def test_without_a_budget_of_the_team_an_administrator_decides(
        self, admin: User, spender: User, team: Team, manager: User
    ) -> None:
        asked = self.ask(spender, team)

        with pytest.raises(RequestRefused, match="no budget to give from"):
            requests.approve(actor=manager, request=asked)
        requests.approve(actor=admin, request=asked)

        assert budgets.left_for(spender).limit == 8

    def test_managers_decide_about_their_team_only_and_never_about_themselves(
        self, admin: User, spender: User, team: Team, manager: User
    ) -> None:
        set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(100))
        own, others = self.ask(manager, team), self.ask(spender, None)

        with pytest.raises(RequestRefused, match="Another manager"):
            requests.approve(actor=manager, request=own)
        with pytest.raises(RequestRefused, match="An administrator decides"):
            requests.approve(actor=manager, request=others)
        assert requests.requests_for(manager) == []
        assert len(requests.requests_for(admin)) == 2
        with pytest.raises(RequestRefused, match="An administrator decides"):
            requests.decline(actor=books.person("bob"), request=others)

    def test_a_manager_gives_nothing_to_somebody_who_has_left(
        self, admin: User, spender: User, team: Team, manager: User
    ) -> None:
        set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(100))
        asked = self.ask(spender, team)
        remove_member(actor=admin, team=team, user=spender)

        with pytest.raises(RequestRefused, match="Alice no longer belongs to Research"):
            requests.approve(actor=manager, request=asked)
        requests.approve(actor=admin, request=asked)

        assert budgets.left_for(spender).limit == 8

    def test_only_members_ask_a_team(self, team: Team) -> None:
        with pytest.raises(RequestRefused, match="do not belong"):
            self.ask(books.person("bob"), team)

    def test_who_manages_a_team_and_nobody_else_finds_it(
        self, admin: User, spender: User, team: Team, manager: User
    ) -> None:
        assert teams.managed_team_for(manager, team.pk) == team == teams.managed_team_for(admin, team.pk)
        assert teams.teams_of(spender) == [team]
        with pytest.raises(Http404):
            teams.managed_team_for(spender, team.pk)

        set_manager(actor=admin, team=team, user=manager, is_manager=False)
        with pytest.raises(Http404):
            teams.managed_team_for(manager, team.pk)

    def test_every_change_of_a_team_is_on_the_record(self, admin: User, team: Team, manager: User) -> None:
        remove_member(actor=admin, team=team, user=manager)
        remove_member(actor=admin, team=team, user=manager)
        with pytest.raises(TeamRefused, match="a team called Research already"):
            create_team(actor=admin, name=" Research ")

        actions = AuditEntry.objects.filter(action__startswith="team.").values_list("action", flat=True)
        assert sorted(actions) == [
            "team.created",
            "team.member_added",
            "team.member_added",
            "team.member_removed",
        ]


def test_whom_a_change_concerns_is_told(admin: User, spender: User) -> None:
    team = create_team(actor=admin, name="Research")
    add_member(actor=admin, team=team, user=spender)
    heard: list[object] = []

    def hear(user_ids: object, **kwargs: object) -> None:
        heard.append(user_ids)

    money_changed.connect(hear)
    try:
        books.limit_person(spender, "6")
        set_budget(actor=admin, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(9))
        set_budget(actor=admin, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal(9))
        grant(actor=admin, scope=Scope.ORGANISATION, scope_id=ORGANISATION_ID, amount=Decimal(1), note="x")
    finally:
        money_changed.disconnect(hear)

    assert heard == [[spender.pk], [spender.pk], None]
