"""Closed days are what their entries come to, whatever is booked into them late; everything can be made again."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import ledger, rebuilding, rollups
from accounts.ledger import Charge
from accounts.models import ORGANISATION_ID, Books, CostSource, SpendDay, SpendWindow, Team, User, Window
from accounts.usage import facts
from accounts.usage.facts import By, Of, Span
from tests.accounts import books

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOVEMBER = Span(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def spender() -> User:
    books.limit_organisation("1000")
    return books.person("alice", limit="500")


def details(**tokens: int) -> dict[str, Any]:
    rates = {
        "input": "0.14",
        "cache_read": "0.028",
        "cache_write": "0.14",
        "output": "0.28",
        "is_billed": True,
    }
    return {"provider": "openrouter", "model": "flash", "rates": rates, **tokens}


def reply(
    user: User, at: datetime, amount: str, *, source: CostSource = CostSource.REPORTED, **more: Any
) -> Charge:
    """A reply held and settled at an instant; its charge."""
    generation_id, team = uuid.uuid4(), more.pop("team", None)
    ledger.hold(
        generation_id=generation_id,
        user=user,
        team_id=team.pk if team else None,
        bound=books.bound(amount),
        at=at,
    )
    charge = Charge(
        uuid.uuid4(), Decimal(amount), source, details(**more) | {"generation": str(generation_id)}
    )
    ledger.settle(generation_id=generation_id, charges=[charge])
    return charge


def correct(charge: Charge, amount: str) -> None:
    ledger.correct(
        attempt_id=charge.attempt_id,
        generation_id=uuid.UUID(charge.details["generation"]),
        amount=Decimal(amount),
        source=CostSource.LOOKED_UP,
    )


def month() -> list[facts.Sum]:
    """Every group of the month; its shares by kind are for drawing, and rounded where a day is closed."""
    found = facts.sums(By.DAY, By.PERSON, By.TEAM, By.PROVIDER, By.MODEL, span=NOVEMBER)
    return sorted((replace(one, parts=()) for one in found), key=lambda one: str(one.key))


def test_closing_days_changes_no_sum(spender: User) -> None:
    bob, team = books.person("bob", limit="500"), Team.objects.create(name="Research")
    for days in range(5):
        at = DAY - timedelta(days=days)
        reply(spender, at, "0.000000000003", prompt=100, cached=40, completion=20, reasoning=5)
        reply(bob, at, "0.25", team=team, prompt=7, completion=3)
        reply(bob, at, "0.125", source=CostSource.ESTIMATED, prompt=7, completion=3)
    live = month()

    opened = rollups.close_days(DAY)

    assert opened == datetime(2026, 11, 20, tzinfo=UTC)
    assert SpendDay.objects.count() == 4 * 3
    assert month() == live
    assert rollups.close_days(DAY) == opened
    assert month() == live
    assert ledger.verify() == []


def test_what_is_booked_into_a_closed_day_is_in_it_at_once(spender: User) -> None:
    charge = reply(
        spender, DAY - timedelta(days=1), "0.5", source=CostSource.ESTIMATED, prompt=10, completion=2
    )
    under_way = uuid.uuid4()
    ledger.hold(generation_id=under_way, user=spender, bound=books.bound("1"), at=DAY - timedelta(days=1))
    rollups.close_days(DAY)

    correct(charge, "0.375")
    correct(charge, "0.4")
    ledger.settle(
        generation_id=under_way,
        charges=[Charge(uuid.uuid4(), Decimal("0.25"), CostSource.PRICED, details(prompt=1, completion=1))],
    )

    (day,) = SpendDay.objects.all()
    assert (day.spent, day.estimated, day.reported, day.replies) == (
        Decimal("0.65"),
        Decimal(0),
        Decimal("0.4"),
        2,
    )
    assert (day.prompt, day.completion) == (11, 3)
    assert facts.total(facts.sums(span=NOVEMBER)).spent == Decimal("0.65")
    assert ledger.verify() == []


def test_a_person_or_a_team_finds_its_own_in_closed_days(spender: User) -> None:
    bob, team = books.person("bob", limit="500"), Team.objects.create(name="Research")
    reply(spender, DAY - timedelta(days=1), "1")
    reply(bob, DAY - timedelta(days=1), "2", team=team)
    reply(bob, DAY, "4", team=team)
    rollups.close_days(DAY)

    def spent(of: Of) -> Decimal:
        return facts.total(facts.sums(span=NOVEMBER, of=of)).spent

    assert [spent(Of(user=spender.pk)), spent(Of(user=bob.pk)), spent(Of(team=team.pk))] == [1, 6, 6]
    assert spent(Of(team=facts.NO_TEAM)) == 1


def test_clocks_that_jump_a_day_neither_lose_nor_double_anything(spender: User) -> None:
    reply(spender, DAY, "1")
    rollups.close_days(DAY + timedelta(days=1))  # a clock that is a day ahead closes today
    reply(spender, DAY, "2")
    rollups.close_days(DAY)
    reply(spender, DAY + timedelta(days=1), "4")
    reply(spender, DAY - timedelta(days=1), "8")
    rollups.close_days(DAY + timedelta(days=2))

    assert facts.total(facts.sums(span=NOVEMBER)).spent == 15
    assert books.counters(spender.pk) == books.sums(spent="15")
    assert ledger.verify() == []


def spoil() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_spendwindow SET spent = spent + 7, held = 3, granted = -2")
        cursor.execute("UPDATE accounts_spendday SET spent = 0, replies = 99")
        cursor.execute("DELETE FROM accounts_spendday WHERE id = (SELECT min(id) FROM accounts_spendday)")


def state() -> list[tuple[Any, ...]]:
    counters = SpendWindow.objects.order_by("pk").values_list("pk", "spent", "held", "granted")
    days = SpendDay.objects.order_by("day", "provider", "model").values_list(
        "day", "user_id", "team_id", "spent", "replies", "prompt", "saved", "estimated"
    )
    return [*counters, *days]


def test_every_counter_and_every_day_can_be_made_again_from_entries_alone(spender: User) -> None:
    books.limit_person(spender, "400", Window.DAY)
    for days in range(4):
        reply(spender, DAY - timedelta(days=days), "0.123456789012", prompt=9, cached=3, completion=1)
    rollups.close_days(DAY)
    right = state()
    spoil()

    with pytest.raises(CommandError, match="closed with"):
        call_command("rebuild_counters", "--check")
    assert state() != right
    found = rebuilding.rebuild()

    assert len(found) > 4
    assert state() == right
    assert rebuilding.rebuild() == []
    assert state() == right
    call_command("rebuild_counters", "--check")
    assert ledger.verify() == []


def test_what_was_spoiled_is_found_by_the_check(spender: User) -> None:
    reply(spender, DAY - timedelta(days=1), "0.5")
    rollups.close_days(DAY)
    SpendDay.objects.update(spent=Decimal("0.4"))

    assert ledger.verify() == [
        "2026-11-19, openrouter: closed with 0.400000000000 spent, its entries say 0.500000000000."
    ]


@pytest.mark.parametrize("figure", ["estimated", "reported", "prompt", "replies"])
def test_a_day_that_is_wrong_in_anything_but_its_sum_is_found_too(spender: User, figure: str) -> None:
    reply(spender, DAY - timedelta(days=1), "0.5")
    rollups.close_days(DAY)
    SpendDay.objects.update(**{figure: 7})

    assert ledger.verify() == [
        "2026-11-19, openrouter: 0.500000000000 spent is right, but not of what it is made up."
    ]
    rebuilding.rebuild()
    assert ledger.verify() == []


def test_days_closed_without_anybody_knowing_until_when_are_made_anew(spender: User) -> None:
    reply(spender, DAY - timedelta(days=1), "0.5")
    rollups.close_days(DAY)
    Books.objects.all().delete()

    assert facts.total(facts.sums(span=NOVEMBER)).spent == Decimal("0.5")
    rollups.close_days(DAY)

    assert facts.total(facts.sums(span=NOVEMBER)).spent == Decimal("0.5")


def test_deleting_people_and_teams_changes_no_total(spender: User) -> None:
    team = Team.objects.create(name="Research")
    reply(spender, DAY - timedelta(days=1), "0.5", team=team)
    reply(spender, DAY, "0.25", team=team)
    rollups.close_days(DAY)
    before = month()

    spender.delete()
    team.delete()

    assert month() == before
    assert books.counters(ORGANISATION_ID) == books.sums(spent="0.75")
    assert ledger.verify() == []
    assert rebuilding.rebuild() == []
