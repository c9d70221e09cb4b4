"""What an attempt cost, from the best source there is."""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from accounts import pricing
from accounts.ledger import Charge
from accounts.models import CostSource
from accounts.pricing import Rates, Tokens
from conversations.models import Attempt
from conversations.providers.base import UsageReport

# For estimates only, where the provider stopped counting: prose and code of V4's tokenizer.
ESTIMATED_BYTES_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Received:
    """What came of an attempt, for its price. `prompt_bytes` is the prompt's text as UTF-8.

    `is_accepted`: the provider had the prompt and may bill it, though nothing came of it.
    """

    usage: UsageReport | None
    text: str
    reasoning: str
    prompt_bytes: int
    is_accepted: bool


def settle(attempt: Attempt, received: Received) -> Charge:
    """Fill the attempt's tokens, cost and source (unsaved), and say what to charge.

    Order of truth: the provider's cost; its count times the price in force at the start; an estimate of whatever
    it did not count, where it had the prompt; nothing where it had not.
    """
    usage, rates = received.usage, Rates.from_json(attempt.price)
    wrote = bool(received.text or received.reasoning)
    if usage is not None and usage.prompt_tokens and (usage.completion_tokens or not wrote):
        tokens, source = tokens_of(usage), CostSource.PRICED
    elif wrote or received.is_accepted:
        tokens, source = _estimated(usage or UsageReport(), received), CostSource.ESTIMATED
    else:
        tokens, source = Tokens(), CostSource.NOTHING
    cost = pricing.cost_of(tokens, rates)
    if usage is not None and usage.cost is not None and rates.is_billed:
        cost, source = usage.cost, CostSource.REPORTED
    attempt.tokens, attempt.cost, attempt.cost_source = tokens, cost, source
    return Charge(
        attempt_id=attempt.pk,
        amount=cost if rates.is_billed else Decimal(0),
        source=source,
        details={
            "provider": attempt.provider,
            "model": attempt.served_model or attempt.upstream_model,
            "prompt": tokens.prompt,
            "cached": tokens.cached,
            "completion": tokens.completion,
            "reasoning": tokens.reasoning,
            "rates": attempt.price,
        },
    )


def tokens_of(usage: UsageReport) -> Tokens:
    """What a provider counted."""
    return Tokens(
        prompt=usage.prompt_tokens or 0,
        cached=usage.cached_tokens or 0,
        cache_write=usage.cache_write_tokens or 0,
        completion=usage.completion_tokens or 0,
        reasoning=usage.reasoning_tokens or 0,
    )


def _estimated(usage: UsageReport, received: Received) -> Tokens:
    """What the provider counted, and for the rest the usual ratio of bytes to tokens."""
    thought = _tokens_in(len(received.reasoning.encode()))
    return Tokens(
        prompt=usage.prompt_tokens or _tokens_in(received.prompt_bytes),
        cached=usage.cached_tokens or 0,
        cache_write=usage.cache_write_tokens or 0,
        completion=usage.completion_tokens or thought + _tokens_in(len(received.text.encode())),
        reasoning=usage.reasoning_tokens or thought,
    )


def _tokens_in(size: int) -> int:
    return ceil(size / ESTIMATED_BYTES_PER_TOKEN)
