"""What a long conversation costs Postgres: acts at its end, and its page, read no text that they do not need."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts import pricing
from accounts.models import CostSource, User
from conversations.generation import bound, weighing
from conversations.models import Attempt, Generation, Message, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk, lengthen

TEXT = "x" * 1_000
FEW, MANY = 5, 300


class Read:
    """What came from the database: how many statements, how many bytes of rows, and what was asked."""

    def __init__(self) -> None:
        self.statements: list[str] = []
        self.bytes = 0

    def __call__(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        *_, context = more
        answer = execute(sql, *more)
        self.statements.append(sql)
        rows = context["cursor"].cursor.pgresult
        for row in range(rows.ntuples if rows else 0):
            self.bytes += sum(len(rows.get_value(row, column) or b"") for column in range(rows.nfields))
        return answer


@contextmanager
def reading() -> Iterator[Read]:
    read = Read()
    with connection.execute_wrapper(read):
        yield read


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


def of_length(client: Client, turns: int) -> Talk:
    talk = Talk(client)
    talk.end(TEXT)
    lengthen(talk.row, turns, TEXT)
    return talk


def test_sending_and_retrying_read_as_little_at_the_end_of_a_long_conversation_as_of_a_short_one(
    client: Client,
) -> None:
    read = []
    for talk in (of_length(client, FEW), of_length(client, MANY)):
        with reading() as sending:
            assert talk.say().status_code == 201
        reply = talk.end()
        with reading() as retrying:
            assert talk.retry(reply).status_code == 201
        talk.end()
        read.append([sending, retrying])

    for short, long in zip(*read, strict=True):
        assert len(long.statements) == len(short.statements)
        assert long.bytes < short.bytes + len(TEXT)


def test_choosing_and_deleting_read_the_ids_of_a_branch_and_the_texts_of_what_changes(client: Client) -> None:
    talk = of_length(client, MANY)
    talk.say()
    reply = talk.end()
    talk.retry(reply)
    other = talk.end()

    with reading() as choosing:
        assert len(talk.choose(reply).json()["messages"]) == 1
    with reading() as deleting:
        assert len(client.post(f"/messages/{reply}/delete/", headers=JSON).json()["messages"]) == 1

    assert str(talk.row.tip_id) == other
    for read in (choosing, deleting):
        assert read.bytes < MANY * len(TEXT) / 2


def test_a_link_to_a_branch_reads_no_more_than_its_page_shows(client: Client) -> None:
    talk = of_length(client, MANY)
    old_tip = str(talk.row.tip_id)
    talk.edit(talk.first, "Otherwise")
    talk.end()

    with reading() as read:
        page = client.get(f"/c/{talk.id}/?message={old_tip}")

    assert f'data-message="{old_tip}"' in page.content.decode()
    assert read.bytes < MANY * len(TEXT) / 2


def test_what_each_reply_was_told_is_not_read_for_the_page(client: Client) -> None:
    told = "Be brief. " * 700
    talk = Talk(client)
    talk.end()
    for _ in range(4):
        talk.say()
        talk.end()
    with reading() as without:
        client.get(f"/c/{talk.id}/")
    Generation.objects.update(instructions=told)

    with reading() as read:
        client.get(f"/c/{talk.id}/")

    assert read.bytes == without.bytes


def test_the_page_asks_once_for_the_price_of_its_model(client: Client) -> None:
    talk = Talk(client)
    settle(talk.end(), prompt=100, completion=20)

    for address in ("/", f"/c/{talk.id}/"):
        with reading() as read:
            assert client.get(address).status_code == 200
        assert sum('FROM "accounts_price"' in sql for sql in read.statements) == 1


def test_a_branch_is_weighed_by_the_last_count_of_its_model_and_the_bytes_since(
    client: Client, model: Model
) -> None:
    talk = Talk(client, "Grüße")
    settle(talk.end("🐟 and more"), prompt=30, completion=7)
    talk.say("And?")
    settle(talk.end("Nobody counted this."), prompt=0, completion=0)
    talk.say("Then?")
    talk.end("It was cut")

    weight = weighing.weight_of(talk.row.tip_id, model.pk)

    since = "And?" + "Nobody counted this." + "Then?" + "It was cut"
    every = "Grüße" + "🐟 and more" + since
    assert weight == weighing.Weight(
        messages=6, bytes=len(every.encode()), counted=37, messages_since=4, bytes_since=len(since)
    )
    assert bound.input_bound_of(weight) == 37 + len(since) + 5 * bound.TEMPLATE_TOKENS


def test_what_another_model_counted_weighs_nothing(client: Client, model: Model) -> None:
    talk = Talk(client, "One")
    settle(talk.end("two"), prompt=30, completion=7)
    other = Model.objects.create(slug="other", name="Other", short_name="O", context_window=1000)

    weight = weighing.weight_of(talk.row.tip_id, other.pk)

    assert (weight.counted, weight.messages_since, weight.bytes_since) == (0, 2, len("Onetwo"))


def test_with_tools_thoughts_and_steps_weigh_too_unless_a_reply_with_tools_was_counted(
    client: Client, model: Model
) -> None:
    talk = Talk(client, "One")
    reply = talk.end("two")
    settle(reply, prompt=30, completion=7)
    hops = [{"text_at": 0, "reasoning_at": 4, "details": [], "steps": [{"result": "4" * 100}]}]
    Message.objects.filter(pk=reply).update(reasoning="Hm, a sum.", hops=hops)

    assert weighing.weight_of(talk.row.tip_id, model.pk).counted == 37
    with_tools = weighing.weight_of(talk.row.tip_id, model.pk, with_tools=True)
    assert with_tools.counted == 0
    assert with_tools.bytes > len("OnetwoHm, a sum.") + 100

    Generation.objects.update(tools=["calculate"])
    assert weighing.weight_of(talk.row.tip_id, model.pk, with_tools=True).counted == 37


def test_a_reply_is_not_weighed_by_the_count_of_a_call_before_its_answer(
    client: Client, model: Model
) -> None:
    talk = Talk(client, "One")
    reply = talk.end("two")
    settle(reply, prompt=30, completion=7)
    asked = Attempt.objects.get()

    Attempt.objects.update(finish_reason="tool_calls")
    assert weighing.weight_of(talk.row.tip_id, model.pk).counted == 0

    answered = Attempt.objects.create(
        generation=asked.generation, number=2, provider="scripted", finish_reason="stop", price=asked.price,
        cost_source=CostSource.ESTIMATED, prompt_tokens=50, completion_tokens=9,
    )  # fmt: skip
    assert weighing.weight_of(talk.row.tip_id, model.pk).counted == 0

    Attempt.objects.filter(pk=answered.pk).update(cost_source=CostSource.PRICED)
    assert weighing.weight_of(talk.row.tip_id, model.pk).counted == 59


def test_nothing_said_weighs_nothing(model: Model) -> None:
    assert weighing.weight_of(None, model.pk) == weighing.Weight(0, 0, 0, 0, 0)


def settle(reply: str, *, prompt: int, completion: int) -> None:
    """As if a provider had written this reply, and counted."""
    generation = Generation.objects.get(reply=uuid.UUID(reply))
    rates = pricing.rates_at("scripted", "deepseek-v4-flash", generation.queued_at)
    assert rates is not None
    Attempt.objects.create(
        generation=generation,
        number=1,
        provider="scripted",
        provider_name="Scripted",
        upstream_model="deepseek-v4-flash",
        finish_reason="stop",
        price=rates.as_json(),
        prompt_tokens=prompt,
        completion_tokens=completion,
        cost="0.000001",
        cost_source=CostSource.PRICED,
    )
