"""What providers do wrong, through the whole house: how the reply ends, what is kept of it, and what is charged."""

import base64
import gzip
import re
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
        wait_until(lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(), what=name)
        reply = person.reply(generation)
        charged = LedgerEntry.objects.filter(kind=EntryKind.CHARGE, amount__gt=0).count() - before
        found[name] = (reply["status"], reply["text"], charged, len(script.calls()))
        assert reply["status"] == "done" or reply["note"], name
        assert reply["status"] != "failed" or re.search("charged|cost", reply["note"]), name

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
    wait_until(lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(), what="its end")

    reply = person.reply(generation)

    assert reply["note"].endswith(" cannot be reached. Nothing was charged. Try again, or another model.")
    groups = person.http.get(f"/replies/{reply['message']}/details/").json()["groups"]
    assert {"label": "Exactly", "value": "nothing"} in [line for group in groups for line in group["lines"]]


TELL = "Nothing was charged. Tell an administrator, or try another model."
# What a provider answers; what a member reads, the figures left out; where an administrator mends it.
SAID: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "key": ([{"status": 401, "body": ""}], f"Scripted is refusing our key. {TELL}", "Provider: Scripted"),
    "credit": (
        [{"status": 402, "body": ""}],
        f"Our account at Scripted has no credit left. {TELL}",
        "Provider: Scripted",
    ),
    "rules": (
        [{"status": 403, "body": ""}],
        "Scripted did not allow this request. Nothing was charged. Say it in other words, or try another model.",
        "Provider: Scripted",
    ),
    "no such model": (
        [{"status": 404, "body": ""}],
        "Scripted does not offer this model. Nothing was charged. "
        "Pick another model, and tell an administrator.",
        "Route: Scripted",
    ),
    "the request": (
        [{"status": 400, "body": ""}],
        "Scripted did not accept the request. Nothing was charged. "
        "Try another model, or change this conversation's settings.",
        "Provider: Scripted",
    ),
    "too much": (
        [{"status": 429, "headers": {"Retry-After": "40"}, "body": ""}],
        "Scripted takes no more requests from us just now. Try again in 40 seconds. Nothing was charged. "
        "Another model may answer sooner.",
        "",
    ),
    "in mid-reply": (
        [HEL, {"error": {"code": 502}}],
        "Scripted is overloaded or out of order. What was written is kept; it cost ≈\N{NO-BREAK SPACE}$. "
        "Try again in a minute, or another model.",
        "",
    ),
    "empty": (
        [{"done": True}],
        "Scripted sent an empty reply. It cost ≈\N{NO-BREAK SPACE}$ all the same. Try again, or ask in other words.",
        "",
    ),
}


def test_every_failure_says_what_it_cost_and_what_to_do_and_an_administrator_is_led_there(
    person_for: PersonFor, script: Script, alice: User, admin: User
) -> None:
    said, led = {}, {}
    for user in (alice, admin):
        person = person_for(user)
        for name, (steps, *_) in SAID.items():
            script.play(*steps)
            generation = generation_of(person.ask("Hi"))
            wait_until(lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(), what=name)
            reply = person.reply(generation)
            if user == alice:
                said[name] = re.sub(r"\$[\d.]+\d", "$", reply["note"])
                assert reply["mend"] is None
            else:
                led[name] = reply["mend"]["label"] if reply["mend"] else ""
                assert "Tell an administrator" not in reply["note"]

    assert said == {name: words for name, (_, words, _) in SAID.items()}
    assert led == {name: place for name, (*_, place) in SAID.items()}
