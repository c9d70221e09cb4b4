"""A send names the message it answers: a tab that is behind is asked, and nothing is ever overwritten."""

import pytest

from accounts.models import LedgerEntry, User
from conversations.models import Message, Model, QueuedMessage
from tests.conftest import ClientFor
from tests.conversations.tree import Talk


@pytest.fixture
def talk(client_for: ClientFor, alice: User, model: Model) -> Talk:
    """Two turns, both answered; a tab that is behind has seen the first one only."""
    talk = Talk(client_for(alice), "one")
    talk.end("first answer")
    talk.say("two")
    talk.end("second answer")
    return talk


def test_a_send_that_is_behind_is_told_the_latest_message_and_stores_nothing(talk: Talk) -> None:
    answer = talk.say("from the other tab", after=talk.reply)

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["tip"]) == ("stale", str(talk.row.tip_id))
    assert "Answer the latest message, or branch from here?" in error["message"]
    assert Message.objects.count() == 4


def test_the_same_send_may_then_answer_the_latest_message(talk: Talk) -> None:
    tip = talk.say("behind", after=talk.reply, client_id="0190aaaa-behind").json()["error"]["tip"]

    answer = talk.say("behind", after=tip, client_id="0190aaaa-behind")

    assert answer.status_code == 201
    assert answer.json()["after"] == tip
    assert talk.texts() == ["one", "first answer", "two", "second answer", "behind", ""]


def test_or_it_may_branch_from_what_it_had_seen_and_later_turns_stay_reachable(talk: Talk) -> None:
    talk.say("behind", after=talk.reply, client_id="0190aaaa-behind")

    answer = talk.say("behind", after=talk.reply, client_id="0190aaaa-behind", branch="on")
    repeated = talk.say("behind", after=talk.reply, client_id="0190aaaa-behind", branch="on")

    assert answer.status_code == repeated.status_code == 201
    assert answer.json()["message"]["id"] == repeated.json()["message"]["id"]
    assert answer.json()["after"] == talk.reply
    assert answer.json()["message"]["versions"]["number"] == 2
    talk.end("branched")
    assert talk.texts() == ["one", "first answer", "behind", "branched"]
    talk.choose(answer.json()["message"]["versions"]["previous"])
    assert talk.texts() == ["one", "first answer", "two", "second answer"]
    assert LedgerEntry.objects.filter(kind="hold").count() == 3
    talk.assert_sound()


def test_a_branch_from_a_version_that_is_not_on_screen_brings_that_version_back(talk: Talk) -> None:
    talk.retry(talk.reply)
    talk.end("another answer")

    talk.say("about the first", after=talk.reply, branch="on")

    talk.end("indeed")
    assert talk.texts() == ["one", "first answer", "about the first", "indeed"]
    talk.assert_sound()


def test_another_first_message_is_a_branch_from_nothing(talk: Talk) -> None:
    assert talk.say("anew", after="").status_code == 409
    answer = talk.say("anew", after="", branch="on")

    assert (answer.status_code, answer.json()["after"]) == (201, "")
    assert talk.texts() == ["anew", ""]
    talk.end()
    talk.assert_sound()


def test_a_branch_must_begin_at_a_reply_of_this_conversation(talk: Talk) -> None:
    elsewhere = Talk(talk.client, "another conversation")
    elsewhere.end()

    for after in (elsewhere.reply, talk.first):
        answer = talk.say("x", after=after, branch="on")
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "stale")
    assert Message.objects.filter(conversation_id=talk.id).count() == 4


def test_while_a_reply_is_written_a_send_after_it_or_after_what_it_answers_waits(talk: Talk) -> None:
    running = talk.say("three").json()

    after_it = talk.say("four", after=running["reply"]["id"])
    after_what_it_answers = talk.say("five", after=running["message"]["id"])
    behind = talk.say("six", after=talk.reply)

    assert (after_it.status_code, after_what_it_answers.status_code) == (202, 202)
    assert (behind.status_code, behind.json()["error"]["code"]) == (409, "stale")
    assert behind.json()["error"]["tip"] == running["reply"]["id"]
    assert list(QueuedMessage.objects.values_list("text", flat=True)) == ["four", "five"]
    talk.end()


def test_a_tab_is_given_what_follows_the_last_message_it_has_or_everything(talk: Talk) -> None:
    def after(message: str) -> tuple[str, list[str]]:
        answer = talk.client.get(f"/conversations/{talk.id}/messages/", {"after": message}).json()
        return answer["after"], [view["text"] for view in answer["messages"]]

    assert after(talk.reply) == (talk.reply, ["two", "second answer"])
    talk.retry(talk.reply)
    talk.end("another answer")

    assert after(talk.first) == (talk.first, ["another answer"])
    assert after(talk.reply) == ("", ["one", "another answer"])
    assert after("") == ("", ["one", "another answer"])
