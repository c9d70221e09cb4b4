"""What a reply took, in every shape that providers write."""

from decimal import Decimal
from typing import Any

import pytest

from conversations.providers.base import Endpoint, ProviderEvent, UsageReport
from conversations.providers.reader import Reader
from conversations.providers.sse import Event

OPENROUTER = (
    b'{"prompt_tokens":1210,"completion_tokens":412,"total_tokens":1622,"cost":0.00024619,"is_byok":false,'
    b'"prompt_tokens_details":{"cached_tokens":1024,"cache_write_tokens":0,"audio_tokens":0},'
    b'"cost_details":{"upstream_inference_cost":0.00024619},'
    b'"completion_tokens_details":{"reasoning_tokens":300,"image_tokens":0}}'
)
DEEPSEEK = (
    b'{"prompt_tokens":1210,"completion_tokens":412,"total_tokens":1622,"prompt_tokens_details":'
    b'{"cached_tokens":1024},"prompt_cache_hit_tokens":1024,"prompt_cache_miss_tokens":186,'
    b'"completion_tokens_details":{"reasoning_tokens":300}}'
)


def read(*events: bytes) -> list[ProviderEvent]:
    reader = Reader(Endpoint("OpenRouter", "", ""), most_characters=1000)
    return [value for event in events for value in reader.read(Event(event))]


def usage(text: bytes) -> UsageReport | None:
    found = read(b'{"choices":[],"usage":' + text + b"}")
    return found[0] if found and isinstance(found[0], UsageReport) else None


def test_openrouter_states_tokens_and_the_exact_cost() -> None:
    assert usage(OPENROUTER) == UsageReport(
        prompt_tokens=1210,
        cached_tokens=1024,
        cache_write_tokens=0,
        completion_tokens=412,
        reasoning_tokens=300,
        cost=Decimal("0.00024619"),
    )


def test_deepseek_states_hits_and_no_cost() -> None:
    assert usage(DEEPSEEK) == UsageReport(
        prompt_tokens=1210, cached_tokens=1024, completion_tokens=412, reasoning_tokens=300
    )


def test_sglang_states_reasoning_at_the_top() -> None:
    assert usage(b'{"prompt_tokens":7,"completion_tokens":5,"reasoning_tokens":3}') == UsageReport(
        prompt_tokens=7, completion_tokens=5, reasoning_tokens=3
    )


@pytest.mark.parametrize(
    "choices",
    [
        b'[{"index":0,"delta":{"content":"","role":"assistant"},"finish_reason":"stop"}]',
        b'[{"index":0,"delta":{"content":""},"finish_reason":null}]',
        b"[]",
        b"null",
    ],
)
def test_usage_is_read_from_every_shape_of_its_chunk(choices: bytes) -> None:
    found = read(b'{"choices":' + choices + b',"usage":' + OPENROUTER + b"}")

    assert [value.cost for value in found if isinstance(value, UsageReport)] == [Decimal("0.00024619")]


def test_usage_on_every_chunk_is_not_added_up() -> None:
    first, second = (
        b'{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":%d}}' % count for count in (1, 2)
    )

    assert read(first, second)[-1] == UsageReport(prompt_tokens=5, completion_tokens=2)


def test_a_cost_keeps_every_digit() -> None:
    report = usage(b'{"cost":0.000000002800000000000000001}')

    assert report is not None
    assert str(report.cost) == "2.800000000000000001E-9"


def test_with_a_key_of_our_own_the_cost_is_fee_plus_charge() -> None:
    report = usage(b'{"cost":0.01,"is_byok":true,"cost_details":{"upstream_inference_cost":0.2}}')

    assert report == UsageReport(cost=Decimal("0.21"))


@pytest.mark.parametrize("details", [b"null", b"{}", b'{"upstream_inference_cost":null}'])
def test_a_fee_alone_is_no_cost(details: bytes) -> None:
    text = b'{"prompt_tokens":1,"cost":0.01,"is_byok":true,"cost_details":' + details + b"}"

    assert usage(text) == UsageReport(prompt_tokens=1)


@pytest.mark.parametrize(
    "value", [b"-1", b"1.5", b"1e3", b"NaN", b"true", b'"7"', b"99999999999", b"[1]", b"null"]
)
def test_impossible_tokens_are_unknown(value: bytes) -> None:
    text = b'{"prompt_tokens":%b,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":%b}}'

    assert usage(text % (value, value)) == UsageReport(completion_tokens=2)


@pytest.mark.parametrize(
    ("value", "cost"),
    [
        (b"0", Decimal(0)),
        (b"0.0", Decimal("0.0")),
        (b'"0.25"', Decimal("0.25")),
        (b"1e-9", Decimal("1e-9")),
        (b"-0.1", None),
        (b"NaN", None),
        (b"Infinity", None),
        (b"1e300", None),
        (b"1e99999999999999999999", None),
        (b"true", None),
        (b'"much"', None),
        (b"{}", None),
        (b"null", None),
    ],
)
def test_impossible_costs_are_unknown(value: bytes, cost: Decimal | None) -> None:
    report = usage(b'{"prompt_tokens":1,"cost":%b}' % value)

    assert report == UsageReport(prompt_tokens=1, cost=cost)


@pytest.mark.parametrize("text", [b"{}", b"null", b"[]", b'"x"', b'{"prompt_tokens":-1}'])
def test_usage_without_anything_usable_is_none_at_all(text: Any) -> None:
    assert read(b'{"choices":[],"usage":' + text + b"}") == []


def test_missing_details_do_no_harm() -> None:
    assert usage(b'{"prompt_tokens":1,"prompt_tokens_details":null,"completion_tokens_details":7}') == (
        UsageReport(prompt_tokens=1)
    )
