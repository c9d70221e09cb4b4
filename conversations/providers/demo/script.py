"""Scripts: what a provider is to do with one request, step by step, for tests and benchmarks.

A script is a list of steps; a step is an object whose first key names it:

    {"text": "Hello"}                        one delta of the answer
    {"reasoning": "Hm", "field": "reasoning_content"}    one delta of reasoning, under any field's name
    {"tokens": 200, "rate": 50}              so many deltas, so many a second (0: at once);
                                             "of": "reasoning", "word": " word" to change them
    {"call": "calculate", "id": "a", "arguments": {…}}    a call of a tool; "arguments" may be text, "index" another
    {"event": {…}}                           any JSON as an event        {"comment": "keep-alive"}
    {"raw": "data: x\\n"}, {"raw_base64": …}  any bytes in the body       {"split": 1}: pieces of so many bytes
    {"sleep": 0.5}, {"wait": "gate"}         POST /release opens a gate  {"begin": true}: send the head
    {"headers": {…}}                         of the head, before anything else
    {"finish": "stop", "usage": "auto"}      a finish reason, with usage in the same chunk if given
    {"usage": "auto", "shape": "alone"}      usage by itself: "alone" (no choices), "repeated" (with the finish
                                             reason again), "null" (a choice without one); or {…} for "auto"
    {"error": {…}}                           a fault in mid-stream       {"done": true}: data: [DONE]
    {"end": "stop"}                          finish, usage alone, [DONE]
    {"cut": true}, {"reset": true}           close the socket by FIN or RST
    {"status": 429, "headers": {…}, "body": …}    a whole reply instead of a stream

A script of nothing but text, reasoning, tokens and pauses ends as {"end": "stop"} would end it. Scripts always
stream, whatever the request asked for.
"""

import asyncio
import base64
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from conversations.providers.demo.answers import tokens_of
from conversations.providers.demo.wire import Call, Streamed

Step = Mapping[str, Any]
Script = Sequence[Step]

_WITHOUT_AN_END = {"text", "reasoning", "tokens", "sleep", "wait", "split", "begin", "headers", "comment"}
_STEPS = _WITHOUT_AN_END | {
    *(
        "call",
        "event",
        "raw",
        "raw_base64",
        "finish",
        "usage",
        "error",
        "done",
        "end",
        "cut",
        "reset",
        "status",
    )
}
_YIELD_EVERY = 64  # deltas written without a pause, before others get their turn


class BadScript(ValueError):
    """A step that is not known; nothing was changed."""


class Gates:
    """Named gates, closed until released."""

    def __init__(self) -> None:
        self._gates: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def wait(self, name: str) -> None:
        await self._gates[name].wait()

    def release(self, name: str) -> None:
        self._gates[name].set()

    def close_all(self) -> None:
        """New gates for new scripts; who waits at an old one goes on waiting."""
        self._gates.clear()


def checked(script: Any) -> Script:
    """`script` if every step of it is known. Raises BadScript."""
    if not isinstance(script, list | tuple):
        raise BadScript("A script is a list of steps.")
    for step in script:
        if not isinstance(step, Mapping) or not step or next(iter(step)) not in _STEPS:
            raise BadScript(f"No such step: {step!r}")
    return script


@dataclass(slots=True)
class Performance:
    """One script played to one client."""

    script: Script
    stream: Streamed
    call: Call
    gates: Gates

    async def play(self) -> None:
        """Every step in order. A step that ends the reply returns True."""
        for step in self.script:
            name = next(iter(step))
            if await getattr(self, f"_{name}")(step[name], step):
                return
            await self.stream.connection.drained()
        if all(next(iter(step)) in _WITHOUT_AN_END for step in self.script):
            await self._end("stop", {})
        self.stream.close()

    async def _text(self, text: str, step: Step) -> None:
        self.call.completion_tokens += 1
        self.stream.delta("content", text)

    async def _reasoning(self, text: str, step: Step) -> None:
        self.call.completion_tokens += 1
        self.call.reasoning_tokens += 1
        self.stream.delta(step.get("field", "reasoning_content"), text)

    async def _tokens(self, count: int, step: Step) -> None:
        rate = float(step.get("rate", 0))
        play_one = self._reasoning if step.get("of") == "reasoning" else self._text
        word = step.get("word", " word")
        loop = asyncio.get_running_loop()
        start = loop.time()
        for number in range(1, count + 1):
            await play_one(word, step)
            pause = start + number / rate - loop.time() if rate else 0.0
            if pause > 0 or number % _YIELD_EVERY == 0:
                await asyncio.sleep(max(pause, 0))
                await self.stream.connection.drained()

    async def _call(self, name: str, step: Step) -> None:
        arguments = step.get("arguments", {})
        text = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
        self.call.completion_tokens += len(tokens_of(name + text))
        self.stream.ask_tool(name, text, id=step.get("id", ""), index=step.get("index", 0))

    async def _event(self, value: Any, step: Step) -> None:
        self.stream.event(value)

    async def _comment(self, text: str, step: Step) -> None:
        self.stream.raw(f": {text}\n\n".encode())

    async def _raw(self, text: str, step: Step) -> None:
        self.stream.raw(text.encode("utf-8", "surrogateescape"))

    async def _raw_base64(self, text: str, step: Step) -> None:
        self.stream.raw(base64.b64decode(text))

    async def _split(self, size: int, step: Step) -> None:
        self.stream.begin()
        self.stream.connection.split(size)

    async def _sleep(self, seconds: float, step: Step) -> None:
        await asyncio.sleep(seconds)

    async def _wait(self, gate: str, step: Step) -> None:
        await self.gates.wait(gate)

    async def _begin(self, value: bool, step: Step) -> None:
        self.stream.begin()

    async def _headers(self, headers: Mapping[str, str], step: Step) -> None:
        self.stream.headers.update(headers)

    async def _finish(self, reason: str, step: Step) -> None:
        self.stream.choice({}, reason, self._usage_in(step.get("usage")))

    async def _usage(self, usage: Any, step: Step) -> None:
        shape = step.get("shape", "alone")
        if shape == "alone":
            self.stream.event({"id": self.call.id, "choices": [], "usage": self._usage_in(usage)})
        else:
            reason = "stop" if shape == "repeated" else None
            self.stream.choice({"role": "assistant", "content": ""}, reason, self._usage_in(usage))

    async def _error(self, error: Any, step: Step) -> None:
        self.stream.event({"id": self.call.id, "error": error})

    async def _done(self, value: bool, step: Step) -> None:
        self.stream.done()

    async def _end(self, reason: str, step: Step) -> None:
        self.stream.finish(reason, self.call.usage())

    async def _cut(self, value: bool, step: Step) -> bool:
        self.stream.connection.cut()
        return True

    async def _reset(self, value: bool, step: Step) -> bool:
        self.stream.connection.reset()
        return True

    async def _status(self, status: int, step: Step) -> bool:
        body = step.get("body", "")
        is_text = isinstance(body, str)
        headers = {"Content-Type": "text/plain" if is_text else "application/json", **step.get("headers", {})}
        self.call.status = status
        self.call.first_byte_at = time.time()
        self.stream.connection.reply(status, headers, body.encode() if is_text else orjson.dumps(body))
        return True

    def _usage_in(self, usage: Any) -> Mapping[str, Any] | None:
        return self.call.usage() if usage == "auto" else usage
