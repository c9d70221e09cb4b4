"""Every shape of stream that servers are known to send (`streams/`), read the same however it is cut."""

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.providers.base import (
    Endpoint,
    Finish,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    Started,
    TextDelta,
    ToolCallDelta,
    ToolOffer,
    UsageReport,
)
from conversations.providers.details import ReasoningDetails
from conversations.providers.reader import Reader
from conversations.providers.sse import Decoder
from conversations.providers.tool_calls import ToolCalls
from tests.providers.asking import QUESTION, ask, raw_server

LIBRARY = Path(__file__).parent / "streams"
NAMES = sorted(path.stem for path in LIBRARY.glob("*.sse"))
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
ENDPOINT = Endpoint("Scripted", "http://127.0.0.1", "sk-secret")
MADE_UP = re.compile("call_[0-9a-f]{16}")


def expected(name: str) -> dict[str, Any]:
    """What must be read; what the file does not mention must not come."""
    nothing = {"text": "", "reasoning": "", "details": [], "calls": [], "usage": {}, "end": "", "fault": ""}
    wanted = {**nothing, "raw": "", **json.loads((LIBRARY / f"{name}.json").read_text())}
    wanted.pop("switches", None)
    return wanted


def switches_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LIBRARY / f"{name}.json").read_text()).get("switches", {})
    return found


def read(pieces: Iterable[bytes], **switches: Any) -> dict[str, Any]:
    """A stream in these pieces, as the adapters read it."""
    reader, decoder = Reader(ENDPOINT, most_characters=10_000, **switches), Decoder()
    values: list[ProviderEvent] = []
    try:
        for piece in pieces:
            for event in decoder.feed(piece):
                if not reader.is_done:
                    values += _all(reader.read(event))
        for event in decoder.close():
            if not reader.is_done:
                values += _all(reader.read(event))
        values += _all(reader.end())
    except _Broke as broke:
        values += [*broke.before, *reader.released()]
        return found_in(values, fault=broke.code)
    return found_in(values)


def found_in(values: list[ProviderEvent], fault: str = "") -> dict[str, Any]:
    """What a reply's values come to, in the words of the library."""
    details, calls, usage, named, end = ReasoningDetails(), ToolCalls(), UsageReport(), Started(), Finish("")
    text = reasoning = ""
    for value in values:
        if isinstance(value, TextDelta):
            text += value.text
        elif isinstance(value, ReasoningDelta):
            reasoning += value.text
            details.add(value.details)
        elif isinstance(value, ToolCallDelta):
            calls.add(value)
        elif isinstance(value, UsageReport):
            usage = value
        elif isinstance(value, Started):
            named = value
        else:
            end = value
    return {
        "text": text,
        "reasoning": reasoning,
        "details": list(details.merged()),
        "calls": [{**asdict(call), "id": MADE_UP.sub("made up", call.id)} for call in calls.merged()],
        "usage": {
            field: value if isinstance(value, int) else str(value)
            for field, value in asdict(usage).items()
            if value is not None
        },
        "end": end.reason,
        "raw": end.raw,
        "fault": fault,
        "named": named,
    }


def judged(found: dict[str, Any], name: str) -> None:
    """Compare, names only where the library states them."""
    wanted = expected(name)
    named = found.pop("named")
    for field in ("upstream_id", "model", "served_by"):
        if field in wanted:
            assert getattr(named, field) == wanted.pop(field)
    assert found == wanted


@pytest.mark.parametrize("name", NAMES)
def test_each_stream_is_read_whole_and_byte_by_byte(name: str) -> None:
    stream = (LIBRARY / f"{name}.sse").read_bytes()

    judged(read([stream], **switches_of(name)), name)
    judged(read((bytes([byte]) for byte in stream), **switches_of(name)), name)


@given(st.sampled_from(NAMES), st.lists(st.floats(0, 1), max_size=12))
def test_each_stream_is_read_the_same_however_it_is_cut(name: str, cuts: list[float]) -> None:
    stream = (LIBRARY / f"{name}.sse").read_bytes()
    places = sorted({0, len(stream), *(int(cut * len(stream)) for cut in cuts)})

    judged(read([stream[start:end] for start, end in pairwise(places)], **switches_of(name)), name)


@pytest.mark.parametrize("name", NAMES)
async def test_each_stream_is_read_the_same_over_a_real_connection(name: str) -> None:
    stream = (LIBRARY / f"{name}.sse").read_bytes()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + stream)
        await writer.drain()

    wanted = switches_of(name)
    tools = (ToolOffer("search", "Finds.", {"type": "object"}),) if wanted.get("offers_tools") else ()
    async with raw_server(answer) as port:
        outcome = await ask(
            f"http://127.0.0.1:{port}",
            prompt=replace(QUESTION, tools=tools),
            switches={"starts_inside_think": wanted.get("starts_inside", False)},
        )

    judged(found_in(outcome.values, fault=outcome.error.code if outcome.error else ""), name)


def test_the_table_names_every_stream_and_each_has_its_expectation() -> None:
    table = re.findall(r"^\| `([\w-]+)` \|", (LIBRARY / "README.md").read_text(), re.MULTILINE)

    assert sorted(table) == NAMES
    assert sorted(path.stem for path in LIBRARY.glob("*.json")) == NAMES


class _Broke(Exception):
    def __init__(self, before: list[ProviderEvent], code: str) -> None:
        super().__init__(code)
        self.before = before
        self.code = code


def _all(values: Iterable[ProviderEvent]) -> list[ProviderEvent]:
    """All of them; of those before an error, the error carries them."""
    taken: list[ProviderEvent] = []
    try:
        for value in values:
            taken.append(value)  # noqa: PERF402
    except ProviderError as error:
        raise _Broke(taken, error.code) from error
    return taken
