"""A Stop that is accepted when the worker has the whole reply already and has not heard of the Stop."""

import pytest
from django.test import Client

from accounts import ledger
from accounts.models import User
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.hops import State, Step
from conversations.models import Generation, Message, Model, Status
from conversations.providers.base import ReasoningDelta, TextDelta
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.mark.parametrize(
    ("seq", "status", "text"),
    [(1, "stopped", "What was shown. "), (2, "done", "What was shown. And the rest."), ("", "done", None)],
)
def test_the_reply_is_kept_as_far_as_it_was_shown(
    client: Client, seq: int | str, status: str, text: str | None
) -> None:
    talk = Talk(client)
    generation = Generation.objects.get(conversation_id=talk.id)
    Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="test")
    recorder = Recorder()
    for words in ("What was shown. ", "And the rest."):
        recorder.take(TextDelta(words))
        recorder.next_entry()

    answer = client.post(f"/generations/{generation.pk}/stop/", {"seq": seq}, headers=JSON)
    assert answer.status_code == 202
    finish.finish(
        generation.pk,
        worker="test",
        ending=Ending(
            status=Status.DONE, written=recorder.written(), finish_reason="stop", cut=recorder.written
        ),
    )

    reply = client.get(f"/generations/{generation.pk}/", headers=JSON).json()["reply"]
    assert (reply["status"], reply["text"]) == (status, text or "What was shown. And the rest.")
    assert ledger.verify() == []


@pytest.mark.parametrize(("seq", "text", "hops"), [(1, "What was ", 0), (3, "What was shown.", 1)])
def test_a_stop_that_is_first_noticed_between_two_calls_keeps_no_more_than_was_shown(
    client: Client, seq: int, text: str, hops: int
) -> None:
    talk = Talk(client)
    generation = Generation.objects.get(conversation_id=talk.id)
    Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="test")
    recorder = Recorder()
    recorder.take(ReasoningDelta("Hm.", ({"type": "reasoning.encrypted", "data": "first"},)))
    for words in ("What was ", "shown."):
        recorder.take(TextDelta(words))
        recorder.next_entry()
    recorder.ask([Step("a", "calculate", "{}", state=State.DONE, result="2")])
    recorder.next_entry()
    recorder.take(TextDelta("Nobody saw this."))
    recorder.end()

    assert client.post(f"/generations/{generation.pk}/stop/", {"seq": seq}, headers=JSON).status_code == 202
    ending = Ending(status=Status.STOPPED, written=recorder.written(), cut=recorder.written)
    finish.finish(generation.pk, worker="test", ending=ending)

    reply = client.get(f"/generations/{generation.pk}/", headers=JSON).json()["reply"]
    assert (reply["status"], reply["text"], len(reply["hops"])) == ("stopped", text, hops)
    kept = Message.objects.get(pk=generation.reply_id)
    blocks = [block for hop in kept.hops for block in hop["details"]] + kept.reasoning_details
    assert [block["data"] for block in blocks] == ["first"]
    assert ledger.verify() == []
