"""Who pays for a conversation, and what nobody can spend however they try."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client

from accounts import ledger
from accounts.actions import budgets, prices, teams
from accounts.models import ORGANISATION_ID, LedgerEntry, Scope, SpendWindow, Team, User, Window
from conversations import hints
from conversations.events import Topic
from conversations.generation import finish, proof
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Conversation, Generation, Model, Status
from tests.conftest import ClientFor
from tests.conversations.conftest import PRICE

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}
WORST = (32_768 + len("Hi") + 32) * PRICE / 1_000_000
DONE = Ending(
    status=Status.DONE,
    written=Written(seq=1, text="Yes.", reasoning="", reasoning_ms=None, reasoning_details=[]),
    finish_reason="stop",
)


@pytest.fixture
def team(admin: User, alice: User) -> Team:
    made = teams.create_team(actor=admin, name="Research")
    teams.add_member(actor=admin, team=made, user=alice)
    return made


def start(client: Client, text: str = "Hi", **more: Any) -> Any:
    data = {"client_id": str(uuid.uuid4()), "text": text, **more}
    return client.post("/conversations/", data, headers=JSON)


def say(client: Client, conversation: Conversation, text: str = "And?", **more: Any) -> Any:
    data = {"client_id": str(uuid.uuid4()), "text": text, "after": str(conversation.tip_id), **more}
    return client.post(f"/conversations/{conversation.pk}/messages/", data, headers=JSON)


def choose(client: Client, conversation: Conversation, team: Team | None) -> Any:
    wanted = {"team": str(team.pk) if team else ""}
    return client.post(f"/conversations/{conversation.pk}/payer/", wanted, headers=JSON)


def end_reply() -> None:
    """As a worker would: the reply that is queued is written and settled."""
    generation = Generation.objects.get(status=Status.QUEUED)
    Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="here")
    assert finish.finish(generation.pk, worker="here", ending=DONE)


def held_by(scope_id: uuid.UUID) -> Decimal:
    return sum(SpendWindow.objects.filter(scope_id=scope_id).values_list("held", flat=True), Decimal(0))


def test_a_team_pays_for_a_conversation_begun_on_its_money(
    client_for: ClientFor, alice: User, team: Team, model: Model
) -> None:
    answer = start(client_for(alice), team=str(team.pk))

    assert answer.status_code == 201
    assert (Conversation.objects.get().team_id, Generation.objects.get().team_id) == (team.pk, team.pk)
    assert held_by(team.pk) == held_by(alice.pk) == held_by(ORGANISATION_ID) == WORST


@pytest.mark.parametrize(
    ("is_billed", "held"), [(True, WORST + (len("Hi") + 32) * PRICE / 1_000_000), (False, 0)]
)
def test_what_is_held_takes_input_to_be_of_its_dearest_kind(
    client_for: ClientFor, alice: User, model: Model, is_billed: bool, held: Decimal
) -> None:
    prices.set_price(
        actor=None,
        provider="scripted",
        upstream_model="deepseek-v4-flash",
        input=PRICE,
        cache_read=PRICE / 2,
        cache_write=PRICE * 2,
        output=PRICE,
        is_billed=is_billed,
        source="test",
    )

    assert start(client_for(alice)).status_code == 201

    assert held_by(alice.pk) == held


def test_only_members_have_a_team_pay(client_for: ClientFor, bob: User, team: Team, model: Model) -> None:
    client = client_for(bob)

    answer = start(client, team=str(team.pk))

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_in_team")
    assert Conversation.objects.count() == LedgerEntry.objects.count() == 0
    assert start(client).status_code == 201
    assert choose(client, Conversation.objects.get(), team).status_code == 422
    assert Conversation.objects.get().team_id is None


def test_nobody_chooses_who_pays_for_another_persons_conversation(
    client_for: ClientFor, alice: User, bob: User, team: Team, model: Model
) -> None:
    start(client_for(alice))

    assert choose(client_for(bob), Conversation.objects.get(), None).status_code == 404


@pytest.mark.parametrize("happens", ["they leave the team", "the conversation is moved", "the team is gone"])
def test_what_happens_in_mid_reply_changes_nothing_for_that_reply(
    client_for: ClientFor, admin: User, alice: User, team: Team, model: Model, happens: str
) -> None:
    client = client_for(alice)
    start(client, team=str(team.pk))
    team_id = team.pk

    if happens == "they leave the team":
        teams.remove_member(actor=admin, team=team, user=alice)
    elif happens == "the conversation is moved":
        assert choose(client, Conversation.objects.get(), None).json() == {"team": ""}
    else:
        team.delete()
    end_reply()

    entries = LedgerEntry.objects.filter(kind="release")
    assert list(entries.values_list("team_id", flat=True)) == [team_id]
    assert held_by(team_id) == 0
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


def test_after_leaving_a_team_nothing_is_sent_on_its_money_nor_silently_on_ones_own(
    client_for: ClientFor, admin: User, alice: User, team: Team, model: Model
) -> None:
    client = client_for(alice)
    start(client, team=str(team.pk))
    end_reply()
    teams.remove_member(actor=admin, team=team, user=alice)
    conversation = Conversation.objects.get()

    refused = say(client, conversation)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "not_in_team")
    choose(client, conversation, None)

    assert say(client, conversation).status_code == 201
    assert Generation.objects.get(status=Status.QUEUED).team_id is None


def test_a_team_without_money_refuses_in_its_name(
    client_for: ClientFor, alice: User, team: Team, model: Model
) -> None:
    budgets.set_budget(actor=None, scope=Scope.TEAM, scope_id=team.pk, limit=Decimal("0.0001"))

    answer = start(client_for(alice), team=str(team.pk))

    assert answer.status_code == 402
    assert "of your team’s $0.0001 is left" in answer.json()["error"]["message"]


def test_a_change_of_limits_reaches_the_pages_of_those_it_concerns(
    alice: User, bob: User, team: Team, model: Model
) -> None:
    with patch.object(hints, "publish") as publish:
        budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal(7))
        alone = [call.args for call in publish.call_args_list]
        publish.reset_mock()
        budgets.set_budget(actor=None, scope=Scope.ORGANISATION, limit=Decimal(70))
        everybody = {call.args[0] for call in publish.call_args_list}

    ((whom, hint),) = alone
    assert (whom, hint.topic, hint.data["left"]) == (alice.pk, Topic.MONEY, "$7.00 left")
    assert {alice.pk, bob.pk} <= everybody


def test_three_megabytes_that_could_cost_too_much_are_refused_before_anybody_is_asked(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal("2.99"))

    answer = start(client_for(alice), "x" * 3_000_000)

    assert answer.status_code == 402
    assert "could cost up to $3.01 and $2.99 is left" in answer.json()["error"]["message"]
    assert Generation.objects.count() == LedgerEntry.objects.count() == 0


def test_three_megabytes_that_fit_are_held_for_in_full(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal("3.01"))

    answer = start(client_for(alice), "x" * 3_000_000)

    assert answer.status_code == 201
    generation = Generation.objects.get()
    assert generation.is_shortened
    assert Decimal(3) < held_by(alice.pk) <= Decimal("3.01")


def test_tabs_that_are_stale_in_any_way_hold_once(client_for: ClientFor, alice: User, model: Model) -> None:
    client = client_for(alice)
    start(client, client_id="0190aaaa-first")
    conversation = Conversation.objects.get()
    tip = conversation.tip_id

    for _ in range(3):  # a tab that repeats its send, one that sends to the old tip, one that branches off it
        start(client, client_id="0190aaaa-first")
        say(client, conversation, after=str(uuid.uuid4()))
        say(client, conversation, after=str(tip), branch="on")

    assert LedgerEntry.objects.filter(kind="hold").count() == 1
    assert held_by(alice.pk) == WORST


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_a_day_opens_no_more_than_that_days_budget(
    client_for: ClientFor, alice: User, model: Model, jump: timedelta
) -> None:
    client, noon = client_for(alice), datetime(2026, 11, 25, 12, tzinfo=UTC)

    def sends(at: datetime) -> list[int]:
        with time_machine.travel(at, tick=False):
            return [start(client).status_code for _ in range(3)]

    with time_machine.travel(noon, tick=False):
        client = client_for(alice)
        for window, replies in ((Window.DAY, 2), (Window.MONTH, 3)):
            limit = WORST * replies + WORST / 100
            budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, window=window, limit=limit)

    assert sends(noon) == [201, 201, 402]
    assert sends(noon + jump) == [201, 402, 402]  # another day, and the same month
    assert sends(noon) == [402, 402, 402]
    assert held_by(ORGANISATION_ID) == WORST * 3


@pytest.mark.usefixtures("november")
def test_at_the_months_boundary_each_reply_counts_in_the_month_it_was_sent_in(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=WORST * Decimal("1.01"))
    client = client_for(alice)

    def send(at: datetime) -> int:
        with time_machine.travel(at, tick=False):
            return int(start(client).status_code)

    last = midnight - timedelta(microseconds=1)
    assert [send(last), send(last), send(midnight), send(midnight)] == [201, 402, 201, 402]

    months = SpendWindow.objects.filter(scope_id=alice.pk).order_by("starts_at")
    assert [(month.starts_at.month, month.held) for month in months] == [(11, WORST), (12, WORST)]


def test_deleting_a_conversation_or_a_person_changes_no_total(
    client_for: ClientFor, alice: User, bob: User, model: Model
) -> None:
    for user in (alice, bob):
        start(client_for(user))
        end_reply()
    totals = list(SpendWindow.objects.order_by("pk").values_list("pk", "spent", "held"))
    entries = LedgerEntry.objects.count()

    Conversation.objects.filter(owner=alice).delete()
    bob.delete()

    assert list(SpendWindow.objects.order_by("pk").values_list("pk", "spent", "held")) == totals
    assert LedgerEntry.objects.count() == entries
    assert ledger.verify() == []
