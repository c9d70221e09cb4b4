"""Calls are put together from their pieces, however a server cuts and numbers them."""

import pytest

from conversations.providers.base import ToolCall, ToolCallDelta
from conversations.providers.tool_calls import ToolCalls

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
            [ToolCall("call_1", "x", "{}"), ToolCall("call_2", "y", "{}")],
            id="all numbered 0, without ids",
        ),
        pytest.param(
            [D(0, "a", "search", '{"q'), D(0, "a", "search", '":1}')],
            [ToolCall("a", "search", '{"q":1}')],
            id="the name in every piece",
        ),
        pytest.param(
            [D(1, "a", "", ""), D(1, "", "late", "{}"), D(4, "a", "x", "")],
            [ToolCall("a", "late", "{}"), ToolCall("call_2", "x", "{}")],
            id="a late name, gaps, one id twice",
        ),
    ],
)
def test_pieces_become_calls(pieces: list[ToolCallDelta], calls: list[ToolCall]) -> None:
    read = ToolCalls()
    for piece in pieces:
        read.add(piece)

    assert list(read.merged()) == calls
