"""Redis restarts, is emptied, away, silent or slow: it is never the only copy, and nobody waits for it."""

import time
import uuid

import pytest
from websockets.exceptions import ConnectionClosed

from tests.faults.conftest import Asked, Case
from tests.faults.rig import Rig
from tests.faults.tabs import Watched
from tests.house.people import Person
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

LONG = ({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "rest"}, {"tokens": 20, "word": "more "})
SHOWN = len("word " * 60)
WHOLE = "word " * 60 + "more " * 20
LINKS = ("web-redis", "worker-redis")
# The shortest patience that any part has with Redis: that of the cache (settings).
LEAST_WAIT_SECONDS = 1.0


@pytest.fixture
def running(case: Case, rig: Rig) -> tuple[Asked, Watched]:
    """A reply that has begun, and a tab that sees it."""
    rig.script.play(*LONG)
    asked = case.ask(case.person())
    tab = case.watch(asked)
    tab.wait_for_text(20)
    return asked, tab


def least_seconds(case: Case, person: Person, when: str) -> tuple[float, float]:
    """How long a send and a stop take at least. A machine that stands still does so once; a wait for Redis would be
    there every time."""
    sending, stopping = [], []
    for number in range(3):
        case.expected.uncalled += 1  # a worker may just have written down the call
        begun = time.monotonic()
        asked = case.ask(person, f"{when} {number}?")
        sending.append(time.monotonic() - begun)
        begun = time.monotonic()
        assert person.post(f"/generations/{asked.generation}/stop/").status_code == 202
        stopping.append(time.monotonic() - begun)
    return min(sending), min(stopping)


def has_ended_whole(rig: Rig, tab: Watched, case: str) -> None:
    with rig.timed(case):
        shown = tab.wait_until_over()
    assert (shown.status, shown.text) == ("done", WHOLE)
    assert len(rig.script.calls()) == 1


def test_a_restart_empties_it_and_tabs_are_repaired_from_postgres(
    case: Case, rig: Rig, running: tuple[Asked, Watched]
) -> None:
    asked, tab = running
    rig.stop_redis()
    rig.start_redis()
    with rig.timed("Redis restarted: all text on screen"):
        tab.wait_for_text(SHOWN)
    with rig.timed("Redis restarted: hints heard again"):
        before = len(tab.topics)
        wait_until(lambda: _rename(asked) and len(tab.topics) > before, what="a hint")
    rig.script.release("rest")
    with rig.timed("Redis restarted: the reply's end on screen"):
        shown = tab.wait_until_over()
    assert (shown.status, shown.text) == ("done", WHOLE)


def _rename(asked: Asked) -> bool:
    """Every tab of its owner is told; and since a hint may be lost, whoever waits for one does this again."""
    conversation = asked.path.strip("/").removeprefix("c/")
    answer = asked.person.post(f"/conversations/{conversation}/rename/", title=str(uuid.uuid4()))
    return answer.status_code == 200


def test_a_flushed_log_is_repaired_from_postgres(rig: Rig, running: tuple[Asked, Watched]) -> None:
    _, tab = running
    rig.redis().flushall()
    rig.script.release("rest")
    has_ended_whole(rig, tab, "Redis flushed: the reply's end on screen")


def test_while_it_is_away_replies_are_written_and_seen_and_stop_works(
    case: Case, rig: Rig, running: tuple[Asked, Watched]
) -> None:
    _, tab = running
    other = case.person("bob")
    _, usually = least_seconds(case, other, "Before")
    rig.stop_redis()
    _, away = least_seconds(case, other, "Meanwhile")
    assert away < usually + LEAST_WAIT_SECONDS
    with rig.timed("Redis away: all text on screen from Postgres"):
        tab.wait_for_text(SHOWN)
    stopped = case.ask(other, "A second one?")
    wait_until(lambda: stopped.now["text"], what="text of a reply that began meanwhile")
    assert stopped.person.post(f"/generations/{stopped.generation}/stop/").status_code == 202
    wait_until(lambda: stopped.now["status"] == "stopped", what="the reply to be stopped")
    rig.script.release("rest")
    wait_until(lambda: tab.is_over, what="the reply's end on screen without Redis")
    rig.start_redis()

    assert (tab.shown.status, tab.text) == ("done", WHOLE)
    later = case.watch(case.ask(case.person("carol"), "And after it?"))
    with rig.timed("Redis back: the next reply seen to its end"):
        assert later.wait_until_over().status == "done"


def test_nobody_waits_for_one_that_hangs(case: Case, rig: Rig, running: tuple[Asked, Watched]) -> None:
    asked, tab = running
    usually = least_seconds(case, asked.person, "Before")
    for link in LINKS:
        rig.link(link).blackhole()
    hanging = least_seconds(case, asked.person, "While it hangs")
    with rig.timed("Redis hangs: all text on screen from Postgres"):
        tab.wait_for_text(SHOWN)
    rig.script.release("rest")
    for link in LINKS:
        rig.link(link).heal()
    rig.took("Redis hangs: a send is accepted", hanging[0])
    rig.took("Redis hangs: a stop is accepted", hanging[1])

    with rig.timed("Redis hangs: the reply's end on screen"):
        shown = tab.wait_until_over()
    assert (shown.status, shown.text) == ("done", WHOLE)
    assert hanging[0] < usually[0] + LEAST_WAIT_SECONDS
    assert hanging[1] < usually[1] + LEAST_WAIT_SECONDS


def test_a_slow_one_makes_replies_slower_and_nothing_else(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 60, "rate": 60, "word": "word "})
    person = case.person()
    usually = least_seconds(case, person, "Before")
    for link in LINKS:
        rig.link(link).delay(0.3)
    slow = least_seconds(case, person, "While it is slow")
    shown = case.watch(case.ask(person)).wait_until_over()

    assert (shown.status, shown.text) == ("done", "word " * 60)
    assert slow[0] < usually[0] + LEAST_WAIT_SECONDS
    assert slow[1] < usually[1] + LEAST_WAIT_SECONDS


@pytest.mark.parametrize("link", LINKS)
def test_one_side_parted_from_it_is_enough_to_go_on(
    rig: Rig, running: tuple[Asked, Watched], link: str
) -> None:
    _, tab = running
    rig.link(link).refuse()
    rig.link(link).reset()
    with rig.timed(f"{link} parted: all text on screen"):
        tab.wait_for_text(SHOWN)
    rig.script.release("rest")
    wait_until(lambda: tab.is_over, what="the reply's end on screen")
    rig.link(link).heal()

    assert (tab.shown.status, tab.text) == ("done", WHOLE)


def test_it_may_be_out_of_memory(rig: Rig, running: tuple[Asked, Watched]) -> None:
    _, tab = running
    rig.redis().config_set("maxmemory", "1")
    try:
        rig.script.release("rest")
        wait_until(lambda: tab.is_over, what="the reply's end on screen")
    finally:
        rig.redis().config_set("maxmemory", "256mb")

    assert (tab.shown.status, tab.text) == ("done", WHOLE)


def test_a_page_opened_while_it_is_away_is_told_to_come_again_and_does(case: Case, rig: Rig) -> None:
    rig.script.play({"text": "Before, "}, {"wait": "rest"}, {"text": "after."})
    person = case.person()
    asked = case.ask(person)
    wait_until(lambda: asked.now["text"], what="text")

    rig.stop_redis()
    # One that asks in the very moment may still be let in: the web process has not seen yet that nobody is there.
    wait_until(lambda: _refused_with(person) == 1013, what="a socket to be refused for now")
    tab = case.watch(asked)
    rig.start_redis()
    rig.script.release("rest")

    assert tab.wait_until_over().text == "Before, after."


def _refused_with(person: Person) -> int | None:
    """The code with which a new socket is closed at once; None when it is let in."""
    try:
        with person.socket():
            return None
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
