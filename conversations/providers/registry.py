"""From a kind of provider to the adapter that speaks its dialect."""

from collections.abc import Mapping

from conversations.providers import pools
from conversations.providers.base import Adapter, Clocks, Endpoint
from conversations.providers.deepseek import DeepSeek
from conversations.providers.openai_compatible import OpenAICompatible
from conversations.providers.openrouter import OpenRouter
from conversations.providers.routeway import Routeway


class Demo(OpenAICompatible):
    """Our own server (`providers.demo`): it knows efforts."""

    sends_effort = True


_ADAPTERS: Mapping[str, type[OpenAICompatible]] = {
    "openrouter": OpenRouter,
    "routeway": Routeway,
    "deepseek": DeepSeek,
    "openai-compatible": OpenAICompatible,
    "demo": Demo,
}

# Where they are, unless an endpoint says otherwise.
BASE_URLS: Mapping[str, str] = {
    "openrouter": "https://openrouter.ai/api/v1",
    "routeway": "https://api.routeway.ai/v1",
    "deepseek": "https://api.deepseek.com",
}


def adapter_for(kind: str, endpoint: Endpoint, clocks: Clocks) -> Adapter:
    """The adapter for a provider of this kind. Cheap: connections are kept by address, not by adapter."""
    if kind not in _ADAPTERS:
        raise ValueError(f"{kind!r} is no kind of provider: expected one of {', '.join(_ADAPTERS)}.")
    return _ADAPTERS[kind](endpoint, clocks)


def can_look_up(kind: str) -> bool:
    """Whether a provider of this kind says afterwards what an answer took."""
    return kind in _ADAPTERS and _ADAPTERS[kind].can_look_up


async def close_all() -> None:
    """Close every connection of the running event loop. Replies still running end with an error."""
    await pools.close_all()
