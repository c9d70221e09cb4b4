"""What a plain Retry asks for: what its reply was asked for, or what was chosen beside the box since."""

import pytest
from django.test import Client

from accounts.models import User
from conversations.models import Generation, Message, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client) -> Talk:
    talk = Talk(client, "One")
    talk.end()
    return talk


@pytest.fixture
def other(model: Model) -> Model:
    """Another model of the same provider."""
    found = Model.objects.create(
        slug="other", name="Other 1", short_name="Other", context_window=128_000, efforts=["off", "high"]
    )
    route = model.routes.get(provider__slug="scripted")
    found.routes.create(provider=route.provider, upstream_model=route.upstream_model, order=1)
    return found


def test_it_repeats_what_the_reply_was_asked_for_once(talk: Talk, other: Model) -> None:
    once = retried(talk, talk.reply, model="other", effort="off")

    assert asked_for(retried(talk, once)) == ("other", "off")
    assert asked_for(retried(talk, talk.reply)) == ("deepseek-v4-flash", "high")


def test_what_is_chosen_beside_the_box_and_not_sent_yet_counts(talk: Talk) -> None:
    again = retried(talk, talk.reply, effort="low")

    assert asked_for(again) == ("deepseek-v4-flash", "low")
    assert talk.row.effort == "high"


def test_a_model_that_was_picked_since_answers(talk: Talk, other: Model) -> None:
    once = retried(talk, talk.reply, effort="off")

    pick(talk, "other")

    assert asked_for(retried(talk, talk.reply)) == ("other", "high")
    assert asked_for(retried(talk, once)) == ("other", "off")


def test_picking_the_model_that_there_is_chooses_nothing(talk: Talk, other: Model) -> None:
    once = retried(talk, talk.reply, model="other", effort="off")

    pick(talk, "deepseek-v4-flash")

    assert asked_for(retried(talk, once)) == ("other", "off")


def test_an_effort_that_was_sent_since_counts_and_one_from_before_does_not(talk: Talk) -> None:
    talk.say("Two", effort="max")
    second = talk.end()
    once = retried(talk, second, effort="off")

    assert asked_for(retried(talk, talk.reply)) == ("deepseek-v4-flash", "max")
    assert asked_for(retried(talk, once)) == ("deepseek-v4-flash", "off")


def test_where_its_model_is_offered_no_more_the_conversations_own_answers(talk: Talk, other: Model) -> None:
    once = retried(talk, talk.reply, model="other", effort="off")
    Model.objects.filter(pk=other.pk).update(is_enabled=False)

    assert asked_for(retried(talk, once)) == ("deepseek-v4-flash", "high")


def test_a_copied_reply_is_retried_as_its_conversation_has_it(talk: Talk) -> None:
    begun = talk.client.post(f"/messages/{talk.reply}/fork/", headers=JSON).json()["conversation"]["id"]
    copied = Message.objects.get(conversation=begun, role="assistant")

    answer = talk.retry(str(copied.pk))

    assert asked_for(answer.json()["reply"]["id"]) == ("deepseek-v4-flash", "high")


def pick(talk: Talk, slug: str) -> None:
    assert (
        talk.client.post(f"/conversations/{talk.id}/model/", {"model": slug}, headers=JSON).status_code == 200
    )


def asked_for(reply: str) -> tuple[str, str]:
    """By which model, and how hard it was to think."""
    generation = Generation.objects.select_related("model").get(reply__id=reply)
    return generation.model.slug, generation.effort


def retried(talk: Talk, reply: str, **wish: str) -> str:
    again = str(talk.retry(reply, **wish).json()["reply"]["id"])
    talk.end()
    return again
