"""The demo provider: what a person sees at a first start, and what tests and benchmarks drive."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conversations.generation.prompt import going_on
from conversations.providers import registry
from conversations.providers.base import Effort, Finish, ToolCallDelta, ToolOffer, Turn
from conversations.providers.demo import DemoServer
from conversations.providers.tool_calls import ToolCalls
from tests.house.processes import PATIENCE_SECONDS
from tests.providers.asking import QUESTION, ask

QUANTUM = replace(QUESTION, turns=(Turn("user", "Explain quantum computing in simple terms"),))


@pytest.fixture
async def demo() -> AsyncIterator[DemoServer]:
    """The demo as people meet it, only faster."""
    async with DemoServer(rate=0) as demo:
        yield demo
        await registry.close_all()


async def call(server: DemoServer, method: str, path: str, body: Any = None) -> httpx.Response:
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        return await client.request(method, server.origin + path, json=body)


# --- as people meet it -------------------------------------------------------------------------------------


async def test_it_thinks_then_answers_and_says_that_it_is_a_demo(demo: DemoServer) -> None:
    outcome = await ask(demo.url, kind="demo")

    assert outcome.reasoning.startswith("This is the demo's thinking: scripted")
    assert outcome.text.startswith("This is the demo model: scripted text, real plumbing.")
    assert outcome.end == Finish("stop")


async def test_it_shows_what_the_page_can_draw(demo: DemoServer) -> None:
    for prompt in (QUESTION, QUANTUM):
        text = (await ask(demo.url, kind="demo", prompt=prompt)).text

        for mark in ("\n## ", "\n1. ", "\n|---|", "\n```python\n", "$$", "> ", "](https://"):
            assert mark in text


async def test_it_quotes_the_first_words_of_the_question_and_no_markup(demo: DemoServer) -> None:
    question = "Is <b>this</b> [safe](javascript:x) `really`, \n\n# and what of **all** the rest of it?"

    text = (await ask(demo.url, prompt=replace(QUESTION, turns=(Turn("user", question),)))).text

    assert 'You wrote "Is bthis/b safejavascript:x really, and what of all…", and' in text


async def test_a_reply_that_was_cut_off_goes_on_where_it_broke_off(demo: DemoServer) -> None:
    whole = (await ask(demo.url, prompt=QUANTUM)).text
    written = whole[:700]

    rest = await ask(demo.url, prompt=replace(QUANTUM, turns=(*QUANTUM.turns, *going_on(written))))

    assert written + rest.text == whole
    assert rest.reasoning == ""


async def test_the_starter_has_an_answer_of_its_own(demo: DemoServer) -> None:
    text = (await ask(demo.url, prompt=QUANTUM)).text

    assert text.startswith("> This is the demo model: scripted text, real plumbing.")
    assert "qubits" in text


@pytest.mark.parametrize("effort", [Effort.OFF, Effort.LOW, Effort.HIGH])
async def test_it_thinks_as_hard_as_it_is_asked_to(demo: DemoServer, effort: Effort) -> None:
    outcome = await ask(demo.url, kind="demo", prompt=replace(QUANTUM, effort=effort))

    words = len(outcome.reasoning.split())
    assert {Effort.OFF: words == 0, Effort.LOW: 20 < words < 100, Effort.HIGH: words > 150}[effort]


async def test_at_a_sum_it_asks_to_calculate_where_it_may_and_says_what_came_of_it(demo: DemoServer) -> None:
    tool = ToolOffer("calculate", "", {})
    asked = replace(QUESTION, turns=(Turn("user", "What is 12.5 times 3?"),), tools=(tool,))
    first = await ask(demo.url, prompt=asked, kind="demo")
    calls = ToolCalls()
    for value in first.values:
        if isinstance(value, ToolCallDelta):
            calls.add(value)
    (call,) = calls.merged()
    told = (*asked.turns, Turn("assistant", "", tool_calls=(call,)), Turn("tool", "37.5", call_id=call.id))
    second = await ask(demo.url, prompt=replace(asked, turns=told), kind="demo")

    assert first.values[-1] == Finish("tool_calls")
    assert call.arguments == '{"expression":"12.5 × 3"}'
    assert second.text.startswith("That comes to **37.5**.")


async def test_it_obeys_max_tokens(demo: DemoServer) -> None:
    outcome = await ask(demo.url, kind="demo", prompt=replace(QUANTUM, max_tokens=20))

    assert outcome.end == Finish("length")
    assert outcome.text == ""
    assert outcome.usage is not None
    assert (outcome.usage.completion_tokens, outcome.usage.reasoning_tokens) == (20, 20)


async def test_the_history_counts_as_cached(demo: DemoServer) -> None:
    first = (await ask(demo.url, prompt=QUANTUM)).usage
    answer = (Turn("assistant", "word " * 400), Turn("user", "And now?"))
    second = (await ask(demo.url, prompt=replace(QUANTUM, turns=QUANTUM.turns + answer))).usage

    assert first is not None
    assert second is not None
    assert (first.cached_tokens, second.cached_tokens) == (0, 512)
    assert (second.prompt_tokens or 0) > 512


async def test_it_answers_whole_if_no_stream_is_wanted(demo: DemoServer) -> None:
    body = {"model": "x", "messages": [{"role": "user", "content": "Hi"}]}

    reply = (await call(demo, "POST", "/v1/chat/completions", body)).json()

    assert reply["choices"][0]["finish_reason"] == "stop"
    assert reply["choices"][0]["message"]["content"].startswith("This is the demo model")
    assert reply["usage"]["completion_tokens"] > 100


async def test_it_keeps_a_human_pace() -> None:
    took = []
    async with DemoServer(rate=400) as demo:
        for _ in range(3):  # the machine may stand still in one of them
            start = asyncio.get_running_loop().time()
            outcome = await ask(demo.url, prompt=replace(QUANTUM, max_tokens=100))
            took.append(asyncio.get_running_loop().time() - start)
            assert outcome.usage is not None
        await registry.close_all()

    assert 0.2 < min(took) < 2


@pytest.mark.parametrize("body", [None, [], {"messages": []}, {"messages": [7]}, {"messages": "x"}])
async def test_it_refuses_what_is_no_question(demo: DemoServer, body: Any) -> None:
    assert (await call(demo, "POST", "/v1/chat/completions", body)).status_code == 400


async def test_it_takes_no_scripts_and_keeps_no_log(demo: DemoServer) -> None:
    await ask(demo.url)

    for method, path in (("POST", "/script"), ("POST", "/release"), ("POST", "/reset"), ("GET", "/log")):
        assert (await call(demo, method, path)).status_code == 404
    assert demo.calls == []


# --- as tests drive it -------------------------------------------------------------------------------------


async def test_scripts_are_set_over_http(server: DemoServer) -> None:
    await call(
        server,
        "POST",
        "/script",
        {
            "default": [{"text": "default"}],
            "queue": [[{"text": "first"}], [{"text": "second"}]],
            "matches": [{"contains": "Grüße", "script": [{"text": "match"}]}],
        },
    )
    greeting = replace(QUESTION, turns=(Turn("user", "Viele Grüße"),))

    texts = [(await ask(server.url, prompt=prompt)).text for prompt in [QUESTION, greeting, *[QUESTION] * 3]]

    assert texts == ["first", "match", "second", "default", "default"]


async def test_the_log_tells_what_came_and_what_became_of_it(server: DemoServer) -> None:
    server.play({"tokens": 5})
    await ask(server.url)

    (logged,) = (await call(server, "GET", "/log")).json()["calls"]

    assert (logged["method"], logged["path"], logged["status"]) == ("POST", "/v1/chat/completions", 200)
    assert logged["body"]["messages"] == [{"role": "user", "content": "Hi"}]
    assert logged["headers"]["authorization"].startswith("Bearer sha256:")
    assert (logged["completion_tokens"], logged["left_at"]) == (5, None)
    assert logged["at"] <= logged["first_byte_at"] <= logged["ended_at"]


async def test_a_gate_holds_every_reply_until_it_is_released(server: DemoServer) -> None:
    server.play({"wait": "all here"}, {"text": "Hello"})
    replies = [asyncio.create_task(ask(server.url)) for _ in range(20)]
    await server.until(lambda: len(server.calls) == 20)
    assert not any(reply.done() for reply in replies)

    await call(server, "POST", "/release", {"gate": "all here"})

    assert {(await reply).text for reply in replies} == {"Hello"}


async def test_a_reset_forgets_everything(server: DemoServer) -> None:
    server.play({"text": "scripted"})
    await ask(server.url)

    await call(server, "POST", "/reset", {})

    assert server.calls == []
    assert (await ask(server.url)).text.startswith("This is the demo model")


@pytest.mark.parametrize(
    "wish", [{"default": [{"explode": 1}]}, {"default": [7]}, {"queue": ["x"]}, {"matches": [{}]}, [], "x"]
)
async def test_a_script_that_cannot_be_played_is_refused(server: DemoServer, wish: Any) -> None:
    assert (await call(server, "POST", "/script", wish)).status_code == 400


@pytest.mark.parametrize(
    "data",
    [b"\r\n\r\n", b"GET\r\n\r\n", b"\x15\x03\x01\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n"],
)
async def test_what_is_not_http_does_not_disturb_it(server: DemoServer, data: bytes) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(data)

    assert (await reader.read()).startswith(b"HTTP/1.1 4")
    writer.close()
    assert (await call(server, "GET", "/v1/models")).status_code == 200


# --- as a process ------------------------------------------------------------------------------------------


async def started(tmp_path: Path, *options: str) -> tuple[asyncio.subprocess.Process, str]:
    """The demo as a process, and its origin."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "conversations.providers.demo",
        "--port-file",
        str(tmp_path / "port"),
        *options,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert b"Demo provider at http://127.0.0.1:" in await process.stdout.readline()
    return process, f"http://127.0.0.1:{(tmp_path / 'port').read_text().strip()}"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_cleanly_even_in_mid_reply(tmp_path: Path, number: int) -> None:
    process, origin = await started(tmp_path)
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        body = {"messages": [{"role": "user", "content": "Hi"}], "stream": True}
        async with client.stream("POST", f"{origin}/v1/chat/completions", json=body) as reply:
            await anext(reply.aiter_bytes())
            process.send_signal(number)

            assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0


async def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    demo = f"-m conversations.providers.demo --with-parent --port-file {tmp_path / 'port'}"
    parent = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", f"'{sys.executable}' {demo} < /dev/null & wait"), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert b"Demo provider at" in await parent.stdout.readline()

    parent.kill()

    assert (
        await asyncio.wait_for(parent.stdout.read(), PATIENCE_SECONDS) == b""
    )  # the demo held the pipe's other end


async def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    process, _ = await started(tmp_path, "--with-parent")
    assert process.stdin is not None

    process.stdin.close()

    assert await asyncio.wait_for(process.wait(), PATIENCE_SECONDS) == 0
