"""One reader for every server: what it makes of an event, and of the end."""

from collections.abc import Sequence
from typing import Any

import orjson
import pytest

from conversations.providers.base import (
    Endpoint,
    FaultCode,
    Finish,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    UsageReport,
)
from conversations.providers.reader import Reader
from conversations.providers.sse import Event

ENDPOINT = Endpoint("DeepInfra", "http://127.0.0.1", "sk-secret")
STOP = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def delta(**fields: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": None}]}


def read(*events: Any, **options: Any) -> list[ProviderEvent | FaultCode]:
    """Everything the reader gives; the code of its error last, if it raised one."""
    reader = Reader(ENDPOINT, **{"most_characters": 1000, **options})
    found: list[ProviderEvent | FaultCode] = []
    try:
        for event in events:
            data = event if isinstance(event, bytes) else orjson.dumps(event)
            found += reader.read(Event(data))
        found += reader.end()
    except ProviderError as error:
        found += [*reader.released(), error.code]
    return found


def error_of(*events: Any) -> ProviderError:
    reader = Reader(ENDPOINT, most_characters=1000)
    with pytest.raises(ProviderError) as caught:
        for event in events:
            list(reader.read(event if isinstance(event, Event) else Event(orjson.dumps(event))))
        list(reader.end())
    return caught.value


# --- text and reasoning ------------------------------------------------------------------------------------


def test_it_reads_text_and_the_end() -> None:
    assert read(delta(role="assistant", content=""), delta(content="Hel"), delta(content="lo"), STOP) == [
        TextDelta("Hel"),
        TextDelta("lo"),
        Finish("stop"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"reasoning_content": "Hm", "content": None},
        {"reasoning": "Hm", "content": ""},
        {"reasoning_content": "Hm", "reasoning": "Hm"},
        {"reasoning_content": "", "reasoning": "Hm"},
        {"reasoning_content": None, "reasoning": "Hm"},
    ],
)
def test_reasoning_goes_by_several_names_and_is_never_added_up(fields: dict[str, Any]) -> None:
    assert read(delta(**fields), delta(content="x"), STOP)[:2] == [ReasoningDelta("Hm"), TextDelta("x")]


def test_reasoning_details_are_kept_whole_and_their_text_counts_once() -> None:
    detail = {"type": "reasoning.text", "text": "Hm", "format": "unknown", "index": 0}
    signature = {"type": "reasoning.text", "text": "", "signature": "abc", "index": 0}

    assert read(
        delta(reasoning="Hm", reasoning_details=[detail]),
        delta(reasoning_details=[detail]),
        delta(content="", reasoning_details=[signature]),
        delta(content="x"),
        STOP,
    ) == [
        ReasoningDelta("Hm", (detail,)),
        ReasoningDelta("Hm", (detail,)),
        ReasoningDelta("", (signature,)),
        TextDelta("x"),
        Finish("stop"),
    ]


def test_reasoning_and_text_may_share_a_chunk() -> None:
    last = {"choices": [{"index": 0, "delta": {"reasoning": "a", "content": "b"}, "finish_reason": "stop"}]}

    assert read(last) == [ReasoningDelta("a"), TextDelta("b"), Finish("stop")]


def test_text_may_come_as_parts() -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}, "c", None]

    assert read(delta(content=parts), STOP) == [TextDelta("ab"), Finish("stop")]


def test_think_tags_are_split_off() -> None:
    assert read(delta(content="<th"), delta(content="ink>a</think>\n"), delta(content="b"), STOP) == [
        ReasoningDelta("a"),
        TextDelta("b"),
        Finish("stop"),
    ]


def test_think_tags_mean_nothing_once_a_reasoning_field_was_seen() -> None:
    assert read(delta(reasoning="a"), delta(content="<think>b</think>"), STOP)[1] == TextDelta(
        "<think>b</think>"
    )


def test_think_tags_can_be_left_alone() -> None:
    assert read(delta(content="<think>b"), STOP, splits_think_tags=False)[0] == TextDelta("<think>b")


def test_what_was_held_back_is_given_at_the_end_even_of_a_failure() -> None:
    assert read(delta(content="<thi"), STOP) == [TextDelta("<thi"), Finish("stop")]
    assert read(delta(content="<thi"), {"error": "gone"}) == [TextDelta("<thi"), FaultCode.BROKEN]


def test_a_server_that_ignores_max_tokens_is_stopped() -> None:
    assert read(*[delta(content="x" * 100)] * 11, STOP)[-1] == FaultCode.BROKEN


# --- names, other choices, odd shapes ----------------------------------------------------------------------


def test_names_are_given_once_and_then_what_was_still_missing() -> None:
    first = {"id": "gen-1", "model": "v4", **delta(content="a")}
    second = {"id": "gen-2", "model": "other", "provider": "Novita", **delta(content="b")}

    assert read(first, first, second, STOP) == [
        Started("gen-1", "v4"),
        TextDelta("a"),
        TextDelta("a"),
        Started("gen-1", "v4", "Novita"),
        TextDelta("b"),
        Finish("stop"),
    ]


@pytest.mark.parametrize(
    "event",
    [
        {"choices": []},
        {"choices": None},
        {"choices": "x"},
        {"choices": [None, 7]},
        {"choices": [], "debug": {"x": 1}},
        {"choices": [{"index": 0}]},
        {"choices": [{"index": 0, "delta": None}]},
        {"choices": [{"index": 0, "delta": "x"}]},
        {"choices": [{"index": 1, "delta": {"content": "other choice"}, "finish_reason": "length"}]},
        {"choices": [{"index": 0, "delta": {"content": 7, "reasoning": 7, "tool_calls": 7}}]},
        {"choices": [{"index": 0, "delta": {"reasoning_details": "x"}}]},
        {"usage": None, "unknown": [1, {"a": None}]},
        {"usage": "many", "id": 7, "model": None, "provider": {}},
        [],
        7,
        None,
        b"not json",
        b"{",
        b'"text"',
        b"[" * 100_000,
    ],
)
def test_odd_events_are_passed_over(event: Any) -> None:
    assert read(delta(content="a"), event, delta(content="b"), STOP) == [
        TextDelta("a"),
        TextDelta("b"),
        Finish("stop"),
    ]


def test_tool_calls_are_given_as_they_come() -> None:
    calls: Sequence[Any] = [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "search", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"q":'}},
        {"function": {"arguments": "1}"}},
        {"id": "call_2", "function": {"name": "now", "arguments": None}},
        None,
    ]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}

    assert read(*(delta(tool_calls=[call]) for call in calls), end) == [
        ToolCallDelta(0, "call_1", "search", ""),
        ToolCallDelta(0, "", "", '{"q":'),
        ToolCallDelta(None, "", "", "1}"),
        ToolCallDelta(None, "call_2", "now", ""),
        Finish("tool_calls"),
    ]


# --- characters that cannot be kept ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (rb'{"choices":[{"delta":{"content":"a\u0000b"}}]}', "a\ufffdb"),
        (rb'{"choices":[{"delta":{"content":"a\ud83db"}}]}', "a\ufffdb"),
        (rb'{"choices":[{"delta":{"content":"\ud83d\ude00"}}]}', "😀"),
        (b'{"choices":[{"delta":{"content":"a\xffb"}}]}', "a\ufffdb"),
        (b'{"choices":[{"delta":{"content":"a\x01b"}}]}', "a\x01b"),
        ('{"choices":[{"delta":{"content":"a\u2028\u2029\x85b"}}]}'.encode(), "a\u2028\u2029\x85b"),
    ],
)
def test_every_text_can_be_stored(data: bytes, text: str) -> None:
    assert read(data, STOP) == [TextDelta(text), Finish("stop")]


def test_reasoning_details_can_be_stored() -> None:
    data = rb'{"choices":[{"delta":{"reasoning_details":[{"type":"x","data":["\u0000"],"\u0000":1}]}}]}'

    assert read(data, STOP)[0] == ReasoningDelta("", ({"type": "x", "data": ["\ufffd"], "\ufffd": 1},))


# --- the end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("stop", Finish("stop")),
        ("length", Finish("length")),
        ("content_filter", Finish("content_filter")),
        ("tool_calls", Finish("tool_calls")),
        ("function_call", Finish("tool_calls", raw="function_call")),
        ("eos_token", Finish("stop", raw="eos_token")),
        ("error", FaultCode.BROKEN),
        ("abort", FaultCode.BROKEN),
        ("aborted", FaultCode.BROKEN),
        ("insufficient_system_resource", FaultCode.OVERLOADED),
        (None, FaultCode.CUT),
        (7, FaultCode.CUT),
    ],
)
def test_the_finish_reason_decides(word: Any, end: Finish | FaultCode) -> None:
    last = {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": word}]}

    assert read(last, b"[DONE]") == [TextDelta("a"), end]


def test_the_first_finish_reason_counts_and_reading_goes_on() -> None:
    repeated = {"choices": [{"index": 0, "delta": {"content": "b"}, "finish_reason": "length"}]}

    assert read(delta(content="a"), STOP, repeated) == [TextDelta("a"), TextDelta("b"), Finish("stop")]


@pytest.mark.parametrize("events", [[], [b"[DONE]"], [STOP], [delta(content="", role="assistant")], [{}]])
def test_a_reply_without_a_token_is_empty(events: list[Any]) -> None:
    error = error_of(*(event if isinstance(event, dict) else Event(event) for event in events))

    assert (error.code, str(error), error.is_retryable) == (
        FaultCode.EMPTY,
        "DeepInfra sent an empty reply.",
        True,
    )


def test_a_reply_without_a_token_may_be_a_refusal_or_all_hidden_thinking() -> None:
    for word in ("content_filter", "length"):
        assert read({"choices": [{"delta": {}, "finish_reason": word}]}) == [Finish(word)]


def test_a_stream_with_nothing_readable_is_broken() -> None:
    assert read(b"<html>", b"[DONE]") == [FaultCode.BROKEN]


def test_done_ends_the_transport() -> None:
    reader = Reader(ENDPOINT, most_characters=10)
    list(reader.read(Event(b" [DONE] ")))

    assert reader.is_done


# --- errors in the stream ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "is_retryable"),
    [
        ({"code": 502, "message": "Provider disconnected"}, FaultCode.OVERLOADED, True),
        ({"code": "502", "message": "x"}, FaultCode.OVERLOADED, True),
        ({"code": "server_error", "message": "x"}, FaultCode.OVERLOADED, True),
        ({"message": "The operation was aborted"}, FaultCode.BROKEN, True),
        ("a plain string", FaultCode.BROKEN, True),
        (["a", "list"], FaultCode.BROKEN, True),
        ({"code": 429, "message": "slow down"}, FaultCode.RATE_LIMITED, True),
        ({"type": "rate_limit_exceeded", "message": "x"}, FaultCode.RATE_LIMITED, True),
        ({"type": "overloaded_error", "message": "x"}, FaultCode.OVERLOADED, True),
        ({"code": 400, "message": "This model's maximum context length is 8192"}, FaultCode.TOO_LONG, False),
        ({"type": "invalid", "message": "insufficient credits"}, FaultCode.NO_CREDIT, False),
        ({"code": 403, "message": "moderation"}, FaultCode.FORBIDDEN, False),
    ],
)
def test_an_error_fails_the_reply_whatever_else_is_in_the_chunk(
    error: Any, code: FaultCode, is_retryable: bool
) -> None:
    chunk = {"choices": [{"delta": {"content": "not said"}, "finish_reason": "error"}], "error": error}

    assert read(delta(content="a"), chunk) == [TextDelta("a"), code]
    assert error_of(chunk).is_retryable is is_retryable


def test_an_error_may_sit_in_the_choice() -> None:
    chunk = {"choices": [{"delta": {"content": ""}, "finish_reason": "error", "error": {"code": 502}}]}

    assert read(delta(content="a"), chunk)[-1] == FaultCode.OVERLOADED


def test_usage_beside_an_error_is_still_counted() -> None:
    chunk = {"error": "gone", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}

    assert read(delta(content="a"), chunk) == [
        TextDelta("a"),
        UsageReport(prompt_tokens=5, completion_tokens=2),
        FaultCode.BROKEN,
    ]


@pytest.mark.parametrize("data", [b'{"message":"boom"}', b'{"error":{"message":"boom"}}', b"boom"])
def test_an_event_named_error_is_an_error(data: bytes) -> None:
    error = error_of(Event(data, b"error"))

    assert (error.code, error.detail) == (FaultCode.BROKEN, "boom")


def test_the_sentence_is_ours_and_the_detail_is_short_plain_and_without_keys() -> None:
    words = "<b>Invalid</b> key sk-secret or sk-or-v1-abcdef, Bearer abc.def " + "x" * 5000
    error = error_of({"error": {"code": 500, "message": words}})

    assert str(error) == "DeepInfra is overloaded or out of order."
    assert error.detail.startswith("Invalid key [key] or [key], [key] xxx")
    assert len(error.detail) == 300


# --- what is too much ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"tool_calls": [{"index": 0, "function": {"arguments": "1" * 400}}]}, id="arguments"),
        pytest.param({"tool_calls": [{"index": 0, "id": "a"}] * 30}, id="pieces without arguments"),
        pytest.param({"reasoning_details": [{"type": "reasoning.encrypted", "data": "A" * 400}]}, id="data"),
        pytest.param({"reasoning_details": [{"type": "x", "signature": "A" * 400}]}, id="signature"),
        pytest.param({"reasoning_details": [{"type": "x", "more": {"a": ["A" * 400]}}]}, id="within"),
        pytest.param({"reasoning_details": [{"type": "x", "index": 1}] * 30}, id="empty details"),
    ],
)
def test_calls_and_blocks_of_reasoning_count_against_what_a_reply_may_have(fields: dict[str, Any]) -> None:
    assert read(delta(**fields), delta(**fields), STOP)[-1] != FaultCode.BROKEN

    found = read(*[delta(**fields)] * 50, STOP)

    assert found[-1] == FaultCode.BROKEN
    assert len(found) <= 64


def test_words_that_come_under_two_names_count_once() -> None:
    words = {"reasoning": "x" * 900, "reasoning_details": [{"type": "reasoning.text", "text": "x" * 900}]}

    assert read(delta(**words), delta(content="Hi"), STOP)[-1] == Finish("stop")
