"""A reply that was cut off goes on: what is stored, held and refused before a provider is asked."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import LedgerEntry, User
from conversations import queries
from conversations.generation import prompt, routes
from conversations.models import Generation, Message, Model, Status
from tests.conftest import ClientFor
from tests.conversations.tree import Talk

LONG = "wort " * 2_000


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client) -> Talk:
    """One turn, whose reply was interrupted."""
    talk = Talk(client, "Tell me")
    talk.end("Once upon", Status.INTERRUPTED)
    return talk


def reply_of(talk: Talk) -> dict[str, object]:
    return dict(talk.shown()[-1]["reply"])


def test_an_interrupted_reply_goes_on_beside_the_old_one_from_its_text(talk: Talk) -> None:
    assert reply_of(talk)["can_continue"] is True

    answer = talk.go_on(talk.reply)

    assert (answer.status_code, answer.json()["replaces"]) == (201, talk.reply)
    begun = answer.json()["reply"]
    assert begun["versions"] == {"number": 2, "count": 2, "previous": talk.reply, "next": ""}
    assert (begun["text"], begun["reply"]["text"], begun["reply"]["seq"]) == ("Once upon", "Once upon", 0)
    assert begun["reply"]["can_continue"] is False
    talk.end(" a time")
    assert talk.texts() == ["Tell me", "Once upon a time"]
    talk.choose(talk.reply)
    assert talk.texts() == ["Tell me", "Once upon"]


def test_what_went_on_and_was_cut_again_goes_on_from_all_of_it(talk: Talk) -> None:
    second = talk.go_on(talk.reply).json()["reply"]["id"]
    talk.end(" a time", Status.DONE, "length")
    assert reply_of(talk)["can_continue"] is True

    third = talk.go_on(second).json()["reply"]["id"]
    talk.end(" there was.")

    assert talk.texts() == ["Tell me", "Once upon a time there was."]
    assert Message.objects.get(pk=third).own_text == " there was."


def test_going_on_twice_under_one_id_is_one_reply(talk: Talk) -> None:
    first = talk.go_on(talk.reply, client_id="0190aaaa-go-on").json()
    again = talk.go_on(talk.reply, client_id="0190aaaa-go-on").json()
    talk.end()

    assert again["reply"]["id"] == first["reply"]["id"]
    assert Message.objects.count() == 3


@pytest.mark.parametrize(
    ("status", "finish_reason", "text"),
    [
        (Status.DONE, "stop", "All of it."),
        (Status.STOPPED, "", "Once"),
        (Status.FAILED, "", "Once"),
        (Status.INTERRUPTED, "", " \n"),
        (Status.DONE, "length", ""),
    ],
)
def test_what_was_not_cut_off_or_has_no_text_does_not_go_on(
    client: Client, status: Status, finish_reason: str, text: str
) -> None:
    talk = Talk(client)
    talk.end(text, status, finish_reason)

    answer = talk.go_on(talk.reply)

    assert reply_of(talk)["can_continue"] is False
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_continuable")
    assert Message.objects.count() == 2


def test_the_model_is_given_its_partial_answer_and_told_to_go_on_without_its_reasoning(talk: Talk) -> None:
    Message.objects.filter(pk=talk.reply).update(reasoning="half a thought", reasoning_details=[{"a": 1}])
    talk.go_on(talk.reply)
    generation = Generation.objects.select_related("reply", "conversation").get(status=Status.QUEUED)
    branch = queries.branch_to(generation.reply.parent_id, generation.conversation)

    way = routes.ways_to(generation.model, datetime.now(UTC))[0]
    turns = prompt.prompt_for(generation, branch, way).turns

    assert [(turn.role, turn.text) for turn in turns] == [
        ("user", "Tell me"),
        ("assistant", "Once upon"),
        ("user", prompt.GO_ON),
    ]
    assert not any(turn.reasoning or turn.reasoning_details for turn in turns)
    talk.end()


def test_a_later_turn_sends_the_whole_reply_and_no_word_of_the_joint(talk: Talk) -> None:
    talk.go_on(talk.reply)
    talk.end(" a time")
    talk.say("And then?")
    generation = Generation.objects.select_related("reply", "conversation").get(status=Status.QUEUED)
    branch = queries.branch_to(generation.reply.parent_id, generation.conversation)

    way = routes.ways_to(generation.model, datetime.now(UTC))[0]

    texts = [turn.text for turn in prompt.prompt_for(generation, branch, way).turns]
    assert texts == ["Tell me", "Once upon a time", "And then?"]
    talk.end()


def test_the_hold_covers_the_text_it_goes_on_from_and_the_instruction(client: Client) -> None:
    talk = Talk(client)
    talk.end(LONG, Status.INTERRUPTED)
    talk.retry(talk.reply)
    talk.end(LONG, Status.INTERRUPTED)
    retried = Generation.objects.latest("queued_at")

    talk.go_on(talk.reply)
    talk.end()

    went_on = Generation.objects.latest("queued_at")
    more = went_on.input_bound - retried.input_bound
    assert more >= len(LONG.encode()) + len(prompt.GO_ON.encode())
    held = LedgerEntry.objects.filter(kind="hold").order_by("created_at")
    assert held.last().amount > held[1].amount  # type: ignore[union-attr]
