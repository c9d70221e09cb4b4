"""Versions side by side: made by editing and retrying, chosen among, and never lost."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import ledger
from accounts.models import LedgerEntry, User
from conversations.models import Generation, Message, Model, Status
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client) -> Talk:
    """Two turns, both answered."""
    talk = Talk(client, "one")
    talk.end("first answer")
    talk.say("two")
    talk.end("second answer")
    return talk


def number(view: dict[str, Any]) -> tuple[int, int] | None:
    versions = view["versions"]
    return versions and (versions["number"], versions["count"])


def test_a_message_with_no_other_version_says_so(talk: Talk) -> None:
    assert [number(view) for view in talk.shown()] == [None] * 4


def test_retrying_a_reply_in_the_middle_keeps_what_came_after_it_reachable(talk: Talk) -> None:
    answer = talk.retry(talk.reply)
    assert answer.status_code == 201
    assert answer.json()["replaces"] == talk.reply
    assert answer.json()["reply"]["versions"] == {"number": 2, "count": 2, "previous": talk.reply, "next": ""}
    talk.end("another answer")
    assert talk.texts() == ["one", "another answer"]

    talk.choose(talk.reply)

    assert talk.texts() == ["one", "first answer", "two", "second answer"]
    assert [number(view) for view in talk.shown()] == [None, (1, 2), None, None]
    talk.assert_sound()


def test_editing_the_first_message_begins_anew_beside_it(talk: Talk) -> None:
    answer = talk.edit(talk.first, "one, in other words")
    assert answer.status_code == 201
    assert answer.json()["replaces"] == talk.first
    assert answer.json()["message"]["versions"]["previous"] == talk.first
    assert answer.json()["reply"]["reply"]["status"] == "queued"
    talk.end("another first answer")

    assert talk.texts() == ["one, in other words", "another first answer"]
    assert number(talk.shown()[0]) == (2, 2)
    talk.choose(talk.first)
    assert talk.texts() == ["one", "first answer", "two", "second answer"]
    talk.assert_sound()


def test_the_version_chosen_last_is_found_again_below_one_that_was_left(talk: Talk) -> None:
    talk.edit(talk.shown()[2]["id"], "two, again")
    talk.end("third answer")
    below = talk.texts()
    talk.edit(talk.first, "elsewhere")
    talk.end("there")

    talk.choose(talk.first)
    assert talk.texts() == below == ["one", "first answer", "two, again", "third answer"]

    talk.choose(talk.shown()[2]["versions"]["previous"])
    talk.choose(talk.shown()[0]["versions"]["next"])
    talk.choose(talk.first)
    assert talk.texts() == ["one", "first answer", "two", "second answer"]
    talk.assert_sound()


def test_choosing_tells_what_it_replaces_and_what_is_shown_from_there_on(talk: Talk) -> None:
    edited = talk.edit(talk.first, "elsewhere").json()["message"]["id"]
    talk.end("there")

    answer = talk.choose(talk.first)
    again = talk.choose(talk.first)

    assert answer.json()["replaces"] == edited
    assert answer.json()["messages"] == talk.shown()
    assert again.json() == {"replaces": talk.first, "messages": talk.shown()}


def test_a_version_hidden_deep_in_another_branch_can_be_chosen_from_a_stale_tab(talk: Talk) -> None:
    two = talk.shown()[2]["id"]
    talk.edit(two, "two, again")
    talk.end("third answer")
    edited = talk.edit(talk.first, "elsewhere").json()["message"]["id"]
    talk.end("there")

    answer = talk.choose(two).json()

    assert answer["replaces"] == edited
    assert [view["text"] for view in answer["messages"]] == ["one", "first answer", "two", "second answer"]
    talk.assert_sound()


def test_whatever_is_asked_for_twice_is_done_once(talk: Talk) -> None:
    def retry() -> Any:
        return talk.retry(talk.reply, client_id="0190aaaa-retry")

    def edit() -> Any:
        return talk.edit(talk.first, "again", client_id="0190aaaa-edit")

    for act in (retry, edit):
        first = act().json()
        second = act()
        talk.end()
        third = act()

        assert second.status_code == third.status_code == 201
        assert second.json()["reply"]["id"] == third.json()["reply"]["id"] == first["reply"]["id"]
        assert second.json()["replaces"] == third.json()["replaces"] == first["replaces"]
    assert Message.objects.count() == 4 + 1 + 2
    assert LedgerEntry.objects.filter(kind="hold").count() == 4


def test_another_text_under_the_same_id_is_refused(talk: Talk) -> None:
    talk.edit(talk.first, "again", client_id="0190aaaa-edit")
    talk.end()

    answer = talk.edit(talk.first, "and again", client_id="0190aaaa-edit")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_body")


def test_nothing_changes_versions_while_a_reply_is_being_written(talk: Talk) -> None:
    talk.say("three")
    before = (talk.texts(), Message.objects.count())

    for answer in (
        talk.retry(talk.reply),
        talk.edit(talk.first, "x"),
        talk.go_on(talk.reply),
        talk.choose(talk.first),
        talk.say("x", after=talk.reply, branch="on"),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "busy")
    assert (talk.texts(), Message.objects.count()) == before


def test_only_what_a_person_said_is_edited_and_only_replies_are_retried(talk: Talk) -> None:
    assert talk.edit(talk.reply, "x").status_code == 404
    assert talk.retry(talk.first).status_code == 404
    assert talk.go_on(talk.first).status_code == 404
    assert talk.edit(talk.first, "  ").status_code == 422
    assert Message.objects.count() == 4


def test_each_version_is_charged_by_itself_and_the_books_agree(talk: Talk) -> None:
    talk.retry(talk.reply)
    talk.end()
    talk.edit(talk.first, "again")
    talk.end()

    assert LedgerEntry.objects.filter(kind="hold").count() == 4
    assert LedgerEntry.objects.filter(kind="release").count() == 4
    assert [*ledger.verify()] == []


def test_a_long_branch_with_many_versions_is_read_in_as_many_queries_as_a_short_one(
    client: Client, talk: Talk
) -> None:
    talk.retry(talk.reply)
    talk.end()
    with CaptureQueriesContext(connection) as short:
        talk.shown()
    for turn in range(12):
        talk.say(str(turn))
        talk.retry(talk.end())
        talk.end()

    with CaptureQueriesContext(connection) as long:
        shown = talk.shown()

    assert len(shown) == 2 + 24
    assert all(number(view) == (2, 2) for view in shown[1::2])
    assert len(long) == len(short)


def test_a_private_copy_of_a_shared_conversation_has_versions_too(
    client: Client, client_for: ClientFor, bob: User, talk: Talk
) -> None:
    talk.retry(talk.reply)
    talk.end("another answer")
    link = client.post(f"/conversations/{talk.id}/share/", headers=JSON).json()["url"]
    page = client_for(bob).get(link.replace("http://testserver", ""))
    assert "another answer" in page.content.decode() and "second answer" not in page.content.decode()

    copied = client_for(bob).post(f"{link.replace('http://testserver', '')}continue/")
    conversation = copied["Location"].strip("/").split("/")[-1]
    copy = Message.objects.get(conversation_id=conversation, role="assistant")
    answer = client_for(bob).post(f"/replies/{copy.pk}/retry/", headers=JSON)

    assert answer.status_code == 201
    assert answer.json()["reply"]["versions"]["previous"] == str(copy.pk)


def test_without_scripts_every_act_leads_back_to_the_conversation(client: Client, talk: Talk) -> None:
    def act(path: str, **data: str) -> None:
        answer = client.post(path, data)
        assert (answer.status_code, answer["Location"]) == (302, f"/c/{talk.id}/")

    act(f"/messages/{talk.first}/edit/", text="plain")
    talk.end("cut off", Status.INTERRUPTED)
    reply = Generation.objects.get(status=Status.INTERRUPTED).reply_id
    act(f"/replies/{reply}/continue/")
    talk.end()
    act(f"/replies/{reply}/retry/")
    act(f"/messages/{talk.first}/choose/")  # refused: a reply is being written
    assert "still being written" in client.get(f"/c/{talk.id}/").content.decode()
    talk.end()
    act(f"/messages/{talk.first}/choose/")
    assert talk.texts()[0] == "one"


def test_ids_that_are_nobodys_are_not_found(talk: Talk) -> None:
    unknown = str(uuid.uuid4())

    assert {
        answer.status_code
        for answer in (
            talk.edit(unknown, "x"),
            talk.retry(unknown),
            talk.go_on(unknown),
            talk.choose(unknown),
        )
    } == {404}
