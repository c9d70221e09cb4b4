"""kill -9 of the worker at every place where it matters."""

import pytest

from conversations.fault_points import Point
from conversations.models import Message
from tests.faults.conftest import Case
from tests.faults.rig import Rig

pytestmark = pytest.mark.stack

WORDS = "word " * 20


@pytest.mark.parametrize(
    ("point", "status", "text"),
    [
        ("after_claim", "interrupted", ""),
        ("before_connect", "interrupted", ""),
        ("first_token", "interrupted", ""),
        ("flush", "interrupted", WORDS),
        ("usage_seen", "interrupted", WORDS),
        ("before_settle", "interrupted", WORDS),
        ("after_settle", "interrupted", WORDS),
        ("after_commit", "done", WORDS),
        ("before_announce", "done", WORDS),
    ],
    ids=lambda given: given if "_" in given else "",
)
def test_a_worker_killed_here_leaves_a_reply_that_says_what_became_of_it(
    case: Case, rig: Rig, point: Point, status: str, text: str
) -> None:
    case.expected.uncalled = 1 if point == "before_connect" else 0
    rig.script.play({"tokens": 20, "word": "word "}, *([{"wait": "for ever"}] if point == "flush" else []))
    rig.arm(point, "kill")

    asked = case.ask(case.person())
    tab = case.watch(asked)
    rig.wait_until_reached(point)
    rig.workers[0].wait_until_gone()
    rig.workers[0].start()
    with rig.timed(f"worker killed at {point}"):
        shown = tab.wait_until_over()

    assert (shown.status, shown.text) == (status, text)
    assert Message.objects.get(pk=asked.reply).text == text
    assert len(rig.script.calls()) <= 1
