"""Acts by a browser without scripts: back to the page they were done on, with a word where they were refused."""

import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from accounts.models import User
from conversations.models import Model, QueuedMessage, Status
from tests.conftest import ClientFor
from tests.conversations.tree import Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client, model: Model) -> Talk:
    """One turn, whose reply was cut off."""
    talk = Talk(client)
    talk.end("cut o", Status.INTERRUPTED)
    return talk


def sentences(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_a_first_message_leads_to_its_conversation(client: Client, model: Model) -> None:
    answer = client.post("/conversations/", {"text": "Hello"})

    assert (answer.status_code, client.get(answer["Location"]).status_code) == (302, 200)
    assert answer["Location"].startswith("/c/")


def test_every_act_leads_back_to_the_conversation(client: Client, talk: Talk) -> None:
    page = f"/c/{talk.id}/"

    for address in [f"/replies/{talk.reply}/continue/", f"/conversations/{talk.id}/payer/"]:
        answer = client.post(address)
        assert (answer.status_code, answer["Location"]) == (302, page)
    assert sentences(answer) == ["Saved. It holds from the next message."]
    generation = talk.row.generations.get(status=Status.QUEUED)
    client.post(f"/conversations/{talk.id}/messages/", {"text": "Next", "after": str(talk.row.tip_id)})
    waiting = QueuedMessage.objects.get()
    for address in [
        f"/conversations/{talk.id}/queue/resume/",
        f"/queue/{waiting.pk}/delete/",
        f"/generations/{generation.pk}/stop/",
        f"/messages/{talk.first}/choose/",
    ]:
        answer = client.post(address)
        assert (answer.status_code, answer["Location"]) == (302, page)


def test_what_is_refused_is_said_on_the_page(client: Client, talk: Talk) -> None:
    empty = client.post(f"/conversations/{talk.id}/messages/", {"text": "  "})
    behind = client.post(f"/conversations/{talk.id}/messages/", {"text": "Late", "after": str(uuid.uuid4())})

    assert empty["Location"] == behind["Location"] == f"/c/{talk.id}/"
    assert sentences(empty)[-1] == "Write something first."
    assert "went on elsewhere" in sentences(behind)[-1]


def test_no_act_on_what_is_another_persons_is_told_from_one_on_nothing(
    client_for: ClientFor, bob: User, client: Client, talk: Talk
) -> None:
    talk.go_on(talk.reply)
    generation = talk.row.generations.get(status=Status.QUEUED)
    talk.say("waits")
    waiting = QueuedMessage.objects.get()
    stranger = client_for(bob)

    for address in [
        f"/conversations/{talk.id}/messages/",
        f"/conversations/{talk.id}/payer/",
        f"/conversations/{talk.id}/share/",
        f"/conversations/{talk.id}/queue/resume/",
        f"/messages/{talk.first}/edit/",
        f"/messages/{talk.first}/choose/",
        f"/replies/{talk.reply}/retry/",
        f"/replies/{talk.reply}/continue/",
        f"/generations/{generation.pk}/stop/",
        f"/queue/{waiting.pk}/send/",
        f"/queue/{waiting.pk}/delete/",
    ]:
        # Hers is there: only the way of asking is wrong, or it is one that reads.
        assert client.get(address).status_code in (200, 405)
        assert stranger.post(address, {"text": "mine now"}).status_code == 404
    assert QueuedMessage.objects.count() == 1
    assert talk.row.generations.count() == 2
