"""A message that has no reply gets one, and what was deleted comes back by Undo."""

from typing import Any

import pytest
from django.test import Client

from accounts import ledger
from accounts.models import User
from conversations.models import Conversation, Generation, Message, Model, SearchRow
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client) -> Talk:
    """Two turns, both answered."""
    talk = Talk(client, "One")
    talk.end("First answer")
    talk.say("Two")
    talk.end("Second answer")
    return talk


@pytest.fixture
def unanswered(talk: Talk) -> str:
    """The last message of the same talk, whose reply was deleted."""
    said, reply = (message["id"] for message in talk.shown()[2:])
    delete(talk, reply)
    return str(said)


# --- asking again ---------------------------------------------------------------------------------------------


def test_a_message_whose_reply_was_deleted_is_asked_again(talk: Talk, unanswered: str) -> None:
    answer = ask(talk, unanswered)

    assert answer.status_code == 201
    assert answer.json()["after"] == unanswered
    assert answer.json()["reply"]["versions"] is None
    talk.end("Another answer")
    assert talk.texts() == ["One", "First answer", "Two", "Another answer"]
    assert [*ledger.verify()] == []
    talk.assert_sound()


def test_it_is_asked_with_another_effort_where_one_is_named(talk: Talk, unanswered: str) -> None:
    answer = ask(talk, unanswered, model="deepseek-v4-flash", effort="off")

    assert Generation.objects.get(reply=answer.json()["reply"]["id"]).effort == "off"
    assert talk.row.effort == "high"


def test_a_fork_that_ends_with_a_question_gets_its_answer(talk: Talk) -> None:
    begun = talk.client.post(f"/messages/{talk.first}/fork/", headers=JSON).json()["conversation"]["id"]
    question = Message.objects.get(conversation=begun)

    assert ask(talk, str(question.pk)).status_code == 201
    assert Generation.objects.get(conversation=begun).reply.parent == question


def test_asking_twice_asks_once(talk: Talk, unanswered: str) -> None:
    first = ask(talk, unanswered, client_id="0190aaaa-asked").json()
    talk.end()
    again = ask(talk, unanswered, client_id="0190aaaa-asked").json()

    assert (again["reply"]["id"], again["after"]) == (first["reply"]["id"], unanswered)
    assert Generation.objects.filter(conversation_id=talk.id).count() == 3


def test_a_tab_that_does_not_know_of_the_answer_pays_for_no_second_one(talk: Talk, unanswered: str) -> None:
    ask(talk, unanswered)
    assert ask(talk, unanswered).json()["error"]["code"] == "busy"
    talk.end()

    late = ask(talk, unanswered)

    assert (late.status_code, late.json()["error"]["code"]) == (409, "answered")
    assert Generation.objects.filter(conversation_id=talk.id).count() == 3


def test_only_what_this_person_said_is_asked_again(
    talk: Talk, unanswered: str, charlie: User, client_for: ClientFor
) -> None:
    strangers = client_for(charlie).post(f"/messages/{unanswered}/ask/", headers=JSON)
    delete(talk, unanswered)

    assert strangers.status_code == 404
    assert ask(talk, talk.reply).status_code == 404
    assert ask(talk, unanswered).status_code == 404
    assert Generation.objects.filter(conversation_id=talk.id).count() == 2


def test_without_scripts_a_button_asks_it(talk: Talk, unanswered: str) -> None:
    page = talk.client.get(f"/c/{talk.id}/").text
    assert f'formaction="/messages/{unanswered}/ask/">Retry' in page
    assert page.count('data-part="unanswered">') == 1, "nothing else is without a reply"

    answer = talk.client.post(f"/messages/{unanswered}/ask/")

    assert (answer.status_code, answer["Location"]) == (302, f"/c/{talk.id}/")
    assert talk.shown()[-1]["reply"]["status"] == "queued"


def test_where_everything_is_answered_nothing_says_otherwise(talk: Talk) -> None:
    assert 'data-part="unanswered">' not in talk.client.get(f"/c/{talk.id}/").text


# --- Undo -----------------------------------------------------------------------------------------------------


def test_what_was_deleted_comes_back_with_all_that_followed_it(talk: Talk) -> None:
    before, found = talk.shown(), SearchRow.objects.count()
    delete(talk, talk.reply)
    assert talk.texts() == ["One"]

    answer = restore(talk, talk.reply)

    assert answer.json() == {"after": talk.first, "messages": before[1:]}
    assert talk.shown() == before
    assert SearchRow.objects.count() == found
    assert restore(talk, talk.reply).json() == answer.json()
    talk.assert_sound()


def test_what_had_been_deleted_before_stays_so(talk: Talk, unanswered: str) -> None:
    delete(talk, talk.first)

    restore(talk, talk.first)

    assert talk.texts() == ["One", "First answer", "Two"]


def test_what_came_in_its_place_stays_beside_it(talk: Talk, unanswered: str) -> None:
    deleted = Message.objects.get(text="Second answer")
    ask(talk, unanswered)
    talk.end("Another answer")

    answer = restore(talk, str(deleted.pk)).json()

    assert [message["text"] for message in answer["messages"]] == ["Second answer"]
    assert talk.shown()[-1]["versions"]["count"] == 2
    talk.assert_sound()


def test_nothing_comes_back_for_a_stranger_below_what_is_gone_or_while_a_reply_is_written(
    talk: Talk, unanswered: str, charlie: User, client_for: ClientFor
) -> None:
    deleted = Message.objects.get(text="Second answer")
    stranger = client_for(charlie).post(f"/messages/{deleted.pk}/restore/", headers=JSON)
    assert stranger.status_code == 404
    ask(talk, unanswered)
    assert restore(talk, str(deleted.pk)).json()["error"]["code"] == "busy"
    talk.end("Another answer")
    delete(talk, unanswered)

    assert restore(talk, str(deleted.pk)).status_code == 404
    assert talk.texts() == ["One", "First answer"]
    Conversation.objects.filter(pk=talk.id).update(deleted_at=deleted.created_at)
    assert restore(talk, unanswered).status_code == 404


# --- how it is asked ------------------------------------------------------------------------------------------


def ask(talk: Talk, message: str, **more: str) -> Any:
    return talk.client.post(f"/messages/{message}/ask/", more, headers=JSON)


def delete(talk: Talk, message: str) -> Any:
    return talk.client.post(f"/messages/{message}/delete/", headers=JSON)


def restore(talk: Talk, message: str) -> Any:
    return talk.client.post(f"/messages/{message}/restore/", headers=JSON)
