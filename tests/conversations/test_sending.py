"""Sending a message, as far as the web process goes: what is stored, held and refused."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actions import budgets
from accounts.models import LedgerEntry, Scope, SpendWindow, User
from conversations.models import Conversation, Generation, Message, Model, Status
from tests.conftest import ClientFor

JSON = {"Accept": "application/json"}


def start(client: Client, text: str = "Hello", client_id: str | None = None, **more: Any) -> Any:
    data = {"client_id": client_id or str(uuid.uuid4()), "text": text, **more}
    return client.post("/conversations/", data, headers=JSON)


def test_a_first_message_makes_a_conversation_a_queued_reply_and_a_hold(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    answer = start(client_for(alice), "Explain quantum computing in simple terms")

    assert answer.status_code == 201
    generation = Generation.objects.get()
    assert generation.status == Status.QUEUED
    assert answer.json()["reply"]["reply"]["generation"] == str(generation.pk)
    assert answer.json()["conversation"]["title"] == "Explain quantum computing in simple terms"
    hold = LedgerEntry.objects.get()
    assert (hold.kind, hold.generation_id) == ("hold", generation.pk)
    assert {window.held for window in SpendWindow.objects.all()} == {hold.amount}


def test_the_same_send_twice_is_one_message_and_one_hold(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    client = client_for(alice)

    first = start(client, client_id="0190aaaa-twice").json()
    second = start(client, client_id="0190aaaa-twice").json()

    assert first["message"]["id"] == second["message"]["id"]
    assert (Message.objects.count(), Generation.objects.count(), LedgerEntry.objects.count()) == (2, 1, 1)


def test_the_same_client_id_with_another_text_is_refused_and_the_first_stands(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    client = client_for(alice)
    start(client, "First", client_id="0190aaaa-changed")

    answer = start(client, "Second", client_id="0190aaaa-changed")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_body")
    assert sorted(Message.objects.values_list("text", flat=True)) == ["", "First"]


def test_a_client_id_belongs_to_its_person(
    client_for: ClientFor, alice: User, bob: User, model: Model
) -> None:
    start(client_for(alice), "Alice's", client_id="0190aaaa-shared")

    answer = start(client_for(bob), "Bob's", client_id="0190aaaa-shared")

    assert answer.status_code == 201


def test_a_spent_budget_refuses_in_words_and_stores_nothing(
    client_for: ClientFor, alice: User, admin: User, model: Model
) -> None:
    budgets.set_budget(actor=admin, scope=Scope.USER, scope_id=alice.pk, limit=Decimal("0.0001"), note="")

    answer = start(client_for(alice))

    assert answer.status_code == 402
    assert answer.json()["error"]["code"] == "limit"
    assert "$" in answer.json()["error"]["message"]
    assert (Conversation.objects.count(), Message.objects.count(), LedgerEntry.objects.count()) == (0, 0, 0)


def test_a_model_without_a_price_is_refused_and_only_administrators_are_asked_for_one(
    client_for: ClientFor, alice: User, admin: User, model: Model
) -> None:
    model.routes.update(upstream_model="somebody/unpriced")

    to_alice, to_admin = start(client_for(alice)), start(client_for(admin))

    assert to_alice.status_code == to_admin.status_code == 422
    assert to_alice.json()["error"]["code"] == "no_price"
    assert "missing_price" not in to_alice.json()["error"]
    assert to_admin.json()["error"]["missing_price"]["upstream_model"] == "somebody/unpriced"
    assert Message.objects.count() == 0


def test_nobody_connected_is_said_and_nothing_is_stored(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    model.routes.all().delete()

    answer = start(client_for(alice))

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_route")


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_an_empty_message_is_refused(client_for: ClientFor, alice: User, model: Model, text: str) -> None:
    answer = start(client_for(alice), text)

    assert (answer.status_code, answer.json()["error"]["message"]) == (422, "Write something first.")


def test_two_megabytes_of_text_are_stored_whole(client_for: ClientFor, alice: User, model: Model) -> None:
    text = "wort " * 400_000

    answer = start(client_for(alice), text)

    assert answer.status_code == 201
    assert Message.objects.get(role="user").text == text


def test_more_than_can_be_sent_is_refused_with_its_size(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    answer = start(client_for(alice), "x" * 4_000_001)

    assert answer.status_code == 422
    assert "4 MB can be sent" in answer.json()["error"]["message"]


def test_null_bytes_are_replaced_and_nothing_else_is_touched(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    answer = start(client_for(alice), "  a\x00b <b>&amp; \u2028 🙂  ")

    assert answer.status_code == 201
    assert Message.objects.get(role="user").text == "  a\ufffdb <b>&amp; \u2028 🙂  "


def test_signed_out_scripts_are_told_so(client: Client, db: None) -> None:
    answer = start(client)

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


def test_the_ids_of_others_are_as_good_as_unknown(
    client_for: ClientFor, alice: User, charlie: User, model: Model
) -> None:
    made = start(client_for(alice)).json()
    stranger = client_for(charlie)
    conversation, message, reply = made["conversation"]["id"], made["message"]["id"], made["reply"]["id"]
    generation = made["reply"]["reply"]["generation"]
    assert client_for(alice).get(f"/c/{conversation}/").status_code == 200

    for foreign, address in [
        (conversation, "/c/{}/"),
        (conversation, "/conversations/{}/messages/"),
        (conversation, "/conversations/{}/share/"),
        (generation, "/generations/{}/"),
    ]:
        theirs = stranger.get(address.format(foreign), headers=JSON)
        unknown = stranger.get(address.format(uuid.uuid4()), headers=JSON)
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.content == unknown.content
    for foreign, address in [
        (conversation, "/conversations/{}/messages/"),
        (conversation, "/conversations/{}/share/"),
        (reply, "/replies/{}/retry/"),
        (reply, "/replies/{}/continue/"),
        (message, "/messages/{}/edit/"),
        (message, "/messages/{}/choose/"),
        (generation, "/generations/{}/stop/"),
    ]:
        assert stranger.post(address.format(foreign), {"text": "x"}, headers=JSON).status_code == 404
    assert Message.objects.count() == 2
    assert Generation.objects.get().stop_requested_at is None


def test_the_page_without_scripts_sends_and_shows_the_message(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    answer = client_for(alice).post("/conversations/", {"text": "Plain <b>form</b>"}, follow=True)

    assert answer.status_code == 200
    assert "Plain &lt;b&gt;form&lt;/b&gt;" in answer.content.decode()
