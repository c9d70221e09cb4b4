"""Versions with a worker that writes them: retrying, choosing, two tabs."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.models import LedgerEntry, User
from conversations.models import Message
from tests.conversations.tree import assert_sound
from tests.house.answers import ended, texts
from tests.house.conftest import PersonFor, Script

pytestmark = pytest.mark.stack


def test_retrying_a_reply_in_the_middle_leaves_later_turns_one_choice_away(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "third"}, queue=[[{"text": "first"}], [{"text": "second"}]])
    person = person_for(alice)
    asked = person.ask("one")
    ended(person, asked)
    conversation, reply = asked["conversation"]["id"], asked["reply"]["id"]
    path = f"/conversations/{conversation}/messages/"
    said = person.post(path, client_id=str(uuid.uuid4()), text="two", after=reply).json()
    ended(person, said)

    retried = person.post(f"/replies/{reply}/retry/", client_id=str(uuid.uuid4())).json()
    ended(person, retried)
    assert texts(person, conversation) == ["one", "third"]
    chosen = person.post(f"/messages/{reply}/choose/").json()

    assert chosen["replaces"] == retried["reply"]["id"]
    assert [view["text"] for view in chosen["messages"]] == ["first", "two", "second"]
    page = person.http.get(f"/c/{conversation}/").text
    assert "second" in page and "third" not in page
    # What the model is told next is what is on screen.
    ended(
        person, person.post(path, client_id=str(uuid.uuid4()), text="four", after=said["reply"]["id"]).json()
    )
    told = [turn["content"] for turn in script.calls()[-1]["body"]["messages"]]
    assert told == ["one", "first", "two", "second", "four"]
    assert_sound(conversation)
    assert LedgerEntry.objects.filter(kind="charge").count() == 4


def test_a_choice_in_one_tab_is_heard_in_the_other_which_then_may_branch(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "ok"})
    person = person_for(alice)
    asked = person.ask("one")
    ended(person, asked)
    conversation, path = (
        asked["conversation"]["id"],
        f"/conversations/{asked['conversation']['id']}/messages/",
    )
    edited = person.post(
        f"/messages/{asked['message']['id']}/edit/", client_id=str(uuid.uuid4()), text="two"
    ).json()
    ended(person, edited)

    with person.socket() as other:
        person.post(f"/messages/{asked['message']['id']}/choose/")
        heard = next(frame for frame in iter(other.next, None) if frame.get("topic") == "branch")
    assert heard["id"] == conversation
    stale = person.post(path, client_id="0190aaaa-behind", text="three", after=edited["reply"]["id"])
    assert (stale.status_code, stale.json()["error"]["tip"]) == (409, asked["reply"]["id"])
    answer = person.post(
        path, client_id="0190aaaa-behind", text="three", after=edited["reply"]["id"], branch="on"
    )
    assert answer.status_code == 201
    ended(person, answer.json())

    assert texts(person, conversation) == ["two", "ok", "three", "ok"]
    assert Message.objects.filter(text="three").count() == 1
    assert_sound(conversation)


def test_tabs_that_retry_at_the_same_moment_get_one_reply_between_them(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "again"}, {"wait": "all"}, queue=[[{"text": "once"}]])
    person = person_for(alice)
    asked = person.ask("one")
    ended(person, asked)
    path = f"/replies/{asked['reply']['id']}/retry/"
    client_ids = ["0190aaaa-same"] * 4 + [str(uuid.uuid4()) for _ in range(4)]

    with ThreadPoolExecutor(len(client_ids)) as tabs:
        answers = list(tabs.map(lambda client_id: person.post(path, client_id=client_id), client_ids))
    script.release("all")

    taken = {answer.json()["reply"]["id"] for answer in answers if answer.status_code == 201}
    refused = [answer.json()["error"]["code"] for answer in answers if answer.status_code != 201]
    assert len(taken) == 1
    assert set(refused) == {"busy"}
    assert Message.objects.filter(role="assistant").count() == 2
    assert LedgerEntry.objects.filter(kind="hold").count() == 2
