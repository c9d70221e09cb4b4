"""Providers that count wrongly, not at all or too much: no free answers, no stuck conversations, no surprises."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.actions import prices
from accounts.models import LedgerEntry, User
from conversations.models import Attempt, Generation
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


def answered(person: Person, text: str = "Hi") -> dict[str, Any]:
    """Ask, and give the reply when it is over."""
    generation = person.ask(text)["reply"]["reply"]["generation"]
    wait_until(
        lambda: person.reply(generation)["status"] not in ("queued", "running"),
        what="the reply to end",
    )
    return person.reply(generation)


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 10},
        {"prompt_tokens": 10, "completion_tokens": -5},
        {"prompt_tokens": 0, "completion_tokens": 0},
    ],
)
def test_an_answer_whose_tokens_were_not_counted_is_estimated_and_not_free(
    person_for: PersonFor, script: Script, alice: User, usage: dict[str, int]
) -> None:
    script.play({"text": "word " * 60}, {"finish": "stop"}, {"usage": usage}, {"done": True})

    reply = answered(person_for(alice))

    attempt = Attempt.objects.get()
    assert attempt.cost_source == "estimated"
    assert attempt.completion_tokens == 75
    assert reply["tally"]["cost"].startswith("≈")


def test_what_every_model_is_told_counts_in_the_estimate_of_a_prompt(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(instructions="Be brief. " * 40)
    script.play({"text": "Hello"}, {"finish": "stop"}, {"done": True})

    answered(person_for(alice), "Hi")

    attempt = Attempt.objects.get()
    assert (attempt.cost_source, attempt.prompt_tokens) == ("estimated", 101)


def test_an_empty_answer_that_was_billed_is_not_asked_for_again(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    usage = {"prompt_tokens": 4, "completion_tokens": 1, "cost": 0.004}
    script.play({"finish": "stop"}, {"usage": usage}, {"done": True})

    reply = answered(person_for(alice))

    assert reply["status"] == "failed"
    assert len(script.calls()) == 1
    assert LedgerEntry.objects.get(kind="charge").amount == Decimal("0.004")


def test_an_absurd_count_does_not_make_the_next_message_dearer_than_its_bytes(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    most = 2**31 - 1
    usage = {"prompt_tokens": most, "completion_tokens": most, "cost": 0.0001}
    script.play({"text": "ok"}, {"finish": "stop"}, {"usage": usage}, {"done": True})
    person = person_for(alice)
    asked = person.ask("Hi")
    first = asked["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(first)["status"] == "done", what="the first reply")

    answer = person.post(
        f"/conversations/{asked['conversation']['id']}/messages/",
        client_id="0190aaaa-next",
        text="And?",
        after=asked["reply"]["id"],
    )

    assert answer.status_code == 201, answer.text
    second = answer.json()["reply"]["reply"]["generation"]
    assert Generation.objects.get(pk=second).input_bound < 200
    wait_until(lambda: person.reply(second)["status"] == "done", what="the second reply")


def test_a_price_that_rose_after_the_send_is_not_paid(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "ok"})
    person = person_for(alice)
    house.worker.kill()
    generation = person.ask("Hi")["reply"]["reply"]["generation"]

    prices.set_price(
        actor=None, provider="scripted", upstream_model="deepseek-v4-flash",
        input=Decimal(10), cache_read=Decimal(10), output=Decimal(100), source="test", confirm_jump=True,
    )  # fmt: skip
    house.worker.start()
    wait_until(lambda: person.reply(generation)["status"] == "failed", what="the reply to be refused")

    assert "price rose" in person.reply(generation)["note"]
    assert script.calls() == []
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0


def test_a_cost_that_is_no_number_does_not_end_a_good_reply(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    raw = '{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"cost":1e-20000}}'
    script.play({"text": "fine"}, {"finish": "stop"}, {"raw": f"data: {raw}\n\n"}, {"done": True})

    assert answered(person_for(alice))["status"] == "done"
