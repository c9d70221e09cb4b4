"""The tolerant reader: events of any OpenAI-like server in, plain values out, a verdict at the end."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from conversations.providers import faults, parsing, sentences, sse
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
from conversations.providers.details import size_of
from conversations.providers.leaks import Leaks
from conversations.providers.think import ThinkTags
from conversations.providers.usage import usage_of

_REASONS = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "max_tokens": "length",
}
_FAILURES = {
    "error": FaultCode.BROKEN,
    "abort": FaultCode.BROKEN,
    "aborted": FaultCode.BROKEN,
    "insufficient_system_resource": FaultCode.OVERLOADED,
}
# A piece of a call counts for so many characters at least: servers may repeat its names and ids with every token.
_LEAST_OF_A_PIECE = 16
_LONGEST_NAME = 200  # of an id, a model, a host: what the attempt's row can hold


class Reader:
    """Reads one reply. Feed it every event, then ask for the end.

    `most_characters` stops a server that ignores max_tokens. `splits_think_tags` and `starts_inside` are
    for servers that leave reasoning in the text (think.py); tags mean nothing once a reasoning field came.
    With `offers_tools`, a call that a host left in the text is a fault (leaks.py).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        most_characters: int,
        splits_think_tags: bool = True,
        starts_inside: bool = False,
        offers_tools: bool = False,
    ) -> None:
        self.is_done = False  # "[DONE]" came: the transport is over, whether it went well or not
        self._endpoint = endpoint
        self._room = most_characters
        self._tags = ThinkTags(starts_inside=starts_inside) if splits_think_tags else None
        self._leaks = Leaks() if offers_tools else None
        self._named = Started()
        self._finish_word = ""
        self._has_events = False
        self._has_parsed = False
        self._has_content = False
        self._has_calls = False

    def read(self, event: sse.Event) -> Iterator[ProviderEvent]:
        """What `event` says. Raises ProviderError for a fault in it, after what the event gave besides."""
        if event.data.strip() == b"[DONE]":
            self.is_done = True
            return
        self._has_events = True
        try:
            body = parsing.parsed(event.data)
        except parsing.Unparseable:
            body = None  # one bad event is skipped; the verdict knows whether there was a good one
            if event.name == b"error":
                body = {"error": event.data.decode("utf-8", "replace")}
        if not isinstance(body, dict):
            return
        self._has_parsed = True
        if event.name == b"error" and not body.get("error"):
            body = {"error": body}
        yield from self._read_body(body, event.data)

    def end(self) -> Iterator[ProviderEvent]:
        """What was held back, then Finish. Raises ProviderError unless the provider ended by itself."""
        yield from self.released()
        word = self._finish_word
        if not self._has_content and word not in ("content_filter", "length"):
            raise self._empty()
        if not word:
            raise faults.fault(self._endpoint, FaultCode.CUT, detail="No finish reason.")
        if word in _FAILURES:
            raise faults.fault(
                self._endpoint,
                _FAILURES[word],
                sentences.GAVE_UP,
                detail=f"finish_reason: {word}",
            )
        reason = _REASONS.get(word, "stop")
        if reason == "stop" and self._has_calls:  # some servers say so though the model called
            reason = "tool_calls"
        yield Finish(reason, raw="" if word == reason else word)

    def released(self) -> Iterator[ProviderEvent]:
        """What was held back because it might have begun a tag: for a stream that ended otherwise."""
        if self._leaks is not None:
            rest, self._leaks = self._leaks.clean("", is_last=True), None
            yield from self._split(rest)
        yield from self._settled()

    def _settled(self) -> Iterator[ProviderEvent]:
        if self._tags is not None:
            yield from map(_delta, self._tags.feed("", is_last=True))
            self._tags = None

    def _empty(self) -> ProviderError:
        if self._finish_word in _FAILURES:
            code, sentence = _FAILURES[self._finish_word], sentences.GAVE_UP_AT_ONCE
        elif self._has_events and not self._has_parsed:
            code, sentence = FaultCode.BROKEN, ""
        else:
            code, sentence = FaultCode.EMPTY, ""
        return faults.fault(
            self._endpoint, code, sentence, detail=f"finish_reason: {self._finish_word or 'none'}"
        )

    def _read_body(self, body: Mapping[str, Any], data: bytes) -> Iterator[ProviderEvent]:
        choice = _first_choice(body)
        error = body.get("error") or (choice and choice.get("error"))
        if not error:
            yield from self._names(body)
            if choice is not None:
                yield from self._choice(choice)
        usage = body.get("usage")
        if usage:
            report = _report(usage, data)
            if report is not None:
                yield report
        if error:
            raise faults.reported(self._endpoint, error)

    def _names(self, body: Mapping[str, Any]) -> Iterator[Started]:
        named = self._named
        if named.upstream_id and named.model and named.served_by:
            return
        fuller = Started(
            named.upstream_id or _name(body.get("id")),
            named.model or _name(body.get("model")),
            named.served_by or _name(body.get("provider")),
        )
        if fuller != named:
            self._named = fuller
            yield fuller

    def _choice(self, choice: Mapping[str, Any]) -> Iterator[ProviderEvent]:
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, dict):
            yield from self._reasoning(delta)
            content = delta.get("content")
            if content:
                yield from self._text(content if isinstance(content, str) else _joined(content))
            if delta.get("tool_calls"):
                yield from self._tool_calls(delta["tool_calls"])
        word = choice.get("finish_reason")
        if word and isinstance(word, str) and not self._finish_word:
            self._finish_word = word.lower()[:_LONGEST_NAME]

    def _reasoning(self, delta: Mapping[str, Any]) -> Iterator[ProviderEvent]:
        """The same words come under several names at once; they are never added together."""
        pieces = delta.get("reasoning_details")
        details = tuple(item for item in pieces if isinstance(item, dict)) if isinstance(pieces, list) else ()
        words = delta.get("reasoning_content") or delta.get("reasoning")
        if not isinstance(words, str) or not words:
            words = "".join(
                text for item in details if isinstance(text := item.get("text") or item.get("summary"), str)
            )
        if not words and not details:
            return
        if words:
            yield from self._settled()
        self._count(max(len(words), sum(map(size_of, details))))
        yield ReasoningDelta(words, details)

    def _text(self, text: str) -> Iterator[ProviderEvent]:
        if not text:
            return
        self._count(len(text))
        if self._leaks is None:
            yield from self._split(text)
            return
        yield from self._split(self._leaks.clean(text))
        if self._leaks.has_leaked:
            raise faults.fault(
                self._endpoint,
                FaultCode.UNREADABLE,
                detail="Tool markup in the text.",
                unshown=self._leaks.leaked,
            )

    def _split(self, text: str) -> Iterator[ProviderEvent]:
        if not text:
            return
        if self._tags is None:
            yield TextDelta(text)
        else:
            yield from map(_delta, self._tags.feed(text))
            if self._tags.is_settled:
                self._tags = None

    def _tool_calls(self, calls: Any) -> Iterator[ToolCallDelta]:
        for call in calls if isinstance(calls, list) else ():
            if not isinstance(call, dict):
                continue
            function = call.get("function")
            function = function if isinstance(function, dict) else {}
            index = call.get("index")
            arguments = _arguments(function.get("arguments"))
            self._has_calls = True
            self._count(max(len(arguments), _LEAST_OF_A_PIECE))
            yield ToolCallDelta(
                index if type(index) is int and index >= 0 else None,
                _name(call.get("id")),
                _name(function.get("name")),
                arguments,
            )

    def _count(self, characters: int) -> None:
        self._has_content = True
        self._room -= characters
        if self._room < 0:
            raise faults.fault(
                self._endpoint,
                FaultCode.BROKEN,
                sentences.FAR_TOO_MUCH,
            )


def _first_choice(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    choices = body.get("choices")
    if isinstance(choices, list):
        for choice in choices:
            if isinstance(choice, dict) and not choice.get("index"):
                return choice
    return None


def _report(usage: Any, data: bytes) -> UsageReport | None:
    if not isinstance(usage, dict):
        return None
    if usage.get("cost") is not None:
        try:
            usage = parsing.parsed_exactly(data)["usage"]
        except parsing.Unparseable:  # an exponent no Decimal has: no cost that anybody asks
            usage = {**usage, "cost": None}
    return usage_of(usage)


def _delta(piece: tuple[str, str]) -> ProviderEvent:
    kind, text = piece
    return ReasoningDelta(text) if kind == "reasoning" else TextDelta(text)


def _joined(parts: Any) -> str:
    """The text of a content that came as a list of parts."""
    if not isinstance(parts, list):
        return ""
    texts = (part.get("text") for part in parts if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _arguments(value: Any) -> str:
    """A piece of the arguments; the whole of them where a server sends an object."""
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, dict) else ""


def _name(value: Any) -> str:
    return value[:_LONGEST_NAME] if isinstance(value, str) else ""
