"""Parts that are replaced or die: pages move on to what is there, replies are finished or say that they were not."""

import time
import uuid

import httpx
import pytest

from conversations.models import Message
from tests.faults.conftest import Asked, Case
from tests.faults.rig import Rig
from tests.faults.tabs import Watched
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

LONG = ({"tokens": 60, "rate": 60, "word": "word "}, {"wait": "rest"}, {"tokens": 20, "word": "more "})
SHOWN = len("word " * 60)
WHOLE = "word " * 60 + "more " * 20


def running(case: Case, rig: Rig) -> tuple[Asked, Watched]:
    """A reply that has begun, and a tab that sees it."""
    rig.script.play(*LONG)
    asked = case.ask(case.person())
    tab = case.watch(asked)
    tab.wait_for_text(20)
    return asked, tab


def test_of_two_web_processes_one_is_killed_and_its_tabs_go_on_at_the_other(case: Case, rig: Rig) -> None:
    rig.add_web()
    rig.wait_until_serving()
    asked, tab = running(case, rig)

    rig.webs[0].kill()
    with rig.timed("one of two web processes killed: all text on screen"):
        tab.wait_for_text(SHOWN)
    # The connection kept by this browser may still have to hear that its server is gone.
    wait_until(lambda: asked.person.http.get(asked.path).status_code == 200, what="a page of the other")
    rig.script.release("rest")
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", WHOLE)
    assert tab.reconnects > 0
    assert len(rig.script.calls()) == 1


def test_a_web_process_says_reconnect_before_it_goes_and_loses_nobody(case: Case, rig: Rig) -> None:
    rig.add_web()
    rig.wait_until_serving()
    asked, tab = running(case, rig)

    start = time.monotonic()
    rig.webs[0].ask_to_end()
    wait_until(lambda: asked.person.http.get(asked.path).status_code == 200, what="a page")
    tab.wait_for_text(SHOWN)
    rig.took("a web process is replaced: all text on screen", time.monotonic() - start)
    code = rig.webs[0].wait_until_gone()
    rig.script.release("rest")
    shown = tab.wait_until_over()

    assert code == 0
    assert "reconnect" in tab.topics
    assert (shown.status, shown.text) == ("done", WHOLE)


def test_a_worker_told_to_end_finishes_what_it_can_in_its_grace(case: Case, rig: Rig) -> None:
    _, tab = running(case, rig)

    rig.workers[0].ask_to_end()
    rig.script.release("rest")
    shown = tab.wait_until_over()
    code = rig.workers[0].wait_until_gone()

    assert code == 0
    assert (shown.status, shown.text) == ("done", WHOLE)


def test_a_worker_told_to_end_while_postgres_is_away_is_gone_all_the_same(case: Case, rig: Rig) -> None:
    case.expected.log.append("tasks broke")
    rig.stop_postgres()

    rig.workers[0].ask_to_end()

    assert rig.workers[0].wait_until_gone() == 0


def test_a_reply_whose_worker_was_told_to_end_while_postgres_was_away_keeps_all_that_was_shown(
    case: Case, rig: Rig
) -> None:
    case.expected.log += ["tasks broke", "rows not reached"]
    asked, tab = running(case, rig)
    tab.wait_for_text(SHOWN)
    rig.stop_postgres()

    rig.workers[0].ask_to_end()
    code = rig.workers[0].wait_until_gone()
    rig.start_postgres()
    rig.workers[0].start()
    with rig.timed("told to end while Postgres was away: its reply is ended by the next"):
        shown = tab.wait_until_over()

    assert code == 0
    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert asked.person.reply(asked.generation)["can_retry"]


def test_what_a_worker_cannot_finish_in_its_grace_it_interrupts_itself(case: Case, rig: Rig) -> None:
    asked, tab = running(case, rig)
    tab.wait_for_text(SHOWN)

    start = time.monotonic()
    rig.workers[0].ask_to_end()
    shown = tab.wait_until_over()
    rig.took("a worker is replaced: a reply longer than its grace", time.monotonic() - start)
    assert rig.workers[0].wait_until_gone() == 0

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert asked.person.reply(asked.generation)["can_retry"]


def test_a_rolling_restart_under_load_costs_no_reply_and_shows_no_error(case: Case, rig: Rig) -> None:
    case.expected.log = ["RequestAborted"]  # Django's word for a request whose browser has moved on
    rig.script.play({"tokens": 40, "rate": 40, "word": "word "})
    people = [case.person(f"person{number}") for number in range(4)]
    tabs = [case.watch(case.ask(person, f"First of {person.user.display_name}?")) for person in people]

    rig.add_web()
    rig.add_worker()
    rig.wait_until_serving()
    rig.workers[1].wait_until_ready()
    tabs += [case.watch(case.ask(person, f"Second of {person.user.display_name}?")) for person in people]
    rig.webs[0].ask_to_end()
    rig.workers[0].ask_to_end()
    tabs += [case.watch(case.ask(person, f"Third of {person.user.display_name}?")) for person in people]
    ends = [tab.wait_until_over() for tab in tabs]
    assert rig.webs[0].wait_until_gone() == rig.workers[0].wait_until_gone() == 0

    assert {(end.status, end.text) for end in ends} == {("done", "word " * 40)}
    assert len(rig.script.calls()) == 12


def test_a_send_whose_answer_was_lost_with_its_process_is_repeated_without_effect(
    case: Case, rig: Rig
) -> None:
    rig.script.play({"text": "once"})
    person = case.person()
    send = {"client_id": str(uuid.uuid4()), "text": "Was that sent?"}
    rig.add_web()
    rig.wait_until_serving()
    rig.arm("after_send", "kill")

    with pytest.raises(httpx.TransportError):
        person.post("/conversations/", **send)
    again = person.post("/conversations/", **send)

    assert again.status_code == 201
    rig.wait_until_quiet()
    assert Message.objects.filter(text=send["text"]).count() == 1
    assert len(rig.script.calls()) == 1


def test_a_worker_paused_past_its_lease_is_replaced_by_another_and_can_write_no_more(
    case: Case, rig: Rig
) -> None:
    asked, tab = running(case, rig)
    tab.wait_for_text(SHOWN)
    rig.add_worker()
    rig.workers[1].wait_until_ready()

    rig.workers[0].pause()
    start = time.monotonic()
    shown = tab.wait_until_over()
    rig.took("a paused worker: its reply is ended by another", time.monotonic() - start)
    rig.script.release("rest")
    rig.workers[0].resume()
    calls = rig.script.calls
    wait_until(lambda: calls()[0]["left_at"] or calls()[0]["ended_at"], what="the call to be over")
    after = case.watch(case.ask(asked.person, "And the next?"))
    assert after.wait_until_over().status == "done"

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert Message.objects.get(pk=asked.reply).text == "word " * 60


def test_the_only_worker_is_paused_and_the_web_ends_its_reply(case: Case, rig: Rig) -> None:
    asked, tab = running(case, rig)
    tab.wait_for_text(SHOWN)

    rig.workers[0].pause()
    start = time.monotonic()
    shown = tab.wait_until_over()
    rig.took("the only worker is paused: its reply is ended by the web", time.monotonic() - start)
    rig.workers[0].resume()
    rig.script.release("rest")
    after = case.watch(case.ask(asked.person, "Awake again?"))

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert after.wait_until_over().status == "done"


def test_all_of_it_dies_at_once_and_starts_in_what_it_left(case: Case, rig: Rig) -> None:
    """Rows of dead workers, queued rows, the socket and the lock files of killed servers."""
    asked, tab = running(case, rig)
    tab.wait_for_text(SHOWN)
    wait_until(lambda: asked.now["text"] == "word " * 60, what="all text in Postgres")
    rig.workers[0].kill()
    queued = case.ask(asked.person, "Is anybody there?")
    rig.webs[0].kill()
    rig.stop_redis()
    rig.stop_postgres()

    rig.start_postgres()
    rig.start_redis()
    rig.script.release("rest")
    rig.webs[0].start()
    rig.workers[0].start()
    rig.wait_until_serving()
    with rig.timed("all parts killed: the reply's end on screen after their start"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("interrupted", "word " * 60)
    assert case.watch(queued).wait_until_over().status == "done"
    assert len(rig.script.calls()) == 2
