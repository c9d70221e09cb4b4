"""`python -m tests.interop`: stream from the LiteLLM proxy through our adapter, then ask through all of Parley.

With `--keep` the proxy stays up until Enter, and the line to start Parley with is printed.
"""

import asyncio
import sys

from conversations.providers import registry
from conversations.providers.base import (
    Clocks,
    Effort,
    Endpoint,
    Finish,
    Prompt,
    ProviderError,
    Started,
    TextDelta,
    Turn,
    UsageReport,
)
from tests.interop import proxy, whole


def main() -> None:
    if not proxy.is_installed():
        _say(f"Installing {proxy.REQUIREMENT} in {proxy.PLACE}; this takes about two minutes …")
    version = proxy.install()
    _say(f"Starting the LiteLLM proxy {version} …")
    with proxy.running() as server:
        asyncio.run(_compare(server))
        _say("Starting Parley on it …")
        reply = whole.answer_through(server)
        _expect("the reply's state", reply["status"], "done")
        _expect("the reply's text", reply["text"], server.answer)
        _say(f"✓ its cost: {reply['tally']['cost']} ({reply['tally']['source']})")
        if "--keep" in sys.argv:
            _say(
                f"OPENAI_COMPATIBLE_BASE_URL={server.base_url} OPENAI_COMPATIBLE_API_KEY={server.key} "
                f"OPENAI_COMPATIBLE_MODEL={server.model} OPENAI_COMPATIBLE_PRICE=0.14/0.03/0.28 make run"
            )
            input("Enter stops the proxy. ")


async def _compare(server: proxy.Proxy) -> None:
    endpoint = Endpoint("LiteLLM", server.base_url, server.key)
    adapter = registry.adapter_for("openai-compatible", endpoint, Clocks())
    await adapter.check()
    _say("✓ The key is accepted.")

    prompt = Prompt(server.model, (Turn("user", "Hello"),), 1000, Effort.HIGH, "u_1", "c_1")
    values = [value async for value in adapter.stream(prompt)]
    text = "".join(value.text for value in values if isinstance(value, TextDelta))
    _expect("text", text, server.answer)
    _expect("end", values[-1], Finish("stop"))
    started = next(value for value in values if isinstance(value, Started))
    _expect("model", started.model, server.model)
    usage = [value for value in values if isinstance(value, UsageReport)][-1]
    _expect("tokens counted", bool(usage.prompt_tokens and usage.completion_tokens), True)
    _say(f"  {usage}")

    stranger = Endpoint("LiteLLM", server.base_url, "sk-not-the-key-0123456789abcdef0123456789")
    try:
        await registry.adapter_for("openai-compatible", stranger, Clocks()).check()
    except ProviderError as error:  # without a database of its own it answers 400 rather than 401
        _say(f"✓ a wrong key: {error.code}: {error} ({error.detail})")
    else:
        raise SystemExit("✗ a wrong key was accepted")
    await registry.close_all()


def _expect(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise SystemExit(f"✗ {what}: expected {expected!r}, found {found!r}")
    _say(f"✓ {what}: {found}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
