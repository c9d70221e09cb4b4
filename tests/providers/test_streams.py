"""Whole replies over real HTTP, well-behaved and otherwise."""

import asyncio
import gzip
from decimal import Decimal
from typing import Any

import psutil
import pytest

from conversations.providers.base import FaultCode, Finish, Started, UsageReport
from conversations.providers.demo import DemoServer
from tests.providers.asking import ask, raw_server

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
HELLO = b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n'
STOP = b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
BOMB = gzip.compress(bytes(1 << 26))  # 64 kB that unpack to 64 MB
USAGE = {"prompt_tokens": 10, "completion_tokens": 2, "cost": 0.00012}


async def test_a_reply_comes_with_reasoning_text_usage_and_its_end(server: DemoServer) -> None:
    server.play({"reasoning": "Hm"}, {"text": "Hel"}, {"text": "lo"})

    outcome = await ask(server.url)

    assert isinstance(outcome.values[0], Started)
    assert (outcome.reasoning, outcome.text, outcome.end) == ("Hm", "Hello", Finish("stop"))
    assert outcome.usage == UsageReport(
        prompt_tokens=4, cached_tokens=0, completion_tokens=3, reasoning_tokens=1
    )


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(
            [{"finish": "stop"}, {"usage": USAGE, "shape": "alone"}, {"done": True}], id="no choices"
        ),
        pytest.param(
            [{"finish": "stop"}, {"usage": USAGE, "shape": "repeated"}, {"done": True}], id="reason repeated"
        ),
        pytest.param([{"finish": "stop"}, {"usage": USAGE, "shape": "null"}, {"done": True}], id="no reason"),
        pytest.param([{"finish": "stop", "usage": USAGE}, {"done": True}], id="on the last chunk"),
        pytest.param([{"finish": "stop", "usage": USAGE}], id="no [DONE]"),
        pytest.param([{"finish": "stop", "usage": USAGE}, {"done": True}, {"done": True}], id="two [DONE]"),
        pytest.param(
            [{"usage": USAGE}, {"finish": "stop"}, {"raw": "data: [DONE]"}], id="usage first, no line end"
        ),
    ],
)
@pytest.mark.parametrize("size", [0, 1, 7])
async def test_every_shape_of_the_end_is_read_in_any_pieces(
    server: DemoServer, ending: list[dict[str, Any]], size: int
) -> None:
    server.play({"split": size}, {"text": "Grüße\u2028😀"}, *ending)

    outcome = await ask(server.url)

    assert (outcome.text, outcome.end) == ("Grüße\u2028😀", Finish("stop"))
    assert outcome.usage == UsageReport(prompt_tokens=10, completion_tokens=2, cost=Decimal("0.00012"))


async def test_comments_and_unknown_events_are_passed_over(server: DemoServer) -> None:
    server.play(
        {"comment": "OPENROUTER PROCESSING"},
        {"raw": "event: ping\n\nid: 4\nretry: 10\n\n"},
        {"event": {"choices": [], "debug": {}}},
        {"raw": "data: not json\n\n"},
        {"text": "Hello"},
        {"end": "stop"},
    )

    assert (await ask(server.url)).text == "Hello"


async def test_the_charset_a_server_claims_is_not_believed(server: DemoServer) -> None:
    server.play({"headers": {"Content-Type": "text/event-stream; charset=iso-8859-1"}}, {"text": "Grüße"})

    assert (await ask(server.url)).text == "Grüße"


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "application/json"])
async def test_a_stream_under_a_wrong_name_is_read(server: DemoServer, kind: str) -> None:
    server.play({"headers": {"Content-Type": kind}}, {"text": "Hello"})

    assert (await ask(server.url)).text == "Hello"


async def test_a_whole_reply_is_taken_too(server: DemoServer) -> None:
    message = {"role": "assistant", "content": "Hello", "reasoning_content": "Hm"}
    body = {"id": "x", "choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE}
    server.play({"status": 200, "body": body})

    outcome = await ask(server.url)

    assert (outcome.reasoning, outcome.text, outcome.end) == ("Hm", "Hello", Finish("stop"))
    assert outcome.usage is not None
    assert outcome.usage.cost == Decimal("0.00012")


async def test_blank_lines_may_precede_a_whole_reply(server: DemoServer) -> None:
    body = '\n\n\n{"choices":[{"message":{"content":"Hello"},"finish_reason":"stop"}]}'
    server.play({"status": 200, "headers": {"Content-Type": "application/json"}, "body": body})

    assert (await ask(server.url)).text == "Hello"


async def test_a_fault_may_come_with_status_200(server: DemoServer) -> None:
    server.play({"status": 200, "body": {"error": {"code": 429, "message": "slow down"}}})

    assert (await ask(server.url)).end == FaultCode.RATE_LIMITED


async def test_a_captive_portal_is_no_reply(server: DemoServer) -> None:
    portal = "<html><script>x()</script><h1>Sign in to Wi-Fi</h1></html>"
    server.play({"status": 200, "headers": {"Content-Type": "text/html"}, "body": portal})

    error = (await ask(server.url)).error

    assert error is not None
    assert (error.code, error.detail) == (FaultCode.BROKEN, "Sign in to Wi-Fi")
    assert str(error) == "OpenRouter answered with a web page; the address may be wrong."


@pytest.mark.parametrize("kind", ["text/event-stream", "application/json", "text/plain"])
async def test_an_empty_200_is_an_empty_reply(server: DemoServer, kind: str) -> None:
    server.play({"status": 200, "headers": {"Content-Type": kind}, "body": ""})

    assert (await ask(server.url)).end == FaultCode.EMPTY


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_fault_in_mid_stream_keeps_what_was_said(server: DemoServer, is_done: bool) -> None:
    server.play({"text": "Hel"}, {"error": {"code": 502, "message": "gone"}}, *[{"done": True}] * is_done)

    outcome = await ask(server.url)

    assert (outcome.text, outcome.end) == ("Hel", FaultCode.OVERLOADED)
    assert outcome.error is not None
    assert outcome.error.detail == "gone [502]"


async def test_a_stream_that_ends_without_a_reason_was_cut(server: DemoServer) -> None:
    for ending in ([{"done": True}], [{"raw": "\n"}], [{"cut": True}], [{"reset": True}]):
        server.reset()
        server.play({"text": "Hel"}, {"wait": "read"}, *ending)
        outcome = asyncio.create_task(ask(server.url))
        await server.until(lambda: bool(server.calls) and server.calls[0].completion_tokens > 0)
        server.release("read")

        assert (await outcome).end == FaultCode.CUT, ending


async def test_a_connection_that_breaks_before_the_first_token_may_be_tried_again(server: DemoServer) -> None:
    for break_off in ("cut", "reset"):
        server.play({break_off: True})

        error = (await ask(server.url)).error

        assert error is not None
        assert (error.code, error.is_retryable) == (FaultCode.UNREACHABLE, True)
        assert str(error) == "OpenRouter cannot be reached."


async def test_a_connection_that_breaks_after_a_comment_was_cut_since_the_prompt_had_been_taken() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + b"d\r\n: keep-alive\n\r\n")
        await writer.drain()

    async with raw_server(say) as port:
        assert (await ask(f"http://127.0.0.1:{port}")).end == FaultCode.CUT


async def test_nobody_listens() -> None:
    async with raw_server(lambda reader, writer: asyncio.sleep(0)) as port:
        pass

    assert (await ask(f"http://127.0.0.1:{port}")).end == FaultCode.UNREACHABLE


@pytest.mark.parametrize(
    "address",
    ["http://[::1", "http://", "ftp://127.0.0.1", "http://127.0.0.1:99999"],
)
async def test_an_address_that_leads_nowhere_is_a_sentence(address: str) -> None:
    assert (await ask(address)).end == FaultCode.UNREACHABLE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        b"HTTP/1.1 2OO OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Header\r\n\r\n",
        b"\x15\x03",
    ],
)
async def test_what_is_not_http_is_a_sentence(answer: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    async with raw_server(say) as port:
        error = (await ask(f"http://127.0.0.1:{port}")).error

    assert error is not None
    assert error.code == FaultCode.UNREACHABLE


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
async def test_a_stream_without_length_ends_where_the_socket_does(end: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + (HELLO + STOP + b"data: [DONE]").replace(b"\n", end))

    async with raw_server(say) as port:
        outcome = await ask(f"http://127.0.0.1:{port}")

    assert (outcome.text, outcome.end) == ("Hello", Finish("stop"))


@pytest.mark.parametrize("piece", [b"x" * 65_536, b"data: " + b"x" * 60_000 + b"\n"])
async def test_an_endless_line_or_event_is_given_up(piece: bytes) -> None:
    sent = 0

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(OK + HELLO)
        while sent < 1 << 30:
            writer.write(piece)
            sent += len(piece)
            await writer.drain()

    before = psutil.Process().memory_info().rss
    async with raw_server(say) as port:
        outcome = await ask(f"http://127.0.0.1:{port}")

    assert (outcome.text, outcome.end) == ("Hello", FaultCode.BROKEN)
    assert sent < 32 << 20
    assert psutil.Process().memory_info().rss - before < 20 << 20


async def test_a_stream_without_end_is_stopped() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        while True:
            writer.write(HELLO * 100)
            await writer.drain()

    async with raw_server(say) as port:
        outcome = await ask(f"http://127.0.0.1:{port}")

    assert outcome.end == FaultCode.BROKEN
    assert len(outcome.text) < 400_000  # 64 characters for each of 4,096 tokens, and some


async def test_a_compressed_reply_is_refused_unread(server: DemoServer) -> None:
    server.play({"headers": {"Content-Encoding": "gzip"}}, {"text": "Hello"})

    error = (await ask(server.url)).error

    assert error is not None
    assert (error.code, error.detail) == (FaultCode.BROKEN, "Content-Encoding: gzip")
    assert str(error) == "OpenRouter sent a compressed answer, which was not asked for and is not read."
    assert server.calls[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("encoding", "status", "code"),
    [
        *(
            (encoding, status, code)
            for encoding in ("gzip", "deflate", "br", "zstd", "gzip, br", "GZIP")
            for status, code in ((200, FaultCode.BROKEN), (500, FaultCode.OVERLOADED))
        ),
        ("", 200, FaultCode.EMPTY),  # not one event in it
        ("", 500, FaultCode.OVERLOADED),
    ],
)
async def test_what_unpacks_to_a_gigabyte_takes_no_memory(
    encoding: str, status: int, code: FaultCode
) -> None:
    """A real bomb in each of its names, and in none, again and again."""
    name = f"Content-Encoding: {encoding}\r\n" if encoding else ""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: text/event-stream\r\n{name}Transfer-Encoding: chunked\r\n\r\n"
    )

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode())
        for _ in range(1_000):
            writer.write(b"%x\r\n" % len(BOMB) + BOMB + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    before = psutil.Process().memory_info().rss
    async with raw_server(say) as port:
        error = (await ask(f"http://127.0.0.1:{port}")).error

    assert error is not None
    assert error.code == code
    assert psutil.Process().memory_info().rss - before < 20 << 20


async def test_a_second_reply_uses_the_same_connection() -> None:
    connections = 0

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        body = HELLO + STOP + b"data: [DONE]\n\n"
        while True:
            await reader.readuntil(b"}")  # of the request's body, which holds no other
            writer.write(OK.replace(b"close", b"keep-alive")[:-2])
            writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            await reader.readuntil(b"\r\n\r\n")

    async with raw_server(say) as port:
        for _ in range(3):
            assert (await ask(f"http://127.0.0.1:{port}")).text == "Hello"
            await asyncio.sleep(0)

    assert connections == 1
