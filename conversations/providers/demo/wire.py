"""How the demo writes a reply: OpenAI's chunks as server-sent events, or one JSON object."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from conversations.providers.demo.answers import prompt_tokens
from conversations.providers.demo.connection import Connection

MODEL = "demo"  # what a reply says it was written by
_CACHE_UNIT = 64  # tokens; a cached prefix is a multiple of it


@dataclass(slots=True, kw_only=True)
class Call:
    """One request, as GET /log shows it. Times are seconds since 1970."""

    id: str
    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int | None = None
    first_byte_at: float | None = None
    ended_at: float | None = None  # we had said everything
    left_at: float | None = None  # the client closed its socket before that
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0  # written so far: what would be billed
    reasoning_tokens: int = 0

    def usage(self) -> dict[str, Any]:
        """What would be billed now."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "total_tokens": self.prompt_tokens + self.completion_tokens,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
        }

    def count_prompt(self, texts: list[str]) -> None:
        """The turns before the last were sent with the previous request: they count as cached."""
        self.prompt_tokens = prompt_tokens(texts)
        self.cached_tokens = prompt_tokens(texts[:-1]) // _CACHE_UNIT * _CACHE_UNIT


class Writer(Protocol):
    """What both forms of a reply can say."""

    def delta(self, name: str, text: str) -> None: ...
    def ask_tool(self, name: str, arguments: str) -> None: ...
    def finish(self, reason: str, usage: Mapping[str, Any] | None = None) -> None: ...
    def close(self) -> None: ...


@dataclass(slots=True)
class Streamed:
    """A reply as events. The head goes out with the first of them."""

    connection: Connection
    call: Call
    model: str = MODEL
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/event-stream"})
    has_begun: bool = False
    _start: bytes = b""

    def begin(self) -> None:
        """Send the head, once."""
        if not self.has_begun:
            self.has_begun = True
            self.call.status = 200
            self.call.first_byte_at = time.time()
            self._start = orjson.dumps({**self._frame(), "choices": 0}).removesuffix(b"0}")
            self.connection.begin(200, self.headers)

    def delta(self, name: str, text: str) -> None:
        """One token or more of `content`, `reasoning_content`, or whatever the field is called."""
        self.begin()
        self.connection.send(
            b'data: %b[{"index":0,"delta":{"%b":%b},"finish_reason":null}]}\n\n'
            % (self._start, name.encode(), orjson.dumps(text))
        )

    def ask_tool(self, name: str, arguments: str, *, id: str = "", index: int = 0) -> None:
        """A call of a tool, in one piece."""
        self.choice({"tool_calls": [_tool_call(name, arguments, id or f"call_{self.call.id}", index)]}, None)

    def choice(
        self, delta: Mapping[str, Any], reason: str | None, usage: Mapping[str, Any] | None = None
    ) -> None:
        """A chunk with one choice, and usage if given."""
        choices = [{"index": 0, "delta": delta, "finish_reason": reason}]
        self.event({**self._frame(), "choices": choices, **({"usage": usage} if usage else {})})

    def finish(self, reason: str, usage: Mapping[str, Any] | None = None) -> None:
        """The end as most servers write it: the reason, then usage without choices, then [DONE]."""
        self.choice({}, reason)
        if usage:
            self.event({**self._frame(), "choices": [], "usage": usage})
        self.done()

    def event(self, value: Any) -> None:
        """Any JSON as an event."""
        self.raw(b"data: " + orjson.dumps(value) + b"\n\n")

    def done(self) -> None:
        self.raw(b"data: [DONE]\n\n")

    def raw(self, data: bytes) -> None:
        """Any bytes in the body."""
        self.begin()
        self.connection.send(data)

    def close(self) -> None:
        """The end of the HTTP reply."""
        self.begin()
        self.connection.end()

    def _frame(self) -> dict[str, Any]:
        return {
            "id": self.call.id,
            "object": "chat.completion.chunk",
            "created": int(self.call.at),
            "model": self.model,
        }


@dataclass(slots=True)
class Whole:
    """A reply in one piece, for clients that did not ask for a stream."""

    connection: Connection
    call: Call
    parts: dict[str, list[str]] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    reason: str = "stop"
    usage: Mapping[str, Any] | None = None

    def delta(self, name: str, text: str) -> None:
        self.parts.setdefault(name, []).append(text)

    def ask_tool(self, name: str, arguments: str) -> None:
        self.calls.append(_tool_call(name, arguments, f"call_{self.call.id}", len(self.calls)))

    def finish(self, reason: str, usage: Mapping[str, Any] | None = None) -> None:
        self.reason, self.usage = reason, usage

    def close(self) -> None:
        message: dict[str, Any] = {name: "".join(texts) for name, texts in self.parts.items()}
        message = {"role": "assistant", "content": "", **message}
        if self.calls:
            message["tool_calls"] = self.calls
        reply = {
            "id": self.call.id,
            "object": "chat.completion",
            "created": int(self.call.at),
            "model": MODEL,
            "choices": [{"index": 0, "message": message, "finish_reason": self.reason}],
            "usage": self.usage or self.call.usage(),
        }
        self.call.status = 200
        self.connection.reply(200, {"Content-Type": "application/json"}, orjson.dumps(reply))


def _tool_call(name: str, arguments: str, id: str, index: int) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "id": id, "type": "function", "function": function}
