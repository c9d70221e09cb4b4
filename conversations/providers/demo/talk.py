"""What the demo says by itself, where no script tells it: canned answers, at the pace of somebody who thinks."""

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

from conversations.providers.demo import sums
from conversations.providers.demo.answers import answer_to, answer_with, asking_for, going_on, tokens_of
from conversations.providers.demo.connection import Connection
from conversations.providers.demo.wire import Call, Writer

_ANSWER_IS_FASTER_BY = 1.5


async def say(call: Call, writer: Writer, connection: Connection, *, rate: float) -> None:
    """The canned answer, token by token; `rate` of its reasoning a second, 0 for all at once."""
    effort, expression = _effort_in(call.body), sums.expression_for(call.body)
    texts = texts_in(call.body)
    canned = going_on(texts, effort) or answer_to(texts[-1], effort)
    if expression:
        canned = asking_for(expression, effort)
    elif result := sums.result_in(call.body):
        canned = answer_with(result)
    most = _most_tokens(call.body)
    loop = asyncio.get_running_loop()
    due = loop.time()
    for name, text, speed in (
        ("reasoning_content", canned.reasoning, rate),
        ("content", canned.text, rate * _ANSWER_IS_FASTER_BY),
    ):
        for token in tokens_of(text):
            if call.completion_tokens >= most:
                break
            writer.delta(name, token)
            call.completion_tokens += 1
            call.reasoning_tokens += name == "reasoning_content"
            if speed:
                due += 1 / speed
                await asyncio.sleep(max(due - loop.time(), 0))
            await connection.drained()
    is_cut = call.completion_tokens >= most
    if expression and not is_cut:
        arguments = orjson.dumps({"expression": expression}).decode()
        writer.ask_tool("calculate", arguments)
        call.completion_tokens += len(tokens_of(arguments))
    wants_usage = "stream_options" in call.body
    ended = "length" if is_cut else "tool_calls" if expression else "stop"
    writer.finish(ended, call.usage() if wants_usage else None)
    writer.close()


def texts_in(body: Any) -> list[str]:
    """All that was said in a request; nothing where it is none."""
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        return []
    texts = [message.get("content") for message in messages if isinstance(message, dict)]
    return [text for text in texts if isinstance(text, str)]


def _effort_in(body: Mapping[str, Any]) -> str:
    effort = body.get("reasoning_effort")
    return effort if isinstance(effort, str) else "high"


def _most_tokens(body: Mapping[str, Any]) -> int:
    most = body.get("max_tokens") or body.get("max_completion_tokens")
    return most if isinstance(most, int) and most > 0 else 1 << 30
