"""Stop: from any place, at any moment, priced once and cut to what was shown."""

import pytest

from accounts.models import LedgerEntry, User
from conversations.models import Attempt, Generation, Message
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn, Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


def has_ended(person: Person, generation: str, status: str = "stopped") -> None:
    wait_until(lambda: person.reply(generation)["status"] == status, what=f"the reply to be {status}")


def test_stop_keeps_what_the_reader_was_shown_and_closes_the_providers_socket(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"reasoning": "hm"}, {"tokens": 400, "rate": 100, "word": "x "})
    person = person_for(alice)
    with person.socket() as socket:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        socket.follow(generation)
        drawn = Drawn()
        while len(drawn.text) < 20:
            drawn.fold(socket.until("delta"))

        shown = drawn.text
        assert person.post(f"/generations/{generation}/stop/", seq=drawn.seq).status_code == 202
        drawn.fold(socket.until("ended"))

    assert drawn.reply is not None
    assert (drawn.reply["status"], drawn.reply["text"]) == ("stopped", shown)
    assert drawn.reply["note"].startswith("Stopped by you after")
    assert " Cost, reading included: ≈\N{NO-BREAK SPACE}$" in drawn.reply["note"]
    assert Message.objects.get(role="assistant").text == shown
    wait_until(lambda: script.calls()[0]["left_at"], what="the provider's socket to be closed")


def test_a_stopped_reply_is_charged_once_by_a_labelled_estimate(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 40, "word": "word "}, {"wait": "for ever"})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["text"], what="text")

    for _ in range(3):
        person.post(f"/generations/{generation}/stop/")
    has_ended(person, generation)

    charge = LedgerEntry.objects.get(kind="charge")
    assert (charge.source, charge.amount > 0) == ("estimated", True)
    assert person.reply(generation)["tally"]["cost"].startswith("≈")


def test_stop_before_the_first_token_says_so_and_costs_the_prompt_as_an_estimate(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"begin": True}, {"wait": "for ever"})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: script.calls(), what="the provider to be asked")

    person.post(f"/generations/{generation}/stop/", seq=0)
    has_ended(person, generation)

    assert person.reply(generation)["note"] == "Stopped before answering."
    attempt = Attempt.objects.get()
    assert (attempt.cost_source, attempt.prompt_tokens, attempt.completion_tokens) == ("estimated", 1, 0)
    wait_until(lambda: script.calls()[0]["left_at"], what="the provider's socket to be closed")


def test_a_reply_stopped_while_it_waits_in_the_queue_is_never_asked_for(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"wait": "all"}, {"text": "ok"})
    person = person_for(alice)
    started = [person.ask(f"{n}")["reply"]["reply"]["generation"] for n in range(5)]
    wait_until(lambda: len(script.calls()) == 4, what="four replies to run")
    waiting = str(Generation.objects.get(status="queued").pk)

    person.post(f"/generations/{waiting}/stop/")
    has_ended(person, waiting)
    script.release("all")
    for generation in started:
        if generation != waiting:
            has_ended(person, generation, "done")

    assert len(script.calls()) == 4
    assert not Attempt.objects.filter(generation_id=waiting).exists()


def test_stop_in_one_tab_ends_it_in_the_other(person_for: PersonFor, script: Script, alice: User) -> None:
    script.play({"tokens": 400, "rate": 50, "word": "x "})
    person = person_for(alice)
    with person.socket() as one, person.socket() as two:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        one.follow(generation)
        two.follow(generation)
        drawn = Drawn().fold(one.until("delta"))
        shown = drawn.text

        person.post(f"/generations/{generation}/stop/", seq=drawn.seq)
        here, there = drawn.fold(one.until("ended")).reply, Drawn().fold(two.until("ended")).reply

    assert here == there
    assert here is not None
    assert here["text"] == shown
