"""kill -9 of the worker at every place where it matters."""

import pytest

from conversations.fault_points import Point
from conversations.models import Message
from tests.faults.conftest import Case
from tests.faults.rig import Rig

pytestmark = pytest.mark.stack

WORDS = "word " * 20
WHOLE = f"{WORDS}last"


@pytest.mark.parametrize("point", ["after_claim", "before_connect", "first_token"])
def test_a_worker_killed_before_it_said_a_word_leaves_an_empty_reply_that_says_so(
    case: Case, rig: Rig, point: Point
) -> None:
    case.expected.uncalled = 1 if point == "before_connect" else 0
    rig.script.play({"text": WHOLE})
    rig.arm(point, "kill")

    asked = case.ask(case.person())
    tab = case.watch(asked)
    rig.wait_until_reached(point)
    rig.workers[0].wait_until_gone()
    rig.workers[0].start()
    with rig.timed(f"worker killed at {point}"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == ("interrupted", "")
    assert len(rig.script.calls()) == (1 if point == "first_token" else 0)


@pytest.mark.parametrize(
    ("point", "status"),
    [
        ("flush", "interrupted"),
        ("usage_seen", "interrupted"),
        ("before_settle", "interrupted"),
        ("after_settle", "interrupted"),
        ("after_commit", "done"),
        ("commit_lost", "done"),
        ("before_announce", "done"),
    ],
)
def test_a_worker_killed_after_words_were_shown_leaves_them_and_the_truth(
    case: Case, rig: Rig, point: Point, status: str
) -> None:
    ends = [{"wait": "for ever"}] if point == "flush" else []
    rig.script.play({"tokens": 20, "word": "word "}, {"wait": "rest"}, {"text": "last"}, *ends)
    asked = case.ask(case.person())
    tab = case.watch(asked)
    tab.wait_for_text(len(WORDS))

    rig.arm(point, "kill")
    rig.script.release("rest")
    rig.wait_until_reached(point)
    rig.workers[0].wait_until_gone()
    rig.workers[0].start()
    with rig.timed(f"worker killed at {point}"):
        shown = tab.wait_until_over()

    assert shown.status == status
    assert shown.text in ((WORDS, WHOLE) if status == "interrupted" else (WHOLE,))
    assert Message.objects.get(pk=asked.reply).text == shown.text
    assert len(rig.script.calls()) == 1
