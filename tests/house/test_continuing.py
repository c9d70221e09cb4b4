"""Replies that were cut off and go on: nothing twice, nothing missing, paid for once."""

import uuid
from typing import Any

import pytest
import redis

from accounts.ids import new_id
from accounts.models import LedgerEntry, User
from conversations.generation import prompt
from conversations.generation.settlement import ESTIMATED_BYTES_PER_TOKEN
from conversations.models import Attempt, Conversation, Generation, Model
from tests.conversations.tree import assert_sound
from tests.house.answers import ended, generation_of, texts
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn, Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

BEGUN = "Once upon a time there was a king "


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


def test_it_goes_on_by_the_model_that_began_it_whatever_the_conversation_has_now(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    begun_by = Generation.objects.get()
    other = Model.objects.get(pk=begun_by.model_id)
    other.pk, other.slug, other.name, other.is_default = new_id(), "another", "Another", False
    other.save(force_insert=True)
    Conversation.objects.update(model=other)
    script.play({"text": "there was a king."})

    ended(person, go_on(person, asked["reply"]["id"]))

    assert [one.model_id for one in Generation.objects.all()] == [begun_by.model_id] * 2


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
    wait_until(lambda: person.reply(generation)["text"] == BEGUN + "new " * 40, what="more text")

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


def test_whoever_comes_late_to_what_goes_on_sees_all_of_it_even_without_an_event_log(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    asked = cut_off(person, script)
    script.play({"text": "who had "}, {"wait": "rest"}, {"text": "two daughters."})
    begun = go_on(person, asked["reply"]["id"])
    generation = generation_of(begun)
    wait_until(lambda: person.reply(generation)["text"] != BEGUN, what="more text")
    with redis.Redis.from_url(house.environment["REDIS_URL"]) as log:
        log.flushdb()

    with person.socket() as socket:
        socket.follow(generation)
        late = Drawn().fold(socket.until("snapshot"))
        assert late.text == f"{BEGUN}who had "
        script.release("rest")
        late.fold(socket.until("ended"))

    assert late.reply is not None
    assert late.text == late.reply["text"] == f"{BEGUN}who had two daughters."
