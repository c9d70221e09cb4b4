"""How these tests ask a provider, and the raw servers that no HTTP library would let misbehave so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from conversations.providers import registry
from conversations.providers.base import (
    Clocks,
    Effort,
    Endpoint,
    Prompt,
    ProviderError,
    ProviderEvent,
    ReasoningDelta,
    TextDelta,
    Turn,
    UsageReport,
)

KEY = "sk-or-v1-0123456789abcdef0123456789abcdef"
QUESTION = Prompt(
    model="deepseek-v4-flash",
    turns=(Turn("user", "Hi"),),
    max_tokens=4096,
    effort=Effort.HIGH,
    user_ref="u_5f1c",
    conversation_ref="conv_91",
)


@dataclass
class Outcome:
    """Everything a reply gave, and how it ended."""

    values: list[ProviderEvent] = field(default_factory=list)
    error: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(value.text for value in self.values if isinstance(value, TextDelta))

    @property
    def reasoning(self) -> str:
        return "".join(value.text for value in self.values if isinstance(value, ReasoningDelta))

    @property
    def usage(self) -> UsageReport | None:
        return next((value for value in reversed(self.values) if isinstance(value, UsageReport)), None)

    @property
    def end(self) -> ProviderEvent | str | None:
        """The last value of a reply that went well; the code of one that did not."""
        return self.error.code if self.error else self.values[-1]


async def ask(
    url: str,
    *,
    kind: str = "openai-compatible",
    prompt: Prompt = QUESTION,
    clocks: Clocks | None = None,
    switches: Mapping[str, Any] | None = None,
) -> Outcome:
    """Stream one reply to its end."""
    endpoint = Endpoint("OpenRouter", url, KEY, switches=switches or {})
    outcome = Outcome()
    try:
        async for value in registry.adapter_for(kind, endpoint, clocks or Clocks()).stream(prompt):
            outcome.values.append(value)
    except ProviderError as error:
        outcome.error = error
    return outcome


@asynccontextmanager
async def raw_server(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], **options: Any
) -> AsyncIterator[int]:
    """A server of bytes: `answer` is called once the request's head is read. Gives the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client left, which some of these tests are about
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await registry.close_all()
