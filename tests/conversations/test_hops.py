"""What a model said before it asked for tools: kept so that it can be shown, priced and passed back call by call."""

import uuid
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import ledger
from accounts.models import User
from conversations import hops
from conversations.generation import begin, finish, next_call, reap, watch
from conversations.generation.attempts import Result
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.hops import Hop, State, Step
from conversations.models import Attempt, Generation, Message, Model, Status
from conversations.providers.base import ReasoningDelta, TextDelta, UsageReport
from conversations.streams import Entry
from conversations.tail import frame_of, merged_frame
from tests.conftest import ClientFor
from tests.conversations.tree import Talk

ASKED = Step("a", "calculate", '{"expression":"1+1"}', about="1+1")
DONE = Step("a", "calculate", '{"expression":"1+1"}', about="1+1", state=State.DONE, result="2")
CALL = ASKED.name + ASKED.arguments
LONG = Step("a", "calculate", '{"expression":"%s1"}' % ("1+" * 2_500))
SIGNED = {"type": "reasoning.encrypted", "data": "signed"}

words = st.text(alphabet="a𝟙 \n", max_size=4)
calls = st.lists(st.tuples(words, words), min_size=1, max_size=4)


def record(said: list[tuple[str, str]], *, carried: str = "") -> tuple[Recorder, list[Entry]]:
    """A reply of these calls, (reasoning, text) of each, all but the last of which asked for a tool."""
    recorder = Recorder()
    recorder.go_on_from(carried)
    entries: list[Entry] = []

    def flush(entry: Entry | None) -> None:
        if entry is not None:
            entries.append(entry)

    for number, (reasoning, text) in enumerate(said, 1):
        if reasoning:
            recorder.take(ReasoningDelta(reasoning, ({"type": "reasoning.text", "text": reasoning},)))
        if text:
            recorder.take(TextDelta(text))
        flush(recorder.next_entry())
        if number < len(said):
            recorder.ask([ASKED])
            flush(recorder.next_entry())
            recorder.answer([DONE])
            flush(recorder.next_entry())
    flush(recorder.end())
    return recorder, entries


def asked_for_much() -> tuple[Recorder, list[Entry]]:
    """A reply that thought and has asked for LONG; what the event log has of it."""
    recorder = Recorder()
    recorder.take(ReasoningDelta("Hm.", (SIGNED,)))
    recorder.ask([LONG])
    return recorder, [next_of(recorder)]


def next_of(recorder: Recorder) -> Entry:
    entry = recorder.next_entry()
    assert entry is not None
    return entry


@given(calls)
def test_each_call_is_found_again_to_the_letter(said: list[tuple[str, str]]) -> None:
    written = record(said)[0].written()
    kept = hops.from_json(orjson.loads(orjson.dumps([hop.as_json() for hop in written.hops])))

    for number, (reasoning, text) in enumerate(said):
        assert hops.text_between(written.text, kept, number) == text
        assert hops.reasoning_between(written.reasoning, kept, number) == reasoning
    assert [len(hop.details) for hop in kept] == [1 if reasoning else 0 for reasoning, _ in said[:-1]]
    assert kept == written.hops


@given(calls)
def test_whoever_ends_it_for_its_worker_finds_all_of_it_in_the_event_log(said: list[tuple[str, str]]) -> None:
    recorder, entries = record(said)
    written = recorder.written()

    found = reap.fold(0, "", "", None, entries)
    assert (found.text, found.reasoning, found.seq) == (written.text, written.reasoning, written.seq)
    assert found.hops == written.hops

    snapshot = Recorder().snapshot()
    assert reap.fold(0, "", "", None, [], snapshot.hops).hops == ()


@pytest.mark.parametrize("was_saved", [True, False])
def test_a_call_that_was_known_to_the_event_log_is_passed_back_whole(was_saved: bool) -> None:
    recorder, asked = asked_for_much()
    snapshot = recorder.snapshot() if was_saved else Recorder().snapshot()
    recorder.answer([replace(LONG, state=State.DONE, result="2" * 5_000)])
    entries = [*asked, next_of(recorder)]

    found = reap.fold(snapshot.seq, snapshot.text, snapshot.reasoning, None, entries, snapshot.hops)

    assert found.hops == recorder.written().hops
    call, result = hops.turns_of(found.hops[0], "", found.reasoning)
    assert (call.reasoning, [*call.reasoning_details]) == ("Hm.", [SIGNED])
    assert (call.tool_calls[0].arguments, result.text) == (LONG.arguments, "2" * 5_000)


def test_what_only_its_end_needs_of_a_call_is_sent_to_no_page() -> None:
    _, entries = asked_for_much()

    for frame in (frame_of("g", entries[0]), merged_frame("g", entries)):
        (hop,) = orjson.loads(frame)["hops"]
        assert "details" not in hop
        assert hop["steps"][0]["arguments"] == LONG.arguments[:4_000] + "…"


@given(calls)
def test_each_call_pays_for_its_own_words_and_for_what_it_asked(said: list[tuple[str, str]]) -> None:
    received = record(said)[0].received()

    for number, (reasoning, _) in enumerate(said):
        text, thought = received.since(number)
        assert thought.startswith(reasoning)
        assert text.count(CALL) == len(said) - 1 - number


def test_where_a_call_that_was_paid_for_is_not_known_nothing_is_paid_for_again() -> None:
    received = record([("A sum.", "So:"), ("", "two")])[0].received()

    assert received.since(1) == ("\n\ntwo", "")
    assert received.since(2) == ("", "")


def test_a_snapshot_that_comes_late_takes_nothing_from_what_a_call_left(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    generation = Generation.objects.get(conversation_id=Talk(client_for(alice)).id)
    Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="test")
    (call, *_) = begin.begin(generation.pk).calls
    first = uuid.uuid4()
    begin.open_attempt(generation.pk, worker="test", attempt_id=first, number=1, way=call.way)
    recorder = Recorder()
    recorder.take(TextDelta("So:" * 4_000))
    recorder.next_entry()
    late = recorder.snapshot()
    recorder.ask([DONE])
    recorder.next_entry()
    usage = UsageReport(prompt_tokens=100, completion_tokens=3_000)
    next_call.open_next(
        generation.pk,
        worker="test",
        call=call,
        results=[Result(first, usage=usage, finish_reason="tool_calls")],
        following=uuid.uuid4(),
        written=recorder.written(),
        received=recorder.received(),
    )

    watch.save("test", {generation.pk: late})

    kept = Message.objects.get(pk=generation.reply_id)
    assert (kept.snapshot_seq, len(kept.hops)) == (2, 1)
    ended = Ending(status=Status.INTERRUPTED, written=reap.fold(2, kept.text, "", None, [], recorder.hops))
    finish.finish(generation.pk, worker="test", ending=ended)
    calls = Attempt.objects.filter(generation=generation).order_by("number")
    assert [one.completion_tokens or 0 for one in calls] == [3_000, 0]
    assert ledger.verify() == []


def test_what_a_continued_reply_repeats_shifts_no_call() -> None:
    carried = "The sum of the two numbers is"
    recorder, _ = record([("", f"{carried} well,"), ("", "two.")], carried=carried)

    assert recorder.written().text == " well,\n\ntwo."
    assert recorder.received().since(1) == ("\n\ntwo.", "")


def test_a_merged_frame_has_each_hop_once_as_it_came_out() -> None:
    _, entries = record([("A sum.", "So:"), ("", "two")])
    frame: dict[str, Any] = orjson.loads(merged_frame("g", entries))

    assert frame["text"] == "So:\n\ntwo"
    assert [(hop["number"], hop["text_at"], hop["reasoning_at"]) for hop in frame["hops"]] == [(1, 3, 6)]
    assert [step["state"] for step in frame["hops"][0]["steps"]] == ["done"]
    assert "details" not in frame["hops"][0]


def test_what_still_ran_at_the_end_has_a_result_for_reader_and_model() -> None:
    (hop,) = hops.closed([Hop(0, 0, (), (ASKED, DONE))])

    assert [step.state for step in hop.steps] == [State.FAILED, State.DONE]
    assert [turn.text for turn in hops.turns_of(hop, "", "")[1:]] == [
        "The reply ended before this was run.",
        "2",
    ]


def test_pages_get_no_more_of_a_step_than_they_can_show() -> None:
    long = Step("a", "calculate", "1" * 5_000, state=State.FAILED, result="2" * 5_000)
    (shown,) = hops.shown([Hop(0, 0, (), (long,))])

    assert [len(shown["steps"][0][name]) for name in ("arguments", "result")] == [4_001, 4_001]
