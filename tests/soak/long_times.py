"""Outages, pauses and silences as long as they are in life. Everything comes back without a hand."""

import time

import pytest

from tests.faults.conftest import Case
from tests.faults.rig import Rig
from tests.house.processes import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.timeout(400)]

OUTAGE_SECONDS, PAUSE_SECONDS, IDLE_SECONDS = 30, 90, 180
LEASE_SECONDS, LOOKS_SECONDS = 30, 10
IDLE_SOCKETS = 20
REPLY = ({"tokens": 1200, "rate": 20, "word": "word "},)  # a minute
WHOLE = "word " * 1200


def test_a_reply_goes_on_through_thirty_seconds_without_postgres(case: Case, rig: Rig) -> None:
    rig.script.play(*REPLY)
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(100)

    rig.stop_postgres()
    time.sleep(OUTAGE_SECONDS)
    rig.start_postgres()
    shown = tab.wait_until_over(120)

    assert (shown.status, shown.text) == ("done", WHOLE)
    assert len(rig.script.calls()) == 1


def test_a_reply_goes_on_through_thirty_seconds_without_redis(case: Case, rig: Rig) -> None:
    rig.script.play(*REPLY)
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(100)

    rig.stop_redis()
    time.sleep(OUTAGE_SECONDS)
    rig.start_redis()
    shown = tab.wait_until_over(120)

    assert (shown.status, shown.text) == ("done", WHOLE)
    assert len(rig.script.calls()) == 1


def test_a_worker_that_slept_ninety_seconds_finds_its_reply_ended_and_writes_no_more(
    case: Case, rig: Rig
) -> None:
    rig.script.play({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "rest"}, {"text": "too late"})
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(len("word " * 60))

    paused = time.monotonic()
    rig.workers[0].pause()
    shown = tab.wait_until_over(LEASE_SECONDS + LOOKS_SECONDS)
    took = time.monotonic() - paused
    time.sleep(PAUSE_SECONDS - took)
    rig.workers[0].resume()
    rig.script.release("rest")
    wait_until(lambda: rig.script.calls()[0]["left_at"], seconds=20, what="the worker to let go of it")

    rig.took("worker paused, lease 30 s: the reply's end on screen", took)
    assert (shown.status, shown.text) == ("interrupted", "word " * 60)


def test_a_killed_workers_reply_is_ended_by_the_next_within_a_lease(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "for ever"})
    tab = case.watch(case.ask(case.person()))
    tab.wait_for_text(len("word " * 60))

    rig.workers[0].kill()
    rig.workers[0].start()
    with rig.timed("worker killed, lease 30 s: the reply's end on screen"):
        shown = tab.wait_until_over(LEASE_SECONDS + LOOKS_SECONDS)

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)


def test_sockets_on_which_nothing_happens_stay_open(case: Case, rig: Rig) -> None:
    person = case.person()
    idle = [person.socket() for _ in range(IDLE_SOCKETS)]

    time.sleep(IDLE_SECONDS)

    for socket in idle:
        socket.say({"type": "ping"})
        assert socket.next()["type"] == "pong"
        socket.close()
