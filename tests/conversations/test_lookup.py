"""Costs that had to be estimated are asked for at the provider afterwards, and put right by a correction."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import ledger, pricing
from accounts.models import ORGANISATION_ID, Budget, LedgerEntry, SpendWindow, User
from conversations.generation import finish, lookup
from conversations.generation.attempts import Result
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Attempt, Conversation, Generation, Model, Provider, ProviderKind, Status
from conversations.providers.base import UsageReport
from conversations.providers.openrouter import _as_usage
from conversations.providers.usage import usage_of
from tests.conftest import ClientFor

pytestmark = pytest.mark.django_db

KNOWN = UsageReport(prompt_tokens=80, completion_tokens=20, cost=Decimal("0.000123456789"))


def stopped_reply(client: Client, *, upstream_id: str = "gen-1") -> Attempt:
    """A reply that was stopped before its provider had counted anything."""
    client.post("/conversations/", {"client_id": str(uuid.uuid4()), "text": "Hi"})
    generation = Generation.objects.get()
    Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="here")
    rates = pricing.rates_at("scripted", "deepseek-v4-flash", generation.queued_at)
    assert rates is not None
    attempt = Attempt.objects.create(
        generation=generation,
        number=1,
        provider="scripted",
        provider_name="Scripted",
        upstream_model="deepseek-v4-flash",
        price=rates.as_json(),
    )
    written = Written(seq=1, text="word " * 50, reasoning="", reasoning_ms=None, reasoning_details=[])
    result = Result(attempt.pk, upstream_id=upstream_id)
    ending = Ending(status=Status.STOPPED, written=written, results=(result,))
    assert finish.finish(generation.pk, worker="here", ending=ending)
    attempt.refresh_from_db()
    return attempt


def asked() -> list[dict[str, Any]]:
    """What is to be asked for later."""
    jobs = ProcrastinateJob.objects.filter(task_name=lookup.TASK)
    return list(jobs.values_list("args", flat=True))


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    Provider.objects.filter(slug="scripted").update(kind=ProviderKind.OPENROUTER)
    return client_for(alice)


def test_an_estimate_is_asked_about_and_corrected_once(client: Client) -> None:
    attempt = stopped_reply(client)
    (wanted,) = asked()
    assert (wanted["attempt_id"], wanted["upstream_id"]) == (str(attempt.pk), "gen-1")

    for _ in range(2):
        lookup._book(attempt.pk, attempt.generation_id, KNOWN)

    attempt.refresh_from_db()
    assert (attempt.cost, attempt.cost_source) == (KNOWN.cost, "looked_up")
    assert (attempt.prompt_tokens, attempt.completion_tokens) == (80, 20)
    assert {window.spent for window in SpendWindow.objects.all()} == {KNOWN.cost}
    assert LedgerEntry.objects.filter(kind="correction").count() == 1
    assert ledger.verify() == []


def test_without_a_limit_the_page_says_that_what_was_spent_is_an_estimate_until_it_is_not(
    client: Client,
) -> None:
    Budget.objects.all().delete()
    attempt = stopped_reply(client)
    address = f"/conversations/{attempt.generation.conversation_id}/money/"

    estimated = client.get(address).json()
    lookup._book(attempt.pk, attempt.generation_id, KNOWN)
    known = client.get(address).json()

    assert estimated["left"].startswith("≈\N{NO-BREAK SPACE}$") and estimated["left"].endswith(" here")
    assert "You have spent ≈\N{NO-BREAK SPACE}$" in estimated["sentence"]
    assert known["left"] == "$0.00013 here"
    assert "You have spent $0.00013 for" in known["sentence"]


def test_a_conversation_that_was_deleted_meanwhile_is_owed_for_all_the_same(client: Client) -> None:
    attempt = stopped_reply(client)
    attempt_id, generation_id = attempt.pk, attempt.generation_id
    Conversation.objects.all().delete()

    lookup._book(attempt_id, generation_id, KNOWN)

    assert SpendWindow.objects.get(scope_id=ORGANISATION_ID).spent == KNOWN.cost
    assert ledger.verify() == []


def test_who_cannot_say_is_not_asked(client: Client) -> None:
    Provider.objects.filter(slug="scripted").update(kind=ProviderKind.COMPATIBLE)

    assert stopped_reply(client).cost_source == "estimated"
    assert asked() == []


def test_an_answer_without_an_id_stays_an_estimate(client: Client) -> None:
    assert stopped_reply(client, upstream_id="").cost_source == "estimated"
    assert asked() == []


def test_openrouters_record_is_read_like_its_answers() -> None:
    record = {
        "id": "gen-1",
        "total_cost": Decimal("0.0015"),
        "native_tokens_prompt": 100,
        "native_tokens_cached": 64,
        "native_tokens_completion": 30,
        "native_tokens_reasoning": 10,
        "cancelled": True,
    }

    assert usage_of(_as_usage(record)) == UsageReport(
        prompt_tokens=100, cached_tokens=64, completion_tokens=30, reasoning_tokens=10, cost=Decimal("0.0015")
    )
