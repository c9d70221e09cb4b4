"""What is sent to each provider, and what is not."""

from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from conversations.providers import registry
from conversations.providers.base import (
    Clocks,
    Effort,
    Endpoint,
    FaultCode,
    Finish,
    Prompt,
    Started,
    ToolCall,
    ToolOffer,
    Turn,
)
from conversations.providers.demo import DemoServer
from tests.providers.asking import KEY, QUESTION, ask

KINDS = ["openrouter", "routeway", "deepseek", "openai-compatible", "demo"]
CONVERSATION = replace(
    QUESTION,
    turns=(
        Turn("system", "Be brief."),
        Turn("user", "Hi"),
        Turn("assistant", "Hello", reasoning="A greeting.", reasoning_details=({"type": "reasoning.text"},)),
        Turn("user", "Grüße 😀"),
    ),
)
MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Grüße 😀"},
]


DETAILS = {"type": "reasoning.text", "text": "A sum.", "index": 0}
WITH_TOOLS = replace(
    QUESTION,
    turns=(
        Turn("user", "Hi"),
        Turn("assistant", "Hello"),
        Turn("user", "1 + 1?"),
        Turn(
            "assistant",
            "",
            reasoning="A sum.",
            reasoning_details=(DETAILS,),
            tool_calls=(ToolCall("call_1", "calculate", '{"expression": "1 + 1"}'),),
        ),
        Turn("tool", "2", call_id="call_1"),
    ),
    tools=(ToolOffer("calculate", "Sums.", {"type": "object"}),),
)
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "calculate", "arguments": '{"expression": "1 + 1"}'},
}


async def sent(
    server: DemoServer, kind: str, prompt: Prompt = CONVERSATION, **switches: Any
) -> dict[str, Any]:
    """The request's body."""
    server.play({"text": "Hello"})
    await ask(server.url, kind=kind, prompt=prompt, switches=switches)
    body: dict[str, Any] = server.calls[-1].body
    return body


@pytest.mark.parametrize("kind", KINDS)
async def test_every_provider_gets_the_turns_and_the_limit_but_no_old_reasoning(
    server: DemoServer, kind: str
) -> None:
    body = await sent(server, kind)

    assert (body["model"], body["messages"], body["stream"], body["max_tokens"]) == (
        "deepseek-v4-flash",
        MESSAGES,
        True,
        4096,
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_every_provider_gets_the_key_and_nothing_of_the_browser(server: DemoServer, kind: str) -> None:
    await sent(server, kind)

    headers = server.calls[0].headers
    assert headers["authorization"] == f"Bearer sha256:{sha256(KEY.encode()).hexdigest()[:16]}"
    assert (headers["user-agent"], headers["accept-encoding"]) == ("Parley", "identity")


@pytest.mark.parametrize(
    ("kind", "earlier", "before_a_call"),
    [
        ("openai-compatible", {}, {}),
        ("routeway", {}, {}),
        ("deepseek", {"reasoning_content": ""}, {"reasoning_content": "A sum."}),
        (
            "openrouter",
            {"reasoning_content": ""},
            {"reasoning_content": "A sum.", "reasoning_details": [DETAILS]},
        ),
    ],
)
async def test_with_tools_calls_and_results_go_back_and_reasoning_by_each_providers_rule(
    server: DemoServer, kind: str, earlier: dict[str, Any], before_a_call: dict[str, Any]
) -> None:
    body = await sent(server, kind, WITH_TOOLS)

    assert body["messages"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello", **earlier},
        {"role": "user", "content": "1 + 1?"},
        {"role": "assistant", "content": None, "tool_calls": [CALL], **before_a_call},
        {"role": "tool", "content": "2", "tool_call_id": "call_1"},
    ]
    assert body["tools"] == [
        {
            "type": "function",
            "function": {"name": "calculate", "description": "Sums.", "parameters": {"type": "object"}},
        }
    ]


async def test_deepseek_can_be_sent_a_space_for_reasoning_that_is_missing(server: DemoServer) -> None:
    body = await sent(server, "deepseek", WITH_TOOLS, empty_reasoning=" ")

    assert [turn.get("reasoning_content") for turn in body["messages"]] == [None, " ", None, "A sum.", None]


async def test_openrouter(server: DemoServer) -> None:
    prompt = replace(CONVERSATION, highest_input_price=Decimal("0.14"), highest_output_price=Decimal("0.28"))

    body = await sent(server, "openrouter", prompt, provider={"data_collection": "deny"})

    assert {name: body[name] for name in body.keys() - {"model", "messages", "stream", "max_tokens"}} == {
        "reasoning": {"effort": "high", "exclude": False},
        "provider": {"max_price": {"prompt": 0.14, "completion": 0.28}, "data_collection": "deny"},
        "user": "u_5f1c",
        "session_id": "conv_91",
    }


@pytest.mark.parametrize(
    ("switches", "told"),
    [({}, (None, None)), ({"attribution": True}, ("https://chat.example.org", "Parley"))],
)
async def test_openrouter_learns_who_we_are_only_if_somebody_switched_it_on(
    server: DemoServer, switches: dict[str, Any], told: tuple[str | None, str | None]
) -> None:
    server.play({"text": "Hello"})
    endpoint = Endpoint("OpenRouter", server.url, KEY, referer="https://chat.example.org", switches=switches)

    _ = [value async for value in registry.adapter_for("openrouter", endpoint, Clocks()).stream(QUESTION)]

    headers = server.calls[0].headers
    assert (headers.get("http-referer"), headers.get("x-openrouter-title")) == told


async def test_openrouter_names_its_reply_before_the_first_token(server: DemoServer) -> None:
    server.play({"headers": {"X-Generation-Id": "gen-17"}}, {"begin": True}, {"wait": "never"})
    endpoint = Endpoint("OpenRouter", server.url, KEY)
    reply = registry.adapter_for("openrouter", endpoint, Clocks()).stream(QUESTION)

    assert await anext(reply) == Started("gen-17")
    await reply.aclose()


async def test_deepseek(server: DemoServer) -> None:
    body = await sent(server, "deepseek", replace(CONVERSATION, user_ref="u.5f1c@x"))

    assert {name: body[name] for name in body.keys() - {"model", "messages", "stream", "max_tokens"}} == {
        "stream_options": {"include_usage": True},
        "thinking": {"type": "enabled"},
        "reasoning_effort": "high",
        "user_id": "u-5f1c-x",
    }


async def test_routeway(server: DemoServer) -> None:
    body = await sent(server, "routeway")

    assert {name: body[name] for name in body.keys() - {"model", "messages", "stream", "max_tokens"}} == {
        "stream_options": {"include_usage": True},
        "reasoning_effort": "high",
    }


async def test_any_other_server_gets_the_least(server: DemoServer) -> None:
    body = await sent(server, "openai-compatible")

    assert body.keys() == {"model", "messages", "stream", "max_tokens", "stream_options"}


OFF, LOW, HIGH, MAX = Effort.OFF, Effort.LOW, Effort.HIGH, Effort.MAX


@pytest.mark.parametrize(
    ("kind", "effort", "fields"),
    [
        ("openrouter", OFF, {"reasoning": {"effort": "none", "exclude": False}}),
        ("openrouter", LOW, {"reasoning": {"effort": "low", "exclude": False}}),
        ("openrouter", MAX, {"reasoning": {"effort": "xhigh", "exclude": False}}),
        ("deepseek", OFF, {"thinking": {"type": "disabled"}, "reasoning_effort": None}),
        ("deepseek", LOW, {"thinking": {"type": "enabled"}, "reasoning_effort": "low"}),
        ("deepseek", MAX, {"thinking": {"type": "enabled"}, "reasoning_effort": "max"}),
        ("routeway", OFF, {"reasoning_effort": None}),
        ("routeway", LOW, {"reasoning_effort": "low"}),
        ("routeway", MAX, {"reasoning_effort": "high"}),
        ("demo", OFF, {"reasoning_effort": "none"}),
        ("demo", HIGH, {"reasoning_effort": "high"}),
    ],
)
async def test_effort_is_said_in_each_dialect(
    server: DemoServer, kind: str, effort: Effort, fields: dict[str, Any]
) -> None:
    body = await sent(server, kind, replace(CONVERSATION, effort=effort))

    assert {name: body.get(name) for name in fields} == fields


@pytest.mark.parametrize(
    ("dialect", "field", "value"),
    [
        (True, "reasoning_effort", "xhigh"),
        ("reasoning_effort", "reasoning_effort", "xhigh"),
        ("reasoning", "reasoning", {"effort": "xhigh", "exclude": False}),
        ("thinking", "reasoning_effort", "max"),
        ("chat_template_kwargs", "chat_template_kwargs", {"thinking": True}),
    ],
)
async def test_any_other_server_can_be_told_the_dialect(
    server: DemoServer, dialect: Any, field: str, value: Any
) -> None:
    body = await sent(server, "openai-compatible", replace(QUESTION, effort=MAX), sends_effort=dialect)

    assert body[field] == value


async def test_other_switches(server: DemoServer) -> None:
    body = await sent(
        server,
        "openai-compatible",
        sends_stream_options=False,
        max_tokens_field="max_completion_tokens",
        extra_body={"temperature": 0.6},
    )

    assert body.keys() == {"model", "messages", "stream", "max_completion_tokens", "temperature"}


async def test_a_server_without_a_key_gets_no_authorization(server: DemoServer) -> None:
    server.play({"text": "Hello"})
    endpoint = Endpoint("Local", server.url + "/", "")

    _ = [value async for value in registry.adapter_for("demo", endpoint, Clocks()).stream(QUESTION)]

    assert "authorization" not in server.calls[0].headers


async def test_a_lone_surrogate_does_not_stop_a_prompt(server: DemoServer) -> None:
    body = await sent(server, "deepseek", replace(QUESTION, turns=(Turn("user", "a\ud800b"),)))

    assert body["messages"] == [{"role": "user", "content": "a\ufffdb"}]


# --- servers that refuse stream_options --------------------------------------------------------------------

REFUSES_STREAM_OPTIONS = [
    {"error": {"message": "Unrecognized request argument supplied: stream_options"}},
    {"detail": [{"loc": ["body", "stream_options"], "msg": "extra fields not permitted"}]},
]


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize("body", REFUSES_STREAM_OPTIONS)
async def test_a_server_that_refuses_stream_options_is_asked_again_without(
    server: DemoServer, status: int, body: Any
) -> None:
    server.play({"text": "Hello"}, queue=([{"status": status, "body": body}],))

    outcome = await ask(server.url, kind="routeway")

    assert (outcome.text, outcome.end) == ("Hello", Finish("stop"))
    assert ["stream_options" in call.body for call in server.calls] == [True, False]


async def test_it_is_asked_again_only_once_and_only_for_that(server: DemoServer) -> None:
    server.play({"status": 400, "body": REFUSES_STREAM_OPTIONS[0]})
    assert (await ask(server.url)).end == FaultCode.BAD_REQUEST
    assert len(server.calls) == 2

    server.reset()
    server.play({"status": 400, "body": {"error": "max_tokens is too large"}})
    assert (await ask(server.url)).end == FaultCode.BAD_REQUEST
    assert len(server.calls) == 1


async def test_nothing_else_is_ever_tried_twice(server: DemoServer) -> None:
    for step in (
        {"status": 500},
        {"status": 429},
        {"cut": True},
        {"error": {"code": 400, "message": "stream_options"}},
    ):
        server.reset()
        server.play(step)
        await ask(server.url)

        assert len(server.calls) == 1


@pytest.mark.parametrize("kind", KINDS)
async def test_sampling_is_sent_only_where_somebody_set_it(server: DemoServer, kind: str) -> None:
    plain = replace(QUESTION, effort=Effort.OFF)

    assert (await sent(server, kind, plain)).keys() & {"temperature", "top_p"} == set()
    body = await sent(server, kind, replace(plain, temperature=Decimal("0.7"), top_p=Decimal("0.95")))
    assert (body["temperature"], body["top_p"]) == (0.7, 0.95)
