"""kill -9 and SIGTERM of the worker in mid-reply."""

import os
import signal
from typing import Any

import pytest
import redis

from accounts.models import LedgerEntry, User
from tests.house.answers import ended
from tests.house.conftest import PersonFor, Script
from tests.house.people import Drawn, Person
from tests.house.processes import House, Process, wait_until

pytestmark = pytest.mark.stack


def running_reply(person: Person, script: Script) -> tuple[dict[str, str], str]:
    """A reply that has written something and will not end by itself."""
    script.play({"reasoning": "hm"}, {"tokens": 30, "word": "x "}, {"wait": "for ever"})
    asked = person.ask("Hi")
    generation = asked["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["text"] == "x " * 30, what="all its text in Postgres")
    return asked["reply"], generation


def test_a_killed_workers_reply_is_interrupted_with_its_text_and_can_be_retried(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    reply, generation = running_reply(person, script)
    with person.socket() as socket:
        socket.follow(generation)
        drawn = Drawn().fold(socket.until("delta", "snapshot"))

        house.worker.kill()
        house.worker.start()
        drawn.fold(socket.until("ended"))

    assert drawn.reply is not None
    assert (drawn.reply["status"], drawn.reply["text"]) == ("interrupted", "x " * 30)
    assert drawn.reply["note"] == "The server stopped in mid-reply. Everything up to here is kept."
    kinds = sorted(LedgerEntry.objects.values_list("kind", flat=True))
    assert kinds == ["charge", "hold", "release"]
    script.play({"text": "again"})
    retried = person.post(f"/replies/{reply['id']}/retry/").json()["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(retried)["status"] == "done", what="the retry to be done")


def test_another_worker_ends_the_replies_of_one_that_is_gone(
    house: House, person_for: PersonFor, script: Script, alice: User, second_worker: Process
) -> None:
    person = person_for(alice)
    _, generation = running_reply(person, script)
    second_worker.start()

    house.worker.kill()

    wait_until(
        lambda: person.reply(generation)["status"] == "interrupted",
        what="the reply to be interrupted",
    )
    house.worker.start()


def test_a_worker_told_to_end_interrupts_what_is_left_after_its_grace(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    _, generation = running_reply(person, script)

    code = house.worker.end()
    reply = person.reply(generation)
    house.worker.start()

    assert code == 0
    assert (reply["status"], reply["text"]) == ("interrupted", "x " * 30)


def is_over(call: dict[str, Any]) -> bool:
    return bool(call["left_at"] or call["ended_at"])


def test_a_worker_that_was_paused_past_its_lease_can_write_no_more(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 30, "word": "x "}, {"wait": "rest"}, {"text": "too late"})
    person = person_for(alice)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["text"] == "x " * 30, what="all its text in Postgres")

    os.kill(house.worker.pid, signal.SIGSTOP)
    wait_until(
        lambda: person.reply(generation)["status"] == "interrupted",
        what="the reply to be interrupted",
    )
    os.kill(house.worker.pid, signal.SIGCONT)
    script.release("rest")
    # It left, or heard all of it; whichever, it then goes on with something else.
    wait_until(lambda: is_over(script.calls()[0]), what="the call to be over")
    script.play({"text": "Here."})
    assert ended(person, person.ask("Still there?"))["text"] == "Here."

    assert person.reply(generation)["text"] == "x " * 30
    entries = LedgerEntry.objects.filter(generation_id=generation)
    assert sorted(entries.values_list("kind", flat=True)) == ["charge", "hold", "release"]


def test_a_flushed_event_log_costs_no_text(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"tokens": 100, "rate": 100, "word": "a "}, {"wait": "rest"}, {"tokens": 20, "word": "b "})
    person = person_for(alice)
    with person.socket() as here, redis.Redis.from_url(house.environment["REDIS_URL"]) as log:
        generation = person.ask("Hi")["reply"]["reply"]["generation"]
        here.follow(generation)
        drawn = Drawn().fold(here.until("delta"))
        log.flushdb()
        with person.socket() as late:
            late.follow(generation)
            behind = Drawn().fold(late.until("delta", "snapshot"))
            script.release("rest")
            behind.fold(late.until("ended"))
        drawn.fold(here.until("ended"))

    assert drawn.text == behind.text == "a " * 100 + "b " * 20


def test_a_reply_queued_while_no_worker_lives_is_answered_when_one_starts(
    house: House, person_for: PersonFor, script: Script, alice: User
) -> None:
    script.play({"text": "late but whole"})
    person = person_for(alice)
    house.worker.kill()

    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    assert person.reply(generation)["status"] == "queued"
    house.worker.start()

    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply to be done")
    assert len(script.calls()) == 1
