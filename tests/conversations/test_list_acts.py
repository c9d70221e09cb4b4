"""What its owner does with a conversation as a whole: renamed, pinned, archived, deleted and restored."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import ledger
from accounts.models import SpendWindow, User
from conversations import access, tasks
from conversations.actions import messages
from conversations.generation import proof
from conversations.models import Conversation, Generation, Model, Status
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

# Lists name days, and no midnight is to come in between.
pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


def do(client: Client, talk: Talk, act: str, **fields: str) -> Any:
    return client.post(f"/conversations/{talk.id}/{act}/", fields, headers=JSON)


def listed(client: Client) -> list[tuple[str, list[str]]]:
    """The sidebar: each group with its titles."""
    groups = client.get("/").context["sidebar"]["groups"]
    return [(group["label"], [row["title"] for row in group["rows"]]) for group in groups]


def test_a_title_of_its_owners_is_one_clean_line_on_every_page(client: Client) -> None:
    talk = Talk(client, "What is a qubit?")

    answer = do(client, talk, "rename", title="  About <b>qubits</b>\n and coins ")

    assert answer.json()["conversation"]["title"] == "About <b>qubits</b> and coins"
    assert listed(client) == [("Today", ["About <b>qubits</b> and coins"])]
    assert "<b>qubits</b>" not in client.get(f"/c/{talk.id}/").text


def test_no_title_turns_round_what_stands_beside_it(client: Client) -> None:
    said = Talk(client, "\u202eWhat is \u2067a qubit?")
    named = Talk(client, "Coins")

    do(client, named, "rename", title="\u202eAbout \u2066coins\u2069, עברית")

    assert listed(client) == [("Today", ["About coins, עברית", "What is a qubit?"])]
    assert "\u202eWhat" in client.get(f"/c/{said.id}/").text  # in the message itself, which is as it was sent


def test_a_message_of_which_nothing_can_be_seen_has_a_title_that_can(client: Client) -> None:
    Talk(client, "\u202e\u200b")

    assert listed(client) == [("Today", ["…"])]


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("", "Enter a title."),
        (" \n ", "Enter a title."),
        ("\u200b\u202e\u2066", "Enter a title."),
        ("x" * 121, "at most 120"),
    ],
)
def test_what_is_no_title_is_refused_and_the_old_one_stays(client: Client, title: str, sentence: str) -> None:
    talk = Talk(client, "What is a qubit?")

    answer = do(client, talk, "rename", title=title)

    assert answer.status_code == 422
    assert sentence in answer.json()["error"]["message"]
    assert listed(client) == [("Today", ["What is a qubit?"])]


def test_a_pinned_one_stands_first_whatever_is_newer(client: Client) -> None:
    old = Talk(client, "Kept at hand")
    old.end()
    do(client, old, "pin", on="on")
    Talk(client, "Newer")

    assert listed(client) == [("Pinned", ["Kept at hand"]), ("Today", ["Newer"])]

    do(client, old, "pin")
    assert listed(client) == [("Today", ["Newer", "Kept at hand"])]


def test_an_archived_one_leaves_the_list_and_opens_still(client: Client) -> None:
    talk = Talk(client, "Done with")

    do(client, talk, "archive", on="on")

    assert listed(client) == []
    assert client.get(f"/c/{talk.id}/").status_code == 200
    assert "Done with" in client.get("/conversations/put-away/").text
    do(client, talk, "archive")
    assert listed(client) == [("Today", ["Done with"])]


def test_an_archived_one_that_is_written_in_is_in_the_list_again(client: Client) -> None:
    talk = Talk(client, "Not so done with")
    talk.end()
    do(client, talk, "archive", on="on")

    talk.say("One more thing")

    assert listed(client) == [("Today", ["Not so done with"])]


def test_a_deleted_one_is_nowhere_and_its_links_open_nothing_until_it_is_restored(
    client: Client, client_for: ClientFor, bob: User
) -> None:
    talk = Talk(client, "A secret plan")
    talk.end()
    link = client.post(f"/conversations/{talk.id}/share/", headers=JSON).json()["url"]
    path = f"/s/{link.split('/s/', 1)[1]}"
    assert client_for(bob).get(path).status_code == 200

    do(client, talk, "delete")

    assert client_for(bob).get(path).status_code == 404
    assert client.get(f"/c/{talk.id}/").status_code == 404
    assert do(client, talk, "rename", title="Still there?").status_code == 404
    assert (
        client.post(f"/conversations/{talk.id}/messages/", {"text": "Hello?"}, headers=JSON).status_code
        == 404
    )
    assert listed(client) == []
    assert "A secret plan" not in client.get("/links/").text
    assert "A secret plan" in client.get("/conversations/put-away/").text

    do(client, talk, "restore")

    assert listed(client) == [("Today", ["A secret plan"])]
    assert client_for(bob).get(path).status_code == 200


def test_what_waits_is_not_sent_in_a_deleted_one_though_it_was_to_go_next(client: Client) -> None:
    talk = Talk(client, "Write a long poem")
    waiting = talk.say("And a short one", after=talk.reply).json()["queue"]["rows"][0]["id"]
    Generation.objects.update(status=Status.RUNNING, worker="test")
    assert client.post(f"/queue/{waiting}/send/", headers=JSON).status_code == 202
    assert do(client, talk, "delete").status_code == 200

    Generation.objects.update(status=Status.QUEUED)
    talk.end()

    assert Generation.objects.count() == 1
    do(client, talk, "restore")
    waits = client.get(f"/conversations/{talk.id}/queue/", headers=JSON).json()
    assert [row["text"] for row in waits["rows"]] == ["And a short one"]
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


def test_a_second_delete_and_an_act_that_comes_too_late_change_nothing(client: Client) -> None:
    talk = Talk(client, "Deleted twice")
    talk.end()
    late = Conversation.objects.get()

    assert [do(client, talk, "delete").status_code for _ in range(2)] == [200, 200]
    with pytest.raises(
        access.NotFound
    ):  # it had been found before it was deleted, and comes to the lock after
        messages.send_message(
            user=late.owner,
            conversation=late,
            client_id="too-late-1",
            text="Hm?",
            effort="",
            after=late.tip_id,
        )

    assert Generation.objects.count() == 1


def test_deleting_stops_what_is_being_written(client: Client) -> None:
    talk = Talk(client, "Write a long poem")

    do(client, talk, "delete")

    assert Generation.objects.get().status == Status.STOPPED
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


@pytest.mark.django_db(transaction=True)
def test_a_week_later_it_is_gone_for_good_and_no_total_changes(client: Client) -> None:
    for text in ("Long ago", "Lately", "Still here"):
        Talk(client, text).end()
    totals = list(SpendWindow.objects.order_by("pk").values_list("pk", "spent", "held"))
    for title, days in (("Long ago", 8), ("Lately", 6)):
        deleted_at = timezone.now() - timedelta(days=days)
        Conversation.objects.filter(title=title).update(deleted_at=deleted_at)

    for _ in range(2):
        asyncio.run(tasks.forget_deleted(timestamp=0))

    assert set(Conversation.objects.values_list("title", flat=True)) == {"Lately", "Still here"}
    assert list(SpendWindow.objects.order_by("pk").values_list("pk", "spent", "held")) == totals
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


@pytest.mark.parametrize("act", ["rename", "pin", "archive", "delete", "restore"])
def test_another_persons_conversation_is_not_there(
    client: Client, client_for: ClientFor, bob: User, act: str
) -> None:
    talk = Talk(client, "Hers")

    answer = do(client_for(bob), talk, act, title="Mine", on="on")

    assert answer.status_code == 404
    assert listed(client) == [("Today", ["Hers"])]


def test_without_scripts_forms_do_all_of_it(client: Client) -> None:
    talk = Talk(client, "By hand")
    page = client.get(f"/conversations/{talk.id}/manage/").text
    for act in ("rename", "pin", "archive", "delete"):
        assert f'action="/conversations/{talk.id}/{act}/"' in page

    answer = client.post(f"/conversations/{talk.id}/delete/", follow=True)

    assert answer.redirect_chain == [("/conversations/put-away/", 302)]
    assert "“By hand” is deleted." in answer.text
    back = client.post(f"/conversations/{talk.id}/restore/")
    assert back["Location"] == f"/c/{talk.id}/"
