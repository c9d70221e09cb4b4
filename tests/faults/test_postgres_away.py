"""Postgres restarts, is away, throws everybody out: replies go on, pages say what is wrong, nothing is lost."""

import time
import uuid

import httpx
import pytest
from websockets.exceptions import ConnectionClosed

from conversations.models import Attempt, Message
from tests.faults.conftest import Case
from tests.faults.rig import Rig, still
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

LONG = ({"tokens": 60, "rate": 30, "word": "word "}, {"wait": "rest"}, {"tokens": 20, "word": "more "})
WHOLE = "word " * 60 + "more " * 20
# A page that says so takes three seconds, and the more the busier this machine is. Without limits of our own, a pool
# would have it wait for thirty, and a connection for ever.
LONGEST_SECONDS = 15


def test_a_restart_in_mid_reply_costs_neither_text_nor_a_second_call(case: Case, rig: Rig) -> None:
    rig.script.play(*LONG)
    person = case.person()
    asked = case.ask(person)
    tab = case.watch(asked)
    tab.wait_for_text(20)

    rig.stop_postgres()
    rig.start_postgres()
    with rig.timed("Postgres restarted: a page"):
        wait_until(lambda: person.http.get("/").status_code == 200, what="a page")
    rig.script.release("rest")
    with rig.timed("Postgres restarted: the reply's end on screen"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", WHOLE)
    assert len(rig.script.calls()) == 1


def test_while_it_is_away_pages_say_so_and_the_reply_is_kept_in_memory(case: Case, rig: Rig) -> None:
    rig.script.play(*LONG)
    person = case.person()
    asked = case.ask(person)
    tab = case.watch(asked)
    tab.wait_for_text(20)

    rig.stop_postgres()
    page = person.http.get("/")
    second = str(uuid.uuid4())
    refused = person.post("/conversations/", client_id=second, text="And on Venus?")
    assert not rig.is_ready()
    with pytest.raises(ConnectionClosed) as closed:
        person.socket()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013
    tab.wait_for_text(len("word " * 60))  # the event log goes on without it
    rig.script.release("rest")
    wait_until(lambda: rig.script.calls()[0]["ended_at"], what="the provider to have said all")
    rig.start_postgres()
    with rig.timed("Postgres away: ready again"):
        wait_until(rig.is_ready, what="the house to be ready")
    with rig.timed("Postgres away: the reply's end on screen"):
        shown = tab.wait_until_over()

    assert page.status_code == 503
    assert "Parley cannot reach its database" in page.text
    assert page.elapsed.total_seconds() < LONGEST_SECONDS
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "database_away")
    assert (shown.status, shown.text) == ("done", WHOLE)
    again = person.post("/conversations/", client_id=second, text="And on Venus?")
    assert again.status_code == 201
    rig.wait_until_quiet()
    assert len(rig.script.calls()) == 2


def test_sessions_that_are_thrown_out_are_replaced_unseen(case: Case, rig: Rig) -> None:
    rig.script.play(*LONG)
    person = case.person()
    asked = case.ask(person)
    tab = case.watch(asked)
    tab.wait_for_text(20)

    for link in ("web-postgres", "worker-postgres"):
        rig.link(link).reset()
    assert person.http.get("/").status_code == 200
    rig.link("web-postgres").cut()
    assert person.http.get(asked.path).status_code == 200
    rig.script.release("rest")
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", WHOLE)


@pytest.mark.parametrize(("what", "status"), [("lose", "done"), ("raise", "failed")])
def test_a_last_commit_that_fails_once_is_made_good(case: Case, rig: Rig, what: str, status: str) -> None:
    """As when Postgres goes away in it; and when something of it cannot be stored: then the words are kept."""
    case.expected.log = ["Injected", "could not be committed as it was"]
    rig.script.play({"tokens": 20, "word": "word "})
    rig.arm("after_settle", "lose" if what == "lose" else "raise")

    tab = case.watch(case.ask(case.person()))
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == (status, "word " * 20)
    assert len(rig.script.calls()) == 1


def test_a_commit_whose_answer_is_lost_is_not_made_twice_and_is_told(case: Case, rig: Rig) -> None:
    rig.script.play({"tokens": 20, "word": "word "})
    rig.arm("commit_lost", "lose")

    asked = case.ask(case.person())
    tab = case.watch(asked)
    rig.wait_until_reached("commit_lost")
    with rig.timed("connection lost right after the last commit"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("done", "word " * 20)


def test_a_call_that_was_written_down_is_made_once_though_the_answer_to_that_is_lost(
    case: Case, rig: Rig
) -> None:
    case.expected.log.append("Postgres is away")
    rig.script.play({"text": "Here."})
    rig.arm("call_written", "lose")

    shown = case.watch(case.ask(case.person())).wait_until_over()

    assert (shown.status, shown.text) == ("done", "Here.")
    assert len(rig.script.calls()) == Attempt.objects.count() == 1


def test_a_send_is_whole_or_not_at_all(case: Case, rig: Rig) -> None:
    """Postgres goes away in the middle of a send's transaction, and the person presses Send again."""
    rig.script.play({"text": "answer"})
    person = case.person()
    for point in ("after_message", "after_hold"):
        rig.arm(point, "lose")
        send = {"client_id": str(uuid.uuid4()), "text": f"Lost {point}?"}

        refused = person.post("/conversations/", **send)
        rows = Message.objects.filter(text=send["text"]).count()
        again = person.post("/conversations/", **send)

        assert (refused.status_code, rows, again.status_code) == (503, 0, 201)


def test_a_silent_partition_of_worker_and_postgres_ends_the_reply_once(case: Case, rig: Rig) -> None:
    """The worker hears nothing and is heard of no more: others end its reply, and it can write no more."""
    case.expected.log = ["rows not reached"]
    rig.script.play({"tokens": 20, "word": "word "}, {"wait": "rest"}, {"text": "too late"})
    asked = case.ask(case.person())
    tab = case.watch(asked)
    tab.wait_for_text(len("word " * 20))

    rig.link("worker-postgres").blackhole()
    shown = tab.wait_until_over()
    rig.script.release("rest")
    rig.link("worker-postgres").heal()
    with rig.timed("worker and Postgres parted: the next message answered"):
        rig.script.play({"text": "next"})
        after = case.watch(case.ask(asked.person, "Still there?"))
        assert after.wait_until_over().status == "done"

    assert (shown.status, shown.text) == ("interrupted", "word " * 20)


def test_pages_do_not_hang_on_a_postgres_that_does_not_answer(case: Case, rig: Rig) -> None:
    person = case.person()
    rig.link("web-postgres").blackhole()

    start = time.monotonic()
    page = person.http.get("/")
    took = time.monotonic() - start
    rig.link("web-postgres").heal()
    with rig.timed("web and Postgres parted: a page"):
        wait_until(lambda: still(lambda: person.http.get("/").status_code == 200), what="a page")

    assert page.status_code == 503
    assert took < LONGEST_SECONDS
    assert httpx.get(f"{rig.url}/healthz").status_code == 200
