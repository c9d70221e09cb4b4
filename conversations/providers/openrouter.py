"""OpenRouter: one account, many hosts, the cost stated with every reply."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from conversations.providers import effort
from conversations.providers.base import Prompt
from conversations.providers.openai_compatible import OpenAICompatible

_TITLE = "Parley"  # how we are named in its lists; it needs a referer beside it
_LONGEST_SESSION = 256


class OpenRouter(OpenAICompatible):
    """Further switch: `provider`, an object of its routing preferences (`data_collection`, `only`, …).

    `reasoning_details` come with ReasoningDelta and are worth storing, but they are not sent back: only a
    conversation with tools needs them; without, DeepSeek's models drop them unread.
    """

    check_path = "/key"
    sends_stream_options = False  # usage always comes

    def dialect_for(self, prompt: Prompt) -> Mapping[str, Any]:
        fields = dict(
            effort.fields_for(self.endpoint.switches.get("sends_effort", "reasoning"), prompt.effort)
        )
        preferences = {**_price_limits(prompt), **self.endpoint.switches.get("provider", {})}
        if preferences:
            fields["provider"] = preferences
        if prompt.user_ref:
            fields["user"] = prompt.user_ref
        if prompt.conversation_ref:
            fields["session_id"] = prompt.conversation_ref[:_LONGEST_SESSION]
        return fields

    def headers(self) -> Mapping[str, str]:
        headers = {"X-OpenRouter-Title": _TITLE}
        if self.endpoint.referer:
            headers["HTTP-Referer"] = self.endpoint.referer
        return headers

    def upstream_id(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-generation-id", "")


def _price_limits(prompt: Prompt) -> Mapping[str, Any]:
    """What the money hold was made for is the most a host may ask: it is a hard filter at their end."""
    limits: dict[str, Decimal | None] = {
        "prompt": prompt.highest_input_price,
        "completion": prompt.highest_output_price,
    }
    known = {kind: float(price) for kind, price in limits.items() if price is not None}
    return {"max_price": known} if known else {}
