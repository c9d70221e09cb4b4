"""A provider that keeps its own books: what we booked is what it bills, however its replies went, and however many
calls they took.

INVOICE_REPLIES sets how many replies there are (`make soak` asks for 2,000).
"""

import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from django.db.models import Sum

from accounts.actions import budgets, prices
from accounts.models import CostSource, EntryKind, LedgerEntry, Scope, User
from conversations.models import (
    UNFINISHED,
    Attempt,
    Generation,
    Message,
    Model,
    Provider,
    ProviderKind,
    Route,
)
from tests.house.conftest import Say, Script
from tests.house.people import Person
from tests.house.processes import House, Process, wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(3600)]

REPLIES = int(os.environ.get("INVOICE_REPLIES", "120"))
PEOPLE = 6
LOOKED_UP = Decimal("0.000321987654")
INPUT, CACHED, OUTPUT = Decimal("0.14"), Decimal("0.0028"), Decimal("0.28")
PER_TOKEN = Decimal("0.000001")

Steps = list[dict[str, Any]]


def usage(cost: Decimal) -> dict[str, Any]:
    """A count with its cost, as OpenRouter sends it."""
    return {
        "prompt_tokens": 900,
        "completion_tokens": 70,
        "prompt_tokens_details": {"cached_tokens": 640},
        "completion_tokens_details": {"reasoning_tokens": 30},
        "cost": str(cost),
    }


def cost_of(number: int) -> Decimal:
    """Another one for each reply, to the twelfth place."""
    return Decimal(number + 1) * Decimal("0.000001234567")


def said(kind: str, number: int) -> tuple[Steps, Steps, Decimal | None]:
    """What the first provider and the second one do, and what that is billed; None = by the tokens they counted.

    Where it is a reply of several calls, what they do in the first one.
    """
    cost = cost_of(number)
    thought: Steps = [{"reasoning": "Hm. " * 10}, {"text": "word " * 8}]
    whole = [*thought, {"finish": "stop"}, {"usage": usage(cost)}, {"done": True}]
    busy: Steps = [{"status": 503, "body": {"error": {"message": "busy"}}}]
    known: dict[str, Any] = {"headers": {"X-Generation-Id": f"gen-{number}"}}
    every: dict[str, tuple[Steps, Steps, Decimal | None]] = {
        "whole": (whole, [], cost),
        "long": ([*thought, {"finish": "length", "usage": usage(cost)}, {"done": True}], [], cost),
        "counted": ([*thought, {"end": "stop"}], [], None),
        "twice counted": (
            [
                *thought,
                {"usage": usage(cost / 2)},
                {"finish": "stop"},
                {"usage": usage(cost)},
                {"done": True},
            ],
            [],
            cost,
        ),
        "cut": ([*thought, {"usage": usage(cost)}, {"cut": True}], [], cost),
        "retried": (whole, [], cost * 2),
        "dearer": (busy, whole, cost),
        "failed": (busy, busy, Decimal(0)),
        "uncounted": ([known, *thought, {"finish": "stop"}, {"done": True}], [], LOOKED_UP),
        "stopped": ([known, *thought, {"wait": "for ever"}], [], LOOKED_UP),
        "lost": ([known, *thought, {"cut": True}], [], LOOKED_UP),
        "steps": ([*thought, *asking(FIRST, number, cost)], [], cost + LATER * cost + LAST * cost),
        "counted steps": ([*thought, *asking(FIRST, number)], [], None),
        "steps, stopped": (asking(FIRST, number, cost), [], cost + LATER * cost + LOOKED_UP),
        "steps, lost": (asking(FIRST, number, cost), [], cost + LATER * cost + LOOKED_UP),
    }
    return every[kind]


# Sums that are asked for by a reply's first and its second call; what they come to tells which reply it is.
FIRST, SECOND = 3_000_000, 5_000_000
# What a reply's second and third call cost, in that of its first.
LATER, LAST = 3, 5


def asking(sum_from: int, number: int, cost: Decimal | None = None) -> Steps:
    """A call that asks for a tool and is counted, with its cost or by the tokens."""
    asked = {"call": "calculate", "id": "a", "arguments": {"expression": f"{sum_from} + {number}"}}
    if cost is None:
        return [asked, {"end": "tool_calls"}]
    return [asked, {"finish": "tool_calls"}, {"usage": usage(cost)}, {"done": True}]


def said_to_sums(kind: str, number: int) -> dict[str, Steps]:
    """What the first provider does when it is told what a sum came to."""
    if "steps" not in kind:
        return {}
    cost, known = cost_of(number), {"headers": {"X-Generation-Id": f"gen-{number}"}}
    thought: Steps = [{"reasoning": "Hm. " * 10}, {"text": "word " * 8}]
    last: dict[str, Steps] = {
        "steps": [*thought, {"finish": "stop"}, {"usage": usage(LAST * cost)}, {"done": True}],
        "counted steps": [*thought, {"end": "stop"}],
        "steps, stopped": [known, *thought, {"wait": "for ever"}],
        "steps, lost": [known, *thought, {"cut": True}],
    }
    second = asking(SECOND, number, None if kind == "counted steps" else LATER * cost)
    return {str(FIRST + number): second, str(SECOND + number): last[kind]}


KINDS = (
    *("whole", "counted", "long", "twice counted", "cut", "retried", "dearer", "failed"),
    *("uncounted", "stopped", "lost", "steps", "counted steps", "steps, stopped", "steps, lost"),
)


STEPPED = sum("steps" in KINDS[number % len(KINDS)] for number in range(REPLIES))


@pytest.fixture
def second_provider(house: House, tmp_path: Path) -> Iterator[Script]:
    """Another server, asked when the first one fails, at three times the price."""
    port_file = tmp_path / "port"
    server = Process(
        "-m", "conversations.providers.demo",
        "--scripted", "--host", "127.0.0.1", "--port", "0", "--port-file", str(port_file),
        environment=house.environment, log=tmp_path / "provider2.log",
    )  # fmt: skip
    server.start()
    try:
        wait_until(lambda: port_file.exists() and port_file.read_text(), what="a provider")
        yield Script(f"http://127.0.0.1:{port_file.read_text().strip()}")
    finally:
        server.end()


@pytest.fixture
def providers(house: House, script: Script, second_provider: Script) -> list[Script]:
    """Two providers that state their costs and can be asked again, with prices of their own."""
    Provider.objects.filter(slug="scripted").update(kind=ProviderKind.OPENROUTER)
    second = Provider.objects.create(
        slug="dearer", kind=ProviderKind.OPENROUTER, name="Dearer", base_url=f"{second_provider.url}/v1"
    )
    Route.objects.create(
        model=Model.objects.get(is_default=True), provider=second, upstream_model="deepseek-v4-flash", order=2
    )
    for slug, times in (("scripted", 1), ("dearer", 3)):
        prices.set_price(
            actor=None,
            provider=slug,
            upstream_model="deepseek-v4-flash",
            input=INPUT * times,
            cache_read=CACHED * times,
            output=OUTPUT * times,
            source="test",
            confirm_jump=True,
        )
    return [script, second_provider]


def play(providers: list[Script]) -> Decimal:
    """Tell both what to do with which message; returns what is billed but for what is counted by tokens."""
    kept = {
        "data": {"total_cost": str(LOOKED_UP), "native_tokens_prompt": 800, "native_tokens_completion": 40}
    }
    matches: list[list[dict[str, Any]]] = [[], []]
    invoice = Decimal(0)
    for number in range(REPLIES):
        first, second, billed = said(KINDS[number % len(KINDS)], number)
        invoice += billed or 0
        for place, does in enumerate((first, second)):
            if does:
                matches[place].append({"contains": message_of(number), "script": does})
        for told, does in said_to_sums(KINDS[number % len(KINDS)], number).items():
            matches[0].append({"contains": told, "script": does})
    for server, played in zip(providers, matches, strict=True):
        answer = httpx.post(
            f"{server.url}/script",
            json={"matches": played, "check": [{"status": 200, "body": kept}]},
        )
        answer.raise_for_status()
    return invoice


def message_of(number: int) -> str:
    return f"number {number:06}."


def have(person: Person, number: int) -> None:
    """One message, and all that its reader does."""
    kind = KINDS[number % len(KINDS)]
    answer = person.ask(message_of(number), **({"tools": "calculate"} if "steps" in kind else {}))
    generation, reply = answer["reply"]["reply"]["generation"], answer["reply"]["id"]
    if kind in ("stopped", "steps, stopped"):
        wait_until(
            lambda: Message.objects.filter(pk=reply, text__contains="word").exists(), seconds=120, what="text"
        )
        person.post(f"/generations/{generation}/stop/")
    until_over(generation)
    if kind == "retried":
        again = person.post(f"/replies/{reply}/retry/", client_id=str(uuid.uuid4()))
        assert again.status_code == 201, again.text
        until_over(again.json()["reply"]["reply"]["generation"])


def until_over(generation: str) -> None:
    unfinished = Generation.objects.filter(pk=generation, status__in=UNFINISHED)
    wait_until(lambda: not unfinished.exists(), seconds=120, what="a reply to end")


def have_and_leave(person: Person, number: int) -> None:
    try:
        have(person, number)
    finally:
        connection.close()


def by_tokens(providers: list[Script]) -> Decimal:
    """What the providers count themselves where they say no cost, at the prices agreed."""
    total = Decimal(0)
    for call in providers[0].calls():
        if KINDS[number_of(call) % len(KINDS)] in ("counted", "counted steps"):
            new = call["prompt_tokens"] - call["cached_tokens"]
            total += (
                new * INPUT + call["cached_tokens"] * CACHED + call["completion_tokens"] * OUTPUT
            ) * PER_TOKEN
    return total


def number_of(call: dict[str, Any]) -> int:
    (asked,) = (turn["content"] for turn in call["body"]["messages"] if turn["role"] == "user")
    return int(asked.split()[1].rstrip("."))


def booked() -> Decimal:
    costs = LedgerEntry.objects.filter(kind__in=[EntryKind.CHARGE, EntryKind.CORRECTION])
    return costs.aggregate(all=Sum("amount"))["all"] or Decimal(0)


def test_what_we_booked_is_what_the_providers_bill(house: House, providers: list[Script], say: Say) -> None:
    budgets.set_budget(actor=None, scope=Scope.ORGANISATION, limit=Decimal(100_000))
    users = [User.objects.create_user(f"reader{n}@example.org", "x") for n in range(PEOPLE)]
    for user in users:
        budgets.set_budget(actor=None, scope=Scope.USER, scope_id=user.pk, limit=Decimal(10_000))
    people = [Person(user, house.url) for user in users]
    invoice = play(providers)

    with ThreadPoolExecutor(PEOPLE) as pool:
        list(pool.map(lambda number: have_and_leave(people[number % PEOPLE], number), range(REPLIES)))
    estimated = Attempt.objects.filter(cost_source=CostSource.ESTIMATED)
    wait_until(lambda: not estimated.exists(), seconds=120, what="every estimate to be looked up")
    invoice += by_tokens(providers)
    for person in people:
        person.http.close()

    calls = sum(len(server.calls()) for server in providers)
    say(f"{Generation.objects.count()} replies, {calls} calls: billed ${invoice}, booked ${booked()}")
    assert calls == Attempt.objects.count()
    assert Attempt.objects.filter(finish_reason="tool_calls").count() == 2 * STEPPED
    assert booked() == invoice
    sources = set(Attempt.objects.values_list("cost_source", flat=True))
    assert sources == {"reported", "priced", "looked_up", "nothing"}
    assert LedgerEntry.objects.filter(kind=EntryKind.CORRECTION).exists()
