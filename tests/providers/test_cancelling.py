"""Whoever stops reading closes the connection: that is what tells a provider to stop, and to stop billing."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from conversations.providers import pools, registry
from conversations.providers.base import Clocks, Endpoint, FaultCode, ProviderEvent, TextDelta
from conversations.providers.demo import DemoServer
from tests.providers.asking import QUESTION, ask, raw_server

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
HELLO = b'data: {"choices":[{"delta":{"content":"Hello"}}]}\n\n'


def reply_from(url: str) -> AsyncGenerator[ProviderEvent, None]:
    return registry.adapter_for("openai-compatible", Endpoint("X", url, "key"), Clocks()).stream(QUESTION)


async def first_text(reply: AsyncGenerator[ProviderEvent, None]) -> str:
    async for value in reply:
        if isinstance(value, TextDelta):
            return value.text
    return ""


async def test_closing_the_reply_closes_the_socket(server: DemoServer) -> None:
    server.play({"text": "a"}, {"wait": "never"})
    reply = reply_from(server.url)
    assert await first_text(reply) == "a"

    await reply.aclose()

    await server.until(lambda: server.calls[0].left_at is not None)


async def test_what_was_written_until_then_would_be_billed(server: DemoServer) -> None:
    server.play({"tokens": 3}, {"wait": "never"}, {"tokens": 100})
    reply = reply_from(server.url)
    await first_text(reply)
    await server.until(lambda: server.calls[0].completion_tokens == 3)

    await reply.aclose()

    await server.until(lambda: server.calls[0].left_at is not None)
    assert server.calls[0].usage()["completion_tokens"] == 3


@pytest.mark.parametrize(
    "script", [[{"wait": "never"}], [{"begin": True}, {"wait": "never"}], [{"text": "a"}, {"wait": "never"}]]
)
async def test_cancelling_the_task_closes_the_socket(
    server: DemoServer, script: list[dict[str, str]]
) -> None:
    server.play(*script)
    task = asyncio.create_task(ask(server.url))
    await server.until(lambda: bool(server.calls))

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    await server.until(lambda: server.calls[0].left_at is not None)


async def test_a_provider_that_goes_on_writing_meets_a_closed_socket() -> None:
    closed = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        try:
            while True:
                writer.write(HELLO)
                await writer.drain()
                await asyncio.sleep(0.001)
        finally:
            closed.set()

    async with raw_server(say) as port:
        reply = reply_from(f"http://127.0.0.1:{port}")
        await first_text(reply)
        await reply.aclose()
        await asyncio.wait_for(closed.wait(), 60)


async def test_a_stuck_provider_does_not_block_another(server: DemoServer) -> None:
    async with DemoServer(scripted=True) as stuck:
        stuck.play({"wait": "never"})
        waiting = [asyncio.create_task(ask(stuck.url)) for _ in range(150)]
        await stuck.until(lambda: len(stuck.calls) == 150)
        server.play({"text": "Hello"})

        assert (await ask(server.url)).text == "Hello"

        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


# --- over TLS ----------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Iterator[Path]:
    """A key and its own certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    yield path
    pools.tls_context.cache_clear()


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_closing_the_reply_closes_a_tls_connection_too(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    pools.tls_context.cache_clear()
    closed = asyncio.Event()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + HELLO)
        await writer.drain()
        await reader.read()
        closed.set()

    async with raw_server(say, ssl=tls(certificate)) as port:
        reply = reply_from(f"https://localhost:{port}")
        assert await first_text(reply) == "Hello"
        await reply.aclose()
        await asyncio.wait_for(closed.wait(), 60)


@pytest.mark.parametrize("is_aborted", [False, True])
async def test_a_tls_connection_that_ends_in_mid_reply_is_a_cut_and_never_an_end(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, is_aborted: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    pools.tls_context.cache_clear()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + HELLO)
        await writer.drain()
        await reader.readuntil(
            b"}"
        )  # of the request's body, so that nothing of it is left to reset the connection
        if is_aborted:
            writer.transport.abort()

    async with raw_server(say, ssl=tls(certificate)) as port:
        outcome = await ask(f"https://localhost:{port}")

    assert (outcome.text, outcome.end) == ("Hello", FaultCode.CUT)


async def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + HELLO)

    async with raw_server(say, ssl=tls(certificate)) as port:
        outcome = await ask(f"https://localhost:{port}")

    assert outcome.end == FaultCode.UNREACHABLE
