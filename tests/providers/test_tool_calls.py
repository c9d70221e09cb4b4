"""Calls are put together from their pieces, however a server cuts and numbers them."""

import re

import pytest

from conversations.providers.base import ToolCall, ToolCallDelta
from conversations.providers.tool_calls import MOST_ARGUMENTS, MOST_CALLS, TOO_LONG, ToolCalls
from conversations.tools import registry

D = ToolCallDelta


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        pytest.param(
            [D(0, "a", "calculate"), D(0, arguments='{"e"'), D(0, arguments=":1}"), D(1, "b", "now", "{}")],
            [ToolCall("a", "calculate", '{"e":1}'), ToolCall("b", "now", "{}")],
            id="as OpenAI numbers them",
        ),
        pytest.param(
            [D(0, "a", "x", "{}"), D(0, "b", "x", "{}")],
            [ToolCall("a", "x", "{}"), ToolCall("b", "x", "{}")],
            id="all numbered 0",
        ),
        pytest.param(
            [D(0, "", "x", "{}"), D(0, "", "y", "{}")],
            [ToolCall("made up", "x", "{}"), ToolCall("made up", "y", "{}")],
            id="all numbered 0, without ids",
        ),
        pytest.param(
            [D(0, "", "x", '{"e":1}'), D(0, "", "x", '{"e":2}')],
            [ToolCall("made up", "x", '{"e":1}'), ToolCall("made up", "x", '{"e":2}')],
            id="one tool twice, all numbered 0, without ids",
        ),
        pytest.param(
            [D(0, "", "x", '{"e"'), D(0, "", "x", ":1}"), D(0, "", "x", "")],
            [ToolCall("made up", "x", '{"e":1}')],
            id="the name in every piece, without ids",
        ),
        pytest.param(
            [
                D(None, "a", "x", '{"e"'),
                D(None, "b", "x", "{}"),
                D(None, "a", "", ":1"),
                D(None, "", "", "}"),
            ],
            [ToolCall("a", "x", '{"e":1}'), ToolCall("b", "x", "{}")],
            id="not numbered: an id that came before goes on with its call",
        ),
        pytest.param(
            [D(None, "a", "x", '{"e"'), D(None, "a", "x", ":1}")],
            [ToolCall("a", "x", '{"e":1}')],
            id="not numbered, id and name in every piece",
        ),
        pytest.param(
            [D(0, "a", "search", '{"q'), D(0, "a", "search", '":1}')],
            [ToolCall("a", "search", '{"q":1}')],
            id="the name in every piece",
        ),
        pytest.param(
            [D(1, "a", "", ""), D(1, "", "late", "{}"), D(4, "a", "x", "")],
            [ToolCall("a", "late", "{}"), ToolCall("made up", "x", "{}")],
            id="a late name, gaps, one id twice",
        ),
    ],
)
def test_pieces_become_calls(pieces: list[ToolCallDelta], calls: list[ToolCall]) -> None:
    read = ToolCalls()
    for piece in pieces:
        read.add(piece)

    merged = [(_without_what_is_made_up(call.id), call.name, call.arguments) for call in read.merged()]
    assert merged == [(call.id, call.name, call.arguments) for call in calls]


def test_made_up_ids_are_never_the_same() -> None:
    ids = set()
    for _ in range(2):
        read = ToolCalls()
        read.add(D(0, "", "x", "{}"))
        read.add(D(1, "", "x", "{}"))
        ids |= {call.id for call in read.merged()}

    assert len(ids) == 4


def test_arguments_without_end_are_cut_and_never_run() -> None:
    read = ToolCalls()
    read.add(D(0, "a", "calculate", '{"expression": "1 + 1"}'))
    for _ in range(100):
        read.add(D(0, arguments=" " * 500))

    (call,) = read.merged()

    assert len(call.arguments) == MOST_ARGUMENTS + len(TOO_LONG)
    outcome = registry.run(call.name, call.arguments, ["calculate"])
    assert (outcome.is_fault, "longer than" in outcome.text) == (True, True)


@pytest.mark.parametrize("index", [None, 0])
def test_calls_beyond_the_most_of_a_turn_are_left_out_with_all_their_pieces(index: int | None) -> None:
    read = ToolCalls()
    for number in range(MOST_CALLS + 1_000):
        read.add(D(index, f"id{number}", "x", "{"))
        read.add(D(index, arguments="}"))

    calls = read.merged()

    assert [call.id for call in calls] == [f"id{number}" for number in range(MOST_CALLS)]
    assert {call.arguments for call in calls} == {"{}"}


def _without_what_is_made_up(call_id: str) -> str:
    return "made up" if re.fullmatch("call_[0-9a-f]{16}", call_id) else call_id
