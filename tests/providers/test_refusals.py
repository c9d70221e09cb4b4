"""A status other than 200: what it is taken for, what the reader of the page is told, what the log keeps."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from conversations.providers import registry
from conversations.providers.base import Clocks, Endpoint, FaultCode, ProviderError
from conversations.providers.complaints import retry_after
from conversations.providers.demo import DemoServer
from tests.providers.asking import KEY, ask, raw_server

HTML = f"<html><head><style>a{{}}</style></head><body><h1>502</h1> nginx <!-- {KEY} --></body></html>"


async def refused(server: DemoServer, status: int, body: Any = "", **headers: str) -> ProviderError:
    server.play({"status": status, "headers": headers, "body": body})
    error = (await ask(server.url)).error
    assert error is not None
    return error


def message(words: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": words, **more}}


@pytest.mark.parametrize(
    ("status", "body", "code", "is_retryable", "sentence"),
    [
        (401, message("No"), FaultCode.REFUSED_KEY, False, "OpenRouter is refusing our key."),
        (402, message("Pay"), FaultCode.NO_CREDIT, False, "Our account at OpenRouter has no credit left."),
        (
            402,
            message("Wait", metadata={"reason": "in_flight_budget_exhausted"}),
            FaultCode.RATE_LIMITED,
            True,
            "OpenRouter takes no more requests from us just now.",
        ),
        (
            403,
            message("Flagged", metadata={"reasons": ["violence"], "flagged_input": "x"}),
            FaultCode.FORBIDDEN,
            False,
            "OpenRouter refused this message: it is against its rules.",
        ),
        (
            403,
            message("Key limit exceeded"),
            FaultCode.FORBIDDEN,
            False,
            "OpenRouter did not allow this request.",
        ),
        (
            403,
            message("Key limit exceeded", metadata={"limit_source": "key", "limit_usd": 5, "spend_usd": 5}),
            FaultCode.NO_CREDIT,
            False,
            "Our key at OpenRouter has used up the limit that is set for it there.",
        ),
        (
            400,
            message("x is not a valid model ID", availability={"code": "model_not_found"}),
            FaultCode.NOT_FOUND,
            False,
            "OpenRouter does not offer this model.",
        ),
        (404, message("x"), FaultCode.NOT_FOUND, False, "OpenRouter does not offer this model."),
        (
            404,
            message("No endpoints found that match"),
            FaultCode.NOT_FOUND,
            False,
            "OpenRouter knows nobody who runs this model within our limits of price and privacy.",
        ),
        (400, message("bad"), FaultCode.BAD_REQUEST, False, "OpenRouter did not accept the request."),
        (
            400,
            message("maximum context length is 8192 tokens"),
            FaultCode.TOO_LONG,
            False,
            "This conversation is longer than the model can read.",
        ),
        (
            400,
            message("x", type="exceed_context_size_error"),
            FaultCode.TOO_LONG,
            False,
            "This conversation is longer than the model can read.",
        ),
        (413, "", FaultCode.TOO_LONG, False, "This conversation is longer than the model can read."),
        (
            422,
            {"detail": [{"msg": "x"}]},
            FaultCode.BAD_REQUEST,
            False,
            "OpenRouter did not accept the request.",
        ),
        (  # DeepSeek's shape
            402,
            message("Insufficient Balance", type="unknown_error", param=None, code="invalid_request_error"),
            FaultCode.NO_CREDIT,
            False,
            "Our account at OpenRouter has no credit left.",
        ),
        (  # Routeway's
            422,
            message("Too many input tokens", status_code=422, id="b3fca8a1"),
            FaultCode.TOO_LONG,
            False,
            "This conversation is longer than the model can read.",
        ),
        (
            429,
            message("You exceeded your quota", code="insufficient_quota"),
            FaultCode.NO_CREDIT,
            False,
            "Our account at OpenRouter has no credit left.",
        ),
        (
            429,
            [message("x")],
            FaultCode.RATE_LIMITED,
            True,
            "OpenRouter takes no more requests from us just now.",
        ),
        (408, "", FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (500, HTML, FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (503, "no", FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (502, HTML, FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (504, "", FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (524, "", FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (529, {"error": "busy"}, FaultCode.OVERLOADED, True, "OpenRouter is overloaded or out of order."),
        (201, "", FaultCode.BAD_REQUEST, False, "OpenRouter did not accept the request."),
    ],
)
async def test_each_refusal_has_its_sentence(
    server: DemoServer, status: int, body: Any, code: FaultCode, is_retryable: bool, sentence: str
) -> None:
    error = await refused(server, status, body)

    assert (error.code, error.is_retryable, error.status) == (code, is_retryable, status)
    assert str(error) == sentence


@pytest.mark.parametrize(
    ("wait", "words"),
    [("0.2", "a second"), ("40", "40 seconds"), ("150", "3 minutes"), ("10000", "3 hours")],
)
async def test_who_says_how_long_to_wait_is_quoted(server: DemoServer, wait: str, words: str) -> None:
    said = {}
    for status in (429, 503, 529):
        said[status] = str(await refused(server, status, message("slow down"), **{"Retry-After": wait}))

    overloaded = f"OpenRouter is overloaded or out of order. Try again in {words}."
    assert said == {
        429: f"OpenRouter takes no more requests from us just now. Try again in {words}.",
        503: overloaded,
        529: overloaded,
    }


async def test_the_log_gets_the_providers_words_without_markup_or_key(server: DemoServer) -> None:
    error = await refused(
        server, 502, HTML.replace("<!--", "key").replace("-->", ""), **{"Content-Type": "text/html"}
    )

    assert error.detail == "502 nginx key [key]"
    assert KEY not in str(error) + error.detail + repr(error)


async def test_the_log_gets_the_words_of_the_host_behind_the_provider(server: DemoServer) -> None:
    metadata = {"provider_name": "Novita", "raw": "out of memory", "error_type": "provider_unavailable"}

    error = await refused(server, 502, message("Provider returned error", code=502, metadata=metadata))

    assert error.detail == "Provider returned error [provider_unavailable] Novita out of memory"


async def test_an_endless_error_body_is_cut_short() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 500 No\r\nConnection: close\r\n\r\n")
        while True:
            writer.write(b"<p>" * 10_000)
            await writer.drain()

    async with raw_server(say) as port:
        error = (await ask(f"http://127.0.0.1:{port}")).error

    assert error is not None
    assert error.code == FaultCode.OVERLOADED
    assert len(error.detail) <= 300


async def test_an_error_body_that_never_comes_does_not_hide_the_status() -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 401 No\r\nContent-Length: 10\r\n\r\n")
        await reader.read()

    async with raw_server(say) as port:
        outcome = await ask(f"http://127.0.0.1:{port}", clocks=Clocks(first_data=2.5))

    assert outcome.end == FaultCode.REFUSED_KEY


# --- waiting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("0", 0),
        ("-1", 0),
        ("1000000000", 86_400),
        ("1e400", 86_400),
        ("nan", None),
        ("soon", None),
        ("Sun, 99 Nov 2026 00:00:00 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
    ],
)
async def test_retry_after_is_read_with_care(server: DemoServer, header: str, seconds: float | None) -> None:
    error = await refused(server, 429, **{"Retry-After": header})

    assert error.retry_after == seconds


def test_retry_after_may_be_a_date() -> None:
    seconds = retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))

    assert seconds is not None
    assert 50 < seconds <= 60


async def test_the_wait_may_stand_beside_the_message(server: DemoServer) -> None:
    error = await refused(server, 429, message("slow", availability={"retryable": True, "retry_after": 9}))

    assert error.retry_after == 9


async def test_without_the_header_the_wait_may_stand_in_the_body(server: DemoServer) -> None:
    body = message("x", metadata={"availability": {"retry_after": 12}})

    assert (await refused(server, 429, body)).retry_after == 12
    assert (await refused(server, 429, message("x"))).retry_after is None


# --- redirects and the environment -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(server: DemoServer, status: int) -> None:
    async with DemoServer(scripted=True) as elsewhere:
        error = await refused(server, status, Location=f"{elsewhere.url}/chat/completions")

        assert elsewhere.calls == []
    assert (error.code, error.is_retryable) == (FaultCode.UNREACHABLE, False)
    assert "redirect" in str(error)


async def test_proxies_and_netrc_of_the_environment_are_not_used(
    server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with DemoServer(scripted=True) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.origin)
        server.play({"text": "Hello"})

        assert (await ask(server.url)).text == "Hello"
        assert proxy.calls == []


async def test_cookies_are_not_kept(server: DemoServer) -> None:
    server.play({"headers": {"Set-Cookie": "session=1; Path=/"}}, {"text": "Hello"})

    await ask(server.url)
    await ask(server.url)

    assert "cookie" not in server.calls[1].headers


# --- checking a key ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("openrouter", "/v1/key"),
        ("routeway", "/v1/models"),
        ("deepseek", "/v1/models"),
        ("openai-compatible", "/v1/models"),
        ("demo", "/v1/models"),
    ],
)
async def test_a_check_asks_what_costs_nothing(server: DemoServer, kind: str, path: str) -> None:
    adapter = registry.adapter_for(kind, Endpoint("OpenRouter", server.url, KEY), Clocks())

    await adapter.check()

    assert [(call.method, call.path, call.body) for call in server.calls] == [("GET", path, None)]


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ({"status": 401, "body": {"error": {"message": "No"}}}, FaultCode.REFUSED_KEY),
        ({"status": 302, "headers": {"Location": "/"}}, FaultCode.UNREACHABLE),
        ({"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<h1>Hi"}, FaultCode.BROKEN),
        ({"cut": True}, FaultCode.UNREACHABLE),
    ],
)
async def test_a_check_says_what_is_wrong(server: DemoServer, step: dict[str, Any], code: FaultCode) -> None:
    server.play(check=[step])
    adapter = registry.adapter_for("openrouter", Endpoint("OpenRouter", server.url, KEY), Clocks())

    with pytest.raises(ProviderError) as caught:
        await adapter.check()

    assert caught.value.code == code


def test_a_kind_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of provider"):
        registry.adapter_for("carrier-pigeon", Endpoint("x", "", ""), Clocks())
