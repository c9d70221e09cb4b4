"""A model with two routes: when the second is asked, when it is not, and what is charged."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actions import prices
from accounts.models import EntryKind, LedgerEntry, Price, User
from conversations.generation import breaker
from conversations.models import Attempt, Model, Provider, ProviderKind, Route
from tests.conversations.conftest import LONG_AGO, PRICE
from tests.house.answers import ended
from tests.house.conftest import PersonFor, Script
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

BUSY = [{"status": 503, "headers": {"Retry-After": "600"}, "body": {"error": {"message": "busy"}}}]


@pytest.fixture
def second(house: House) -> Provider:
    """Another provider of the same model, tried after the first."""
    provider = Provider.objects.create(
        slug="spare", kind=ProviderKind.COMPATIBLE, name="Spare", base_url=f"{house.provider_url}/v1"
    )
    Route.objects.create(model=Model.objects.get(), provider=provider, upstream_model="v4-spare", order=2)
    prices.set_price(
        actor=None,
        provider="spare",
        upstream_model="v4-spare",
        input=PRICE,
        cache_read=PRICE,
        output=PRICE,
        source="test",
    )
    Price.objects.filter(provider="spare").update(valid_from=LONG_AGO)
    return provider


def charges() -> list[Decimal]:
    return [entry.amount for entry in LedgerEntry.objects.filter(kind=EntryKind.CHARGE) if entry.amount]


def test_when_the_first_is_down_the_second_answers_at_once_and_is_charged_alone(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "from the spare"}, queue=[BUSY])
    person = person_for(alice)

    reply = ended(person, person.ask("Hi"))

    assert reply["text"] == "from the spare"
    assert "Spare" in str(reply["tally"]) and "Scripted" not in str(reply["tally"])
    assert [call["body"]["model"] for call in script.calls()] == ["deepseek-v4-flash", "v4-spare"]
    assert len(charges()) == 1


def test_each_route_is_asked_once_and_no_more(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(*BUSY)
    person = person_for(alice)

    reply = ended(person, person.ask("Hi"), "failed")

    assert "Spare" in reply["note"]
    assert len(script.calls()) == 2
    assert charges() == []


def test_after_the_first_token_nobody_else_is_asked(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "Hel"}, {"cut": True})
    person = person_for(alice)

    reply = ended(person, person.ask("Hi"), "interrupted")

    assert reply["text"] == "Hel"
    assert len(script.calls()) == 1
    assert len(charges()) == 1


def test_a_single_route_is_not_asked_again_before_the_wait_it_asked_for(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(*BUSY)
    person = person_for(alice)

    ended(person, person.ask("Hi"), "failed")

    assert len(script.calls()) == 1


def test_a_single_route_is_asked_again_once_the_wait_it_asked_for_is_over(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    slow_down = [{"status": 429, "headers": {"Retry-After": "1"}, "body": {"error": {"message": "slow"}}}]
    script.play(*HELLO, queue=[slow_down])
    person = person_for(alice)

    ended(person, person.ask("Hi"))

    refused, again = script.calls()
    assert again["at"] - refused["at"] >= 1


def test_a_provider_that_fails_again_and_again_is_left_out_until_somebody_tries_it(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "hello"}, queue=[step for _ in range(breaker.FAILURES) for step in (BUSY, HELLO)])
    person = person_for(alice)
    conversation = person.ask("Hi")
    ended(person, conversation)
    for _ in range(breaker.FAILURES - 1):
        ended(person, person.ask("Hi"))
    script.reset()
    script.play({"text": "hello"})

    ended(person, person.ask("Hi"))
    assert [call["body"]["model"] for call in script.calls()] == ["v4-spare"]

    earlier = timezone.now() - breaker.PAUSE - timedelta(seconds=1)
    Attempt.objects.filter(provider="scripted").update(finished_at=earlier)
    ended(person, person.ask("Hi"))
    ended(person, person.ask("Hi"))
    models = [call["body"]["model"] for call in script.calls()]
    assert models == ["v4-spare", "deepseek-v4-flash", "deepseek-v4-flash"]


def test_at_the_first_token_of_the_one_that_tries_it_everybody_asks_a_provider_again(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    script.play(queue=[step for _ in range(breaker.FAILURES) for step in (BUSY, HELLO)])
    for _ in range(breaker.FAILURES):
        ended(person, person.ask("Hi"))
    earlier = timezone.now() - breaker.PAUSE - timedelta(seconds=1)
    Attempt.objects.filter(provider="scripted").update(finished_at=earlier)
    script.reset()
    silent = [{"wait": "first"}, {"text": "Hel"}, {"wait": "rest"}, {"text": "lo"}]
    script.play(*HELLO, queue=[silent])

    tries = person.ask("Is it well?")
    wait_until(script.calls, what="the one that finds out")
    ended(person, person.ask("Meanwhile"))
    script.release("first")
    wait_until(lambda: Provider.objects.exclude(well_since=None).exists(), what="its first token")
    ended(person, person.ask("And now"))
    script.release("rest")
    ended(person, tries)

    models = [call["body"]["model"] for call in script.calls()]
    assert models == ["deepseek-v4-flash", "v4-spare", "deepseek-v4-flash"]


def test_each_route_is_asked_for_as_much_as_it_writes_and_not_at_all_for_what_it_does_not_take(
    second: Provider, person_for: PersonFor, script: Script, alice: User
) -> None:
    first, spare = Route.objects.order_by("order")
    Route.objects.filter(pk=first.pk).update(longest_reply=2_000)
    script.play(*HELLO, queue=[BUSY])
    person = person_for(alice)

    ended(person, person.ask("Hi"))
    Route.objects.filter(pk=spare.pk).update(context_window=8_192)
    ended(person, person.ask("word " * 8_000))

    asked = [(call["body"]["model"], call["body"]["max_tokens"]) for call in script.calls()]
    assert asked == [("deepseek-v4-flash", 2_000), ("v4-spare", 32_768), ("deepseek-v4-flash", 2_000)]


HELLO = [{"text": "hello"}]
