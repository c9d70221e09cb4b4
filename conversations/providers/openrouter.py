"""OpenRouter: one account, many hosts, the cost stated with every reply."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from conversations.providers import effort, http, parsing
from conversations.providers.base import Prompt, Turn, UsageReport
from conversations.providers.openai_compatible import OpenAICompatible
from conversations.providers.usage import usage_of

_TITLE = "Parley"  # how we are named in its lists; it needs a referer beside it
_LONGEST_SESSION = 256


class OpenRouter(OpenAICompatible):
    """Further switches: `provider`, an object of its routing preferences (`data_collection`, `only`, …);
    `attribution`, true to be named, with our address, in its public lists of apps.

    `reasoning_details` come with ReasoningDelta. They go back with tools alone, as they came, and the text beside
    them: DeepSeek's models refuse the details without it. Without tools those models drop both unread.
    """

    check_path = "/key"
    can_look_up = True
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

    def reasoning_for(self, turn: Turn) -> Mapping[str, Any]:
        details = {"reasoning_details": list(turn.reasoning_details)} if turn.reasoning_details else {}
        return {"reasoning_content": turn.reasoning, **details}

    async def look_up(self, upstream_id: str) -> UsageReport | None:
        """As `base.Adapter.look_up`. A cancelled answer is known there too, seconds after its end."""
        path = f"/generation?{urlencode({'id': upstream_id})}"
        try:
            kept = parsing.parsed_exactly(await http.fetch(self.endpoint, self.clocks, path))["data"]
            return usage_of(_as_usage(kept))
        except (parsing.Unparseable, KeyError, TypeError, AttributeError):
            return None

    def headers(self) -> Mapping[str, str]:
        if not self.endpoint.switches.get("attribution") or not self.endpoint.referer:
            return {}
        return {"HTTP-Referer": self.endpoint.referer, "X-OpenRouter-Title": _TITLE}

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


def _as_usage(kept: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its record of an answer, under the names that its answers have."""
    return {
        "prompt_tokens": kept.get("native_tokens_prompt"),
        "prompt_tokens_details": {"cached_tokens": kept.get("native_tokens_cached")},
        "completion_tokens": kept.get("native_tokens_completion"),
        "completion_tokens_details": {"reasoning_tokens": kept.get("native_tokens_reasoning")},
        "cost": kept.get("total_cost"),
        "is_byok": kept.get("is_byok"),
        "cost_details": {"upstream_inference_cost": kept.get("upstream_inference_cost")},
    }
