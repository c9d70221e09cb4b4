"""Versions of replies with a worker that writes them: going on, retrying, two tabs."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.models import LedgerEntry, User
from conversations.generation import prompt
from conversations.generation.settlement import ESTIMATED_BYTES_PER_TOKEN
from conversations.models import Attempt, Message
from tests.conversations.tree import assert_sound
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn, Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

BEGUN = "Once upon a time there was a king "


def generation_of(answer: dict[str, Any]) -> str:
    return str(answer["reply"]["reply"]["generation"])


def ended(person: Person, answer: dict[str, Any], status: str = "done") -> dict[str, Any]:
    """The reply of this answer, when it is over."""
    generation = generation_of(answer)
    wait_until(
        lambda: person.reply(generation)["status"] == status, seconds=15, what=f"a reply to be {status}"
    )
    return person.reply(generation)


def cut_off(person: Person, script: Script) -> dict[str, Any]:
    """A first message whose reply breaks off after BEGUN."""
    script.play({"text": BEGUN}, {"cut": True})
    asked = person.ask("Tell me")
    assert ended(person, asked, "interrupted")["text"] == BEGUN
    return asked


def go_on(person: Person, message: str) -> dict[str, Any]:
    answer = person.post(f"/replies/{message}/continue/", client_id=str(uuid.uuid4()))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def texts(person: Person, conversation: str) -> list[str]:
    answer = person.http.get(f"/conversations/{conversation}/messages/")
    return [view["text"] for view in answer.json()["messages"]]


def test_a_reply_that_broke_off_goes_on_without_a_word_twice_or_missing(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    again = [{"text": piece} for piece in ("there ", "was a k", "ing ", "who had ", "two daughters.")]
    script.play(*again)

    with person.socket() as socket:
        begun = go_on(person, asked["reply"]["id"])
        socket.follow(generation_of(begun))
        drawn = Drawn().fold(socket.until("ended"))

    assert begun["reply"]["text"] == BEGUN
    assert drawn.reply is not None
    assert drawn.reply["text"] == begun["reply"]["text"] + drawn.text
    assert drawn.reply["text"] == "Once upon a time there was a king who had two daughters."
    asked_for = script.calls()[-1]["body"]["messages"]
    assert asked_for[1:] == [
        {"role": "assistant", "content": BEGUN},
        {"role": "user", "content": prompt.GO_ON},
    ]
    assert texts(person, asked["conversation"]["id"])[-1] == drawn.reply["text"]
    assert LedgerEntry.objects.filter(kind="charge").count() == 2


def test_a_reply_cut_at_its_longest_goes_on_as_often_as_it_is_cut(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play(
        {"text": "three."},
        queue=[[{"text": "one, "}, {"end": "length"}], [{"text": "two, "}, {"end": "length"}]],
    )
    person = person_for(alice)
    answer = asked = person.ask("Count")

    for _ in range(2):
        reply = ended(person, answer)
        assert (reply["can_continue"], reply["note"]) == (True, "Cut at the longest reply allowed.")
        answer = go_on(person, answer["reply"]["id"])
    last = ended(person, answer)

    assert (last["text"], last["can_continue"]) == ("one, two, three.", False)
    assert answer["reply"]["versions"]["number"] == 3
    assert_sound(asked["conversation"]["id"])


def test_stopping_what_goes_on_keeps_what_was_there_and_pays_for_what_is_new(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    script.play({"tokens": 40, "word": "new "}, {"wait": "for ever"})
    begun = go_on(person, asked["reply"]["id"])
    generation = generation_of(begun)
    wait_until(lambda: person.reply(generation)["text"] != BEGUN, seconds=10, what="more text")

    person.post(f"/generations/{generation}/stop/", seq=0)
    stopped = ended(person, begun, "stopped")

    assert stopped["text"] == BEGUN
    attempt = Attempt.objects.get(generation_id=generation)
    assert attempt.cost_source == "estimated"
    assert attempt.completion_tokens == 160 // ESTIMATED_BYTES_PER_TOKEN
    said = len("Tell me") + len(BEGUN) + len(prompt.GO_ON)
    assert attempt.prompt_tokens == -(-said // ESTIMATED_BYTES_PER_TOKEN)


def test_going_on_survives_a_killed_worker_with_all_text_and_can_go_on_again(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    script.play({"text": "who had two "}, {"wait": "for ever"})
    begun = go_on(person, asked["reply"]["id"])
    with person.socket() as socket:
        socket.follow(generation_of(begun))
        socket.until("delta", "snapshot")
        house.worker.kill()
        house.worker.start()
        kept = socket.until("ended")[-1]["reply"]

    attempt = Attempt.objects.get(generation_id=generation_of(begun))
    assert attempt.completion_tokens == len("who had two ") // ESTIMATED_BYTES_PER_TOKEN
    assert (kept["status"], kept["text"], kept["can_continue"]) == (
        "interrupted", f"{BEGUN}who had two ", True,
    )  # fmt: skip
    script.play({"text": "daughters."})
    last = ended(person, go_on(person, begun["reply"]["id"]))
    assert last["text"] == f"{BEGUN}who had two daughters."


def test_what_goes_on_and_is_stopped_before_a_worker_takes_it_keeps_its_text(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    house.worker.kill()
    begun = go_on(person, asked["reply"]["id"])

    person.post(f"/generations/{generation_of(begun)}/stop/", seq=0)
    stopped = ended(person, begun, "stopped")
    house.worker.start()

    assert stopped["text"] == BEGUN
    assert len(script.calls()) == 1


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
