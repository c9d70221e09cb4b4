"""What a provider says a reply took, in any of the shapes they use, without believing the impossible."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from conversations.providers.base import UsageReport

_MOST_TOKENS = 2**31 - 1  # what the attempt's row can hold; a thousand times any context there is
_MOST_DOLLARS = Decimal(100_000)
_LEAST_DOLLARS = Decimal("1e-24")  # what is less cannot be meant, nor be reckoned with


def usage_of(usage: Mapping[str, Any]) -> UsageReport | None:
    """The report in a `usage` object, or None if nothing in it can be used.

    Fractions in it must be Decimals (`parsing.parsed_exactly`) for the cost to be exact. A count that is
    negative, fractional or absurd is unknown, not zero.
    """
    of_prompt = _mapping(usage.get("prompt_tokens_details"))
    of_completion = _mapping(usage.get("completion_tokens_details"))
    report = UsageReport(
        prompt_tokens=_tokens(usage.get("prompt_tokens")),
        cached_tokens=_first(usage.get("prompt_cache_hit_tokens"), of_prompt.get("cached_tokens")),
        cache_write_tokens=_first(
            of_prompt.get("cache_write_tokens"), usage.get("cache_creation_input_tokens")
        ),
        completion_tokens=_tokens(usage.get("completion_tokens")),
        reasoning_tokens=_first(of_completion.get("reasoning_tokens"), usage.get("reasoning_tokens")),
        cost=_cost(usage),
    )
    return None if report == UsageReport() else report


def _cost(usage: Mapping[str, Any]) -> Decimal | None:
    """Dollars for everything. With a key of our own behind OpenRouter (`is_byok`), `cost` is only its fee:
    the host's charge comes on top, and a fee alone would be an understatement."""
    cost = _dollars(usage.get("cost"))
    if cost is None or usage.get("is_byok") is not True:
        return cost
    charge = _dollars(_mapping(usage.get("cost_details")).get("upstream_inference_cost"))
    return None if charge is None else cost + charge


def _first(*values: Any) -> int | None:
    return next((tokens for tokens in map(_tokens, values) if tokens is not None), None)


def _tokens(value: Any) -> int | None:
    if type(value) is int and 0 <= value <= _MOST_TOKENS:  # `type`: True is an int to isinstance
        return value
    return None


def _dollars(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= _MOST_DOLLARS:
        return None
    return amount if amount >= _LEAST_DOLLARS else Decimal(0)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
