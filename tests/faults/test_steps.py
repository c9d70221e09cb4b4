"""A reply with a step, broken at every place where it matters: what was shown stays, and no call is paid for twice."""

import uuid

import pytest

from accounts.models import EntryKind, LedgerEntry
from conversations.fault_points import Point
from conversations.models import Conversation, Message, Provider, ProviderKind
from tests.faults.conftest import Asked, Case
from tests.faults.rig import Rig
from tests.house.tools import attempts, calling

pytestmark = pytest.mark.stack

BEFORE, ANSWER = "Let me see.", "It is 37.5."
SIGNED = {"type": "reasoning.text", "text": "A sum.", "format": "unknown", "index": 0, "signature": "s1"}
WHOLE = f"{BEFORE}\n\n{ANSWER}"


def ask(case: Case, rig: Rig) -> Asked:
    """A question that takes one step."""
    rig.script.play(queue=[calling({"reasoning": "A sum."}, {"text": BEFORE}), [{"text": ANSWER}]])
    return case.ask(case.person(), tools="calculate")


def states_of(asked: Asked) -> list[str]:
    return [step["state"] for hop in Message.objects.get(pk=asked.reply).hops for step in hop["steps"]]


@pytest.mark.parametrize(
    ("point", "calls", "states"),
    [
        ("tool_asked", 1, ["failed"]),
        ("tool_running", 1, ["failed"]),
        ("tool_done", 1, ["done"]),
        ("hop_held", 1, ["done"]),
        ("hop_committed", 1, ["done"]),
    ],
)
def test_a_worker_killed_around_a_step_leaves_it_and_the_words_before_it(
    case: Case, rig: Rig, point: Point, calls: int, states: list[str]
) -> None:
    case.expected.uncalled = 1 if point == "hop_committed" else 0
    rig.arm(point, "kill")

    asked = ask(case, rig)
    tab = case.watch(asked)
    rig.wait_until_reached(point)
    rig.workers[0].wait_until_gone()
    rig.workers[0].start()
    shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("interrupted", BEFORE)
    assert states_of(asked) == states
    assert len(rig.script.calls()) == calls


def test_what_a_provider_sent_with_its_reasoning_goes_back_to_it_though_the_worker_was_killed(
    case: Case, rig: Rig
) -> None:
    Provider.objects.update(kind=ProviderKind.OPENROUTER)
    signed = {"event": {"choices": [{"index": 0, "delta": {"reasoning_details": [SIGNED]}}]}}
    rig.script.play(queue=[calling(signed, {"text": BEFORE}), [{"text": ANSWER}]])
    rig.arm("tool_asked", "kill")
    asked = case.ask(case.person(), tools="calculate")
    tab = case.watch(asked)
    rig.workers[0].wait_until_gone()
    rig.workers[0].start()
    tab.wait_until_over()

    send = {"client_id": str(uuid.uuid4()), "text": "Go on.", "after": asked.reply}
    asked.person.post(f"/conversations/{Conversation.objects.get().pk}/messages/", **send)
    rig.wait_until_quiet()

    told = rig.script.calls()[-1]["body"]["messages"]
    assert [turn["role"] for turn in told] == ["user", "assistant", "tool", "user"]
    assert told[1]["reasoning_details"] == [SIGNED]


@pytest.mark.parametrize("point", ["hop_held", "hop_committed"])
def test_postgres_lost_between_two_calls_makes_neither_twice(case: Case, rig: Rig, point: Point) -> None:
    case.expected.log.append("Postgres is away")
    rig.arm(point, "lose")

    asked = ask(case, rig)
    shown = case.watch(asked).wait_until_over()

    assert (shown.status, shown.text) == ("done", WHOLE)
    assert len(rig.script.calls()) == 2
    assert LedgerEntry.objects.filter(kind=EntryKind.CHARGE).count() == 2


@pytest.mark.parametrize(
    ("point", "states"), [("tool_asked", ["failed"]), ("tool_done", ["done"]), ("hop_committed", ["done"])]
)
def test_a_stop_around_a_step_asks_nobody_any_more(
    case: Case, rig: Rig, point: Point, states: list[str]
) -> None:
    case.expected.uncalled = 1 if point == "hop_committed" else 0
    rig.arm(point, "pause")
    asked = ask(case, rig)
    tab = case.watch(asked)
    rig.wait_until_reached(point)

    asked.person.post(f"/generations/{asked.generation}/stop/")
    shown = tab.wait_until_over()
    rig.let_go(point)

    assert (shown.status, shown.text) == ("stopped", BEFORE)
    assert states_of(asked) == states
    assert len(rig.script.calls()) == 1
    if point == "hop_committed":
        never_asked = LedgerEntry.objects.filter(kind=EntryKind.CHARGE, amount=0)
        assert never_asked.count() == 1


@pytest.mark.parametrize("point", ["tool_asked", "tool_running", "tool_done", "hop_held", "hop_committed"])
def test_a_worker_told_to_end_around_a_step_answers_all_the_same_in_its_grace(
    case: Case, rig: Rig, point: Point
) -> None:
    rig.arm(point, "pause")
    asked = ask(case, rig)
    tab = case.watch(asked)
    rig.wait_until_reached(point)

    rig.workers[0].ask_to_end()
    rig.let_go(point)
    shown = tab.wait_until_over()

    assert rig.workers[0].wait_until_gone() == 0
    assert (shown.status, shown.text) == ("done", WHOLE)
    assert states_of(asked) == ["done"]
    assert len(rig.script.calls()) == 2
    assert attempts() == [(1, "tool_calls", "priced"), (2, "stop", "priced")]


@pytest.mark.parametrize(
    ("point", "states", "booked"),
    [
        ("tool_asked", ["failed"], [(1, "tool_calls", "priced")]),
        ("tool_running", ["failed"], [(1, "tool_calls", "priced")]),
        ("tool_done", ["done"], [(1, "tool_calls", "priced")]),
        ("hop_committed", ["done"], [(1, "tool_calls", "priced"), (2, "", "nothing")]),
    ],
)
def test_a_step_longer_than_the_grace_of_a_worker_told_to_end_stays_and_is_booked(
    case: Case, rig: Rig, point: Point, states: list[str], booked: list[tuple[int, str, str]]
) -> None:
    case.expected.uncalled = len(booked) - 1
    rig.arm(point, "pause")
    asked = ask(case, rig)
    tab = case.watch(asked)
    rig.wait_until_reached(point)

    rig.workers[0].ask_to_end()
    shown = tab.wait_until_over()
    if point == "hop_committed":
        rig.let_go(point)  # work for Postgres is waited for

    assert rig.workers[0].wait_until_gone() == 0
    assert (shown.status, shown.text) == ("interrupted", BEFORE)
    assert states_of(asked) == states
    assert len(rig.script.calls()) == 1
    assert attempts() == booked
    assert asked.person.reply(asked.generation)["can_retry"]


def test_a_paused_worker_that_comes_back_after_a_step_writes_and_charges_nothing(
    case: Case, rig: Rig
) -> None:
    case.expected.log.append("refused entries")
    rig.arm("tool_done", "pause")
    asked = ask(case, rig)
    tab = case.watch(asked)
    rig.wait_until_reached("tool_done")

    rig.workers[0].pause()
    shown = tab.wait_until_over()
    rig.let_go("tool_done")
    rig.workers[0].resume()

    assert (shown.status, shown.text) == ("interrupted", BEFORE)
    assert LedgerEntry.objects.filter(kind=EntryKind.CHARGE).count() == 1
