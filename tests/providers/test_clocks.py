"""The clocks: to connect, to the first data, between data, for all of it. All of them short here."""

import asyncio
import contextlib
import socket
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from conversations.providers import http, registry
from conversations.providers.base import Clocks, Endpoint, FaultCode, ProviderError, TextDelta
from conversations.providers.clock import Clock
from conversations.providers.demo import DemoServer
from tests.providers.asking import QUESTION, ask, raw_server

# Longer than this process may stand still, where something is to come in time; and short, where nothing comes.
IN_TIME = 60.0
SHORT = Clocks(connect=IN_TIME, first_data=0.2, next_data=0.2, whole_turn=IN_TIME)
KEEP_ALIVE: list[Mapping[str, Any]] = [
    step for _ in range(100) for step in ({"comment": "k"}, {"sleep": 0.02})
]
DRIP: list[Mapping[str, Any]] = [step for _ in range(100) for step in ({"raw": "x"}, {"sleep": 0.02})]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([{"wait": "never"}], id="accept and silence"),
        pytest.param([{"begin": True}, {"wait": "never"}], id="headers and silence"),
        pytest.param(KEEP_ALIVE, id="comments for ever"),
        pytest.param([{"raw": "data: "}, *DRIP], id="one byte at a time"),
        pytest.param([{"raw": "\n\n"}, *KEEP_ALIVE], id="blank lines"),
    ],
)
async def test_the_first_data_must_come_in_time(server: DemoServer, script: list[Mapping[str, Any]]) -> None:
    server.play(*script)

    error = (await ask(server.url, clocks=SHORT)).error

    assert error is not None
    assert (error.code, error.is_retryable) == (FaultCode.STALLED, True)
    assert str(error) == "OpenRouter did not begin to answer within 0.2 seconds."
    await server.until(lambda: all(call.left_at is not None for call in server.calls))


@pytest.mark.parametrize("silence", [[{"wait": "never"}], KEEP_ALIVE, DRIP])
async def test_silence_between_data_is_limited(server: DemoServer, silence: list[Mapping[str, Any]]) -> None:
    server.play({"text": "Hello"}, *silence)

    outcome = await ask(server.url, clocks=replace(SHORT, first_data=IN_TIME))

    assert (outcome.text, outcome.end) == ("Hello", FaultCode.STALLED)
    assert str(outcome.error) == "OpenRouter fell silent for 0.2 seconds."


async def test_a_slow_but_steady_reply_goes_on(server: DemoServer) -> None:
    server.play({"tokens": 40, "rate": 10})  # all of it takes longer than a silence may

    outcome = await ask(server.url, clocks=Clocks(first_data=IN_TIME, next_data=3))

    assert outcome.text == " word" * 40


async def test_the_whole_reply_is_limited(server: DemoServer) -> None:
    server.play({"tokens": 1000, "rate": 50})

    outcome = await ask(server.url, clocks=Clocks(whole_turn=3))

    assert outcome.text
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.is_retryable) == (FaultCode.STALLED, False)
    assert str(outcome.error) == "The reply took longer than 3 seconds and was ended."


async def test_a_connection_that_is_never_accepted_is_given_up() -> None:
    with contextlib.ExitStack() as stack:
        deaf = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(8):  # fill what the kernel accepts by itself
            plug = stack.enter_context(socket.socket())
            plug.setblocking(False)
            plug.connect_ex(deaf.getsockname())

        outcome = await ask(
            f"http://127.0.0.1:{deaf.getsockname()[1]}", clocks=Clocks(connect=0.2, first_data=IN_TIME)
        )
        await registry.close_all()

    assert outcome.end == FaultCode.UNREACHABLE


async def test_the_readers_own_time_is_not_counted(server: DemoServer) -> None:
    server.play({"text": "a"}, {"wait": "more"}, {"text": "b"})
    endpoint = Endpoint("Demo", server.url, "")
    clocks = Clocks(first_data=IN_TIME, next_data=2.5)
    texts = []

    async for value in registry.adapter_for("demo", endpoint, clocks).stream(QUESTION):
        if isinstance(value, TextDelta):
            texts.append(value.text)
            await asyncio.sleep(3)  # longer than the silence allowed
            server.release("more")

    assert texts == ["a", "b"]


async def test_a_list_is_waited_for_as_long_as_whoever_asks_for_it_says() -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the client leaves

    async with raw_server(say_nothing) as port:
        endpoint = Endpoint("Scripted", f"http://127.0.0.1:{port}/v1", "")
        with pytest.raises(ProviderError) as told:
            await http.fetch(endpoint, Clocks(first_data=0.2), "/models")

    assert str(told.value) == "Scripted did not begin to answer within 0.2 seconds."


async def test_a_list_without_end_is_given_up() -> None:
    sent = 0

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[")
        while True:
            writer.write(b"1," * 32_768)
            sent += 65_536
            await writer.drain()

    async with raw_server(say) as port:
        endpoint = Endpoint("Scripted", f"http://127.0.0.1:{port}/v1", "")
        with pytest.raises(ProviderError) as told:
            await http.fetch(endpoint, Clocks(), "/models", most=1 << 20)
        await http.check(endpoint, Clocks(), "/models")

    assert str(told.value) == "Scripted sent more than anybody would read."
    assert sent < 64 << 20


async def test_a_clock_never_cancels_what_is_not_a_wait() -> None:
    clock = Clock(1)
    with clock:
        await asyncio.sleep(0)

    await asyncio.sleep(1.1)

    with pytest.raises(TimeoutError), clock:
        await asyncio.sleep(10)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_clock_lets_a_real_cancellation_through() -> None:
    async def wait() -> None:
        with Clock(IN_TIME):
            await asyncio.sleep(IN_TIME)

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_clock_that_is_moved_on_does_not_strike() -> None:
    clock = Clock(IN_TIME)
    for _ in range(10):
        clock.allow(2)
        with clock:
            await asyncio.sleep(0.3)  # ten times as much is too much for one clock that is not moved on
    clock.allow(0.05)

    with pytest.raises(TimeoutError), clock:
        await asyncio.sleep(10)
    assert not clock.is_over
    clock.stop()
