"""An administrator sends one short question by a route: a worker asks, once, and the ledger has it."""

from decimal import Decimal

import httpx
import pytest

from accounts import ledger
from accounts.actions import budgets
from accounts.models import EntryKind, LedgerEntry, Scope, User
from conversations import tasks
from conversations.generation import proof
from conversations.models import Route, Trial
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


@pytest.fixture
def office(person_for: PersonFor, admin: User) -> Person:
    return person_for(admin)


def press(office: Person) -> str:
    """The button; the address of the page that tells what came of it."""
    answer = office.post(f"/providers/routes/{Route.objects.get().pk}/try/")
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def outcome(office: Person, page: str) -> str:
    wait_until(lambda: "Refresh" not in office.http.get(page).headers, what="the question to be answered")
    return office.http.get(page).text


def entries(trial: Trial) -> dict[str, Decimal]:
    return {
        entry.kind: entry.amount.normalize() for entry in LedgerEntry.objects.filter(generation_id=trial.pk)
    }


def test_a_route_that_answers_is_said_to_and_its_cost_is_charged(
    house: House, office: Person, script: Script
) -> None:
    script.play({"text": "Yes"}, {"finish": "stop"}, {"usage": {"prompt_tokens": 5, "completion_tokens": 1}})

    text = outcome(office, press(office))

    assert "Scripted answers" in text
    assert "It answered after" in text
    (call,) = script.calls()
    assert call["body"]["max_tokens"] == 16
    assert "admin" not in str(call).lower()
    trial = Trial.objects.get()
    assert entries(trial) == {
        EntryKind.HOLD: Decimal("0.000056"),
        EntryKind.RELEASE: Decimal("-0.000056"),
        EntryKind.CHARGE: Decimal("0.000006"),
    }
    charge = LedgerEntry.objects.get(kind=EntryKind.CHARGE)
    assert (charge.details["helper"], charge.user_id) == ("trial", office.user.pk)
    assert "It answered after" in office.http.get("/providers/models/").text
    usage = office.http.get("/usage/").text
    assert "1 test of a route" in usage
    assert "Deleted conversations" not in usage


def test_a_refused_key_is_told_in_words_and_costs_nothing(
    house: House, office: Person, script: Script
) -> None:
    script.play({"status": 401, "body": {"error": {"message": "bad key sk-canary"}}})

    text = outcome(office, press(office))

    assert "Scripted is refusing our key." in text
    assert "canary" not in text
    assert entries(Trial.objects.get())[EntryKind.CHARGE] == 0


def test_without_money_of_ones_own_nothing_is_asked(house: House, office: Person, script: Script) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=office.user.pk, limit=Decimal(0))

    office.post(f"/providers/routes/{Route.objects.get().pk}/try/")

    assert "You have no budget" in office.http.get("/providers/models/").text
    assert not Trial.objects.exists()
    assert script.calls() == []


def test_pressing_twice_asks_once(house: House, office: Person, script: Script) -> None:
    script.play({"wait": "gate"}, {"text": "Yes"}, {"finish": "stop"})

    first, second = press(office), press(office)
    wait_until(script.calls, what="the call")
    script.release("gate")

    assert first == second
    outcome(office, first)
    assert len(script.calls()) == 1


def test_a_worker_that_dies_while_asking_never_asks_again_and_the_prompt_is_booked(
    house: House, office: Person, script: Script
) -> None:
    script.play({"wait": "gate"})
    page = press(office)
    wait_until(script.calls, what="the call")
    house.worker.kill()
    httpx.post(f"{house.provider_url}/release", json={"gate": "gate"}).raise_for_status()

    house.worker.start()
    trial = Trial.objects.get()
    # Every five minutes a worker takes over the jobs of those that are gone; here at once.
    house.worker.wait_until_ready()
    tasks.try_route.defer(trial_id=str(trial.pk))

    assert "The worker stopped while it was asked." in outcome(office, page)
    assert len(script.calls()) == 1
    assert entries(trial)[EntryKind.CHARGE] > 0
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []
