"""What providers do wrong, through the whole house: how the reply ends, what is kept of it, and what is charged."""

import base64
import gzip
from typing import Any

import pytest

from accounts.models import EntryKind, LedgerEntry, User
from conversations.models import UNFINISHED, Generation
from tests.house.answers import generation_of
from tests.house.conftest import PersonFor, Script
from tests.house.processes import wait_until

pytestmark = pytest.mark.stack

HEL: dict[str, Any] = {"text": "Hel"}
INVALID = b'data: {"choices":[{"delta":{"content":"a\xffb"},"finish_reason":"stop"}]}\n\n'
BOMB = {"raw_base64": base64.b64encode(gzip.compress(bytes(1 << 26))).decode()}
USAGE = {"prompt_tokens": 5, "completion_tokens": 1}
TWICE: list[dict[str, Any]] = [{"usage": USAGE}, {"usage": USAGE}, {"done": True}]

# What it does; then the reply's status, its text, whether something was charged, how often it was asked.
FAULTS: dict[str, tuple[list[dict[str, Any]], str, str, bool, int]] = {
    "reset in mid-reply": ([HEL, {"reset": True}], "interrupted", "Hel", True, 1),
    "an error in mid-reply": ([HEL, {"error": {"code": 502}}], "failed", "Hel", True, 1),
    "an error first": ([{"error": {"code": 502}}], "failed", "", False, 3),
    "an error, then done": ([{"error": {"code": 400}}, {"done": True}], "failed", "", False, 1),
    "a web page": (
        [{"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>Sign in</html>"}],
        "failed", "", False, 3,
    ),
    "an error page": ([{"status": 502, "body": "<html>Bad gateway</html>"}], "failed", "", False, 3),
    "nothing": ([{"done": True}], "failed", "", True, 1),
    "no usage": ([HEL, {"finish": "stop"}, {"done": True}], "done", "Hel", True, 1),
    "the last chunk twice": ([HEL, {"finish": "stop"}, *TWICE], "done", "Hel", True, 1),
    "no UTF-8": ([{"raw_base64": base64.b64encode(INVALID).decode()}], "done", "a\ufffdb", True, 1),
    "an endless line": ([HEL, {"raw": "x" * 1_200_000}], "failed", "Hel", True, 1),
    "a compressed reply": ([{"headers": {"Content-Encoding": "gzip"}}, HEL], "failed", "", False, 3),
    "what unpacks to 64 MB": ([{"headers": {"Content-Encoding": "br"}}, BOMB], "failed", "", False, 3),
    "bytes that are no stream": ([BOMB], "failed", "", True, 1),
    "events that cannot be read": ([{"raw": "data: {no\n\ndata: [1\n\n"}], "failed", "", False, 3),
    "a redirect": (
        [{"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}, "body": ""}], "failed", "", False, 1,
    ),
    "comments, then a cut": ([{"comment": "keep-alive"}, {"cut": True}], "failed", "", True, 1),
    "a cut before the first token": ([{"begin": True}, {"reset": True}], "failed", "", False, 3),
    "thinking and no answer": ([{"reasoning": "Hm"}, {"finish": "stop"}], "done", "", True, 1),
}  # fmt: skip


def test_every_fault_ends_in_words_with_what_was_written_and_one_charge_at_most(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    found = {}
    for name, (steps, *_) in FAULTS.items():
        script.reset()
        script.play(*steps)
        before = LedgerEntry.objects.filter(kind=EntryKind.CHARGE, amount__gt=0).count()
        generation = generation_of(person.ask("Hi"))
        wait_until(
            lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(), seconds=20, what=name
        )
        reply = person.reply(generation)
        charged = LedgerEntry.objects.filter(kind=EntryKind.CHARGE, amount__gt=0).count() - before
        found[name] = (reply["status"], reply["text"], charged, len(script.calls()))
        assert reply["status"] == "done" or reply["note"], name

    assert found == {
        name: (status, text, int(is_charged), calls)
        for name, (_, status, text, is_charged, calls) in FAULTS.items()
    }


def test_a_provider_that_cannot_be_reached_is_told_with_what_it_cost_and_what_to_do(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    person = person_for(alice)
    script.play({"begin": True}, {"reset": True})
    generation = generation_of(person.ask("Hi"))
    wait_until(
        lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(), seconds=20, what="its end"
    )

    reply = person.reply(generation)

    assert reply["note"].endswith(" cannot be reached. Nothing was charged. Try again, or another model.")
    groups = person.http.get(f"/replies/{reply['message']}/details/").json()["groups"]
    assert {"label": "Exactly", "value": "nothing"} in [line for group in groups for line in group["lines"]]
