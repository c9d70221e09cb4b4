"""A Stop that is accepted when the worker has the whole reply already and has not heard of the Stop."""

import pytest
from django.test import Client

from accounts import ledger
from accounts.models import User
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.models import Generation, Model, Status
from conversations.providers.base import TextDelta
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
