"""What a conversation's next turns are asked for: kept with it, held for, and fixed with each reply."""

from typing import Any

import pytest

from accounts.actions import people
from accounts.models import User
from conversations.models import Conversation, Generation, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

PLAIN = {"instructions": "", "temperature": "", "top_p": "", "reply_limit": "", "tools": ""}


@pytest.fixture
def talk(client_for: ClientFor, alice: User, model: Model) -> Talk:
    talk = Talk(client_for(alice))
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


def save(talk: Talk, **changes: str) -> Any:
    return talk.client.post(f"/conversations/{talk.id}/settings/", PLAIN | changes, headers=JSON)


def last() -> Generation:
    return Generation.objects.latest("queued_at")


def test_what_is_set_goes_with_the_next_reply_and_stays(talk: Talk) -> None:
    answer = save(
        talk, instructions="Be brief.\r\nIn German.", temperature="0.7", top_p="0.95", reply_limit="500"
    )
    assert answer.json()["settings"] == {
        "instructions": "Be brief.\nIn German.", "temperature": "0.7", "top_p": "0.95", "reply_limit": 500,
        "tools": "",
    }  # fmt: skip

    talk.say("Now", effort="off")

    asked = last()
    assert (asked.instructions, asked.max_tokens, asked.reply_limit) == ("Be brief.\nIn German.", 500, 500)
    assert (str(asked.temperature), str(asked.top_p)) == ("0.70", "0.95")
    talk.end()
    save(talk)
    talk.say("Then", effort="off")
    assert (last().instructions, last().temperature, last().max_tokens) == ("", None, 8_192)


def test_nothing_is_nothing_whatever_its_sign(talk: Talk) -> None:
    assert save(talk, temperature="-0").json()["settings"]["temperature"] == "0"


def test_sampling_is_left_out_while_the_model_thinks(talk: Talk) -> None:
    save(talk, temperature="0.7", top_p="0.9")

    talk.say("Now", effort="high")

    assert (last().temperature, last().top_p) == (None, None)


def test_one_is_held_for_what_the_model_is_told(talk: Talk, alice: User) -> None:
    talk.say("First")
    plain = last().input_bound
    talk.end()

    people.change_settings(user=alice, instructions="ä" * 1_000)
    save(talk, instructions="b" * 500)
    talk.retry(talk.shown()[-1]["id"])

    assert last().instructions == "ä" * 1_000 + "\n\n" + "b" * 500
    assert last().input_bound >= plain + 2_000 + 2 + 500


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("temperature", "2.5", "Temperature: enter a number from 0 to 2, such as 0.7."),
        ("temperature", "warm", "Temperature: enter a number from 0 to 2, such as 0.7."),
        ("top_p", "0", "Top-p: enter a number from 0.01 to 1, such as 0.95."),
        ("reply_limit", "99", "Longest reply: enter a whole number of tokens from 100 to 65,536."),
        ("instructions", "x" * 32_001, "Enter at most 32,000 characters. Every message is sent with them."),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(talk: Talk, field: str, value: str, sentence: str) -> None:
    answer = save(talk, **{field: value})

    assert (answer.status_code, answer.json()["error"]["message"]) == (422, sentence)
    assert answer.json()["error"]["fields"] == {field: sentence}


def test_another_person_can_set_nothing(talk: Talk, charlie: User, client_for: ClientFor) -> None:
    for path in ("settings", "model"):
        answer = client_for(charlie).post(f"/conversations/{talk.id}/{path}/", PLAIN | {"model": "other"})
        assert answer.status_code == 404


def test_another_model_answers_from_the_next_turn_on(talk: Talk, other: Model) -> None:
    assert Conversation.objects.get().effort == "high"

    answer = talk.client.post(f"/conversations/{talk.id}/model/", {"model": "other"}, headers=JSON)

    assert answer.json() == {"model": "other", "effort": "high"}
    assert talk.say("Now").json()["reply"]["author_name"] == "Other"
    assert last().model == other


def test_a_model_that_nobody_runs_cannot_be_picked(talk: Talk, model: Model) -> None:
    Model.objects.create(slug="gone", name="Gone", short_name="Gone", context_window=1_000)

    answer = talk.client.post(f"/conversations/{talk.id}/model/", {"model": "gone"}, headers=JSON)

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "not_offered")
    assert Conversation.objects.get().model == model


def test_a_retry_may_be_by_another_model_and_effort_and_is_that_for_itself_alone(
    talk: Talk, model: Model, other: Model
) -> None:
    answer = talk.retry(talk.reply, model="other", effort="off", client_id="0190aaaa-other")

    assert answer.json()["reply"]["author_name"] == "Other"
    assert (last().model, last().effort) == (other, "off")
    assert Conversation.objects.get().model == model
    assert talk.retry(talk.reply, model="other", effort="high", client_id="0190aaaa-other").status_code == 409
    talk.end()
    assert talk.retry(talk.reply, model="nowhere").status_code == 422


def test_a_conversation_begins_with_what_was_set_before_its_first_message(
    client_for: ClientFor, alice: User, model: Model, other: Model
) -> None:
    Talk(client_for(alice))
    client_for(alice).post(
        "/conversations/",
        {"text": "Hi", "model": "other", "effort": "off", "instructions": "Be brief.", "temperature": "1.2"},
        headers=JSON,
    )

    begun = Conversation.objects.get(model=other)
    assert (begun.instructions, str(begun.temperature), begun.effort) == ("Be brief.", "1.20", "off")
    assert (last().model, last().instructions, str(last().temperature)) == (other, "Be brief.", "1.20")


def test_new_conversations_begin_as_their_person_usually_has_it(
    client_for: ClientFor, alice: User, bob: User, model: Model, other: Model
) -> None:
    client = client_for(alice)
    client.post("/settings/usual/", {"model": "other", "effort": "off"})

    client.post("/conversations/", {"text": "Hi"}, headers=JSON)

    assert (last().model, last().effort) == (other, "off")
    client_for(bob).post("/conversations/", {"text": "Hi"}, headers=JSON)
    assert (last().model, last().effort) == (model, "high")
    Model.objects.filter(slug="other").update(is_enabled=False)
    client.post("/conversations/", {"text": "Hi again"}, headers=JSON)
    assert last().model == model
    assert client.post("/settings/usual/", {"model": "other"}, headers=JSON).status_code == 422
