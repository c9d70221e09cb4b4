"""What tokens cost: the price in force at an instant, and exact sums at that price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from django.db.models import Q

from accounts import peak_hours
from accounts.models import Price
from accounts.money import PICO

COMPATIBLE = "openai-compatible"
DEMO = "demo"  # its price is shown, and nothing is billed
DEMO_SOURCE = "demo price, not billed"  # of its first row; pages say it in their reader's language
# A server of anybody's that runs this model is priced as OpenRouter's, until its own price is set.
FLASH_NAMES = frozenset(
    {"deepseek-v4-flash", "deepseek/deepseek-v4-flash", "deepseek-flash", "deepseek-ai/deepseek-v4-flash"}
)
FLASH_AT_OPENROUTER = ("openrouter", "deepseek/deepseek-v4-flash")

_PER_MILLION = -6  # as a power of ten
_EXACT = 60  # digits: a sum of products of NUMERIC(20,12) and a token count never rounds at this


@dataclass(frozen=True, slots=True)
class Rates:
    """Dollars per 1M tokens of each kind. A copy of it stays with whatever was priced by it."""

    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal
    is_billed: bool  # False: sums are shown, nothing is held or charged
    price_id: str
    source: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {name: str(getattr(self, name)) for name in peak_hours.RATES}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Rates":
        return cls(**(dict(stored) | {name: Decimal(stored[name]) for name in peak_hours.RATES}))


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call used, cleaned: cached and written tokens are part of the prompt, and reasoning of the
    completion, whatever a provider says.
    """

    prompt: int = 0
    cached: int = 0
    cache_write: int = 0
    completion: int = 0
    reasoning: int = 0

    def __post_init__(self) -> None:
        prompt, completion = max(0, self.prompt), max(0, self.completion)
        cached = min(max(0, self.cached), prompt)
        cleaned = {
            "prompt": prompt,
            "cached": cached,
            "cache_write": min(max(0, self.cache_write), prompt - cached),
            "completion": completion,
            "reasoning": min(max(0, self.reasoning), completion),
        }
        for name, value in cleaned.items():
            object.__setattr__(self, name, value)

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            cache_write=self.cache_write + other.cache_write,
            completion=self.completion + other.completion,
            reasoning=self.reasoning + other.reasoning,
        )

    @property
    def new(self) -> int:
        """Prompt tokens that were not read from the cache, those written to it included."""
        return self.prompt - self.cached

    @property
    def answer(self) -> int:
        return self.completion - self.reasoning

    @property
    def total(self) -> int:
        return self.prompt + self.completion


@dataclass(frozen=True, slots=True)
class CostSplit:
    """A cost by what it was for; the parts add up to it exactly."""

    cached: Decimal
    new: Decimal
    thinking: Decimal
    answer: Decimal

    def __add__(self, other: "CostSplit") -> "CostSplit":
        return CostSplit(*map(Decimal.__add__, self.parts, other.parts))

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        return (self.cached, self.new, self.thinking, self.answer)

    @property
    def total(self) -> Decimal:
        return sum(self.parts, Decimal(0))


def rates_at(provider: str, upstream_model: str, at: datetime) -> Rates | None:
    """The price in force at an instant, peak hours applied; None when there is none."""
    price = _price_at(provider, upstream_model, at)
    return _in_force(price, at) if price else None


def rates_and_dearest(provider: str, upstream_model: str, at: datetime) -> tuple[Rates, Rates] | None:
    """The price in force, and the highest rate of each kind at any hour of the week: what a hold is made for."""
    price = _price_at(provider, upstream_model, at)
    return (_in_force(price, at), _dearest(price)) if price else None


def cost_of(tokens: Tokens, rates: Rates) -> Decimal:
    """What the tokens cost at these rates, rounded once, to the 12th place."""
    with localcontext(prec=_EXACT):
        return sum(_costs(tokens, rates), Decimal(0)).quantize(PICO, ROUND_HALF_EVEN)


def charge_of(tokens: Tokens, rates: Rates) -> Decimal:
    """What is booked for them: `cost_of`, or nothing where the price is not billed."""
    return cost_of(tokens, rates) if rates.is_billed else Decimal(0)


def cost_by_kind(tokens: Tokens, rates: Rates) -> CostSplit:
    """`cost_of`, by kind."""
    return CostSplit(*apportion(cost_of(tokens, rates), _costs(tokens, rates), PICO))


def split_reported(total: Decimal, tokens: Tokens, rates: Rates | None) -> CostSplit:
    """A provider's total, by kind: in proportion to our rates, or to the tokens where we have none."""
    weights = _costs(tokens, rates) if rates else ()
    if not any(weights):
        weights = tuple(map(Decimal, (tokens.cached, tokens.new, tokens.reasoning, tokens.answer)))
    if not any(weights):
        weights = tuple(map(Decimal, (0, 0, 0, 1)))
    return CostSplit(*apportion(total, weights, PICO))


def apportion(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """`total` in parts proportional to the weights, each a multiple of `step`, that add up to it exactly.

    What rounding down leaves goes to the largest remainders. `total` is a multiple of `step`, not negative.
    """
    with localcontext(prec=_EXACT):
        whole = sum(weights, Decimal(0))
        if not whole:
            return [Decimal(0) for _ in weights]
        steps = [total * weight / whole / step for weight in weights]
        given = [share.to_integral_value(ROUND_FLOOR) for share in steps]
        missing = int((total / step).to_integral_value() - sum(given))
        by_remainder = sorted(range(len(steps)), key=lambda i: (given[i] - steps[i], i))
        for index in by_remainder[:missing]:
            given[index] += 1
        return [count * step for count in given]


def _price_at(provider: str, upstream_model: str, at: datetime) -> Price | None:
    in_force = Q(valid_from__lte=at) & (Q(valid_to=None) | Q(valid_to__gt=at))
    youngest_first = Price.objects.filter(in_force).order_by("-valid_from", "-created_at")
    price = youngest_first.filter(provider=provider, upstream_model=upstream_model).first()
    if price is None and provider == COMPATIBLE and upstream_model.lower() in FLASH_NAMES:
        slug, name = FLASH_AT_OPENROUTER
        price = youngest_first.filter(provider=slug, upstream_model=name).first()
    return price


def _in_force(price: Price, at: datetime) -> Rates:
    bands = [band for band in price.bands if peak_hours.covers(band, at)]
    return _rates(price, bands[0] if bands else {})


def _dearest(price: Price) -> Rates:
    every = [_rates(price, band) for band in ({}, *price.bands)]
    highest = {name: max(getattr(rates, name) for rates in every) for name in peak_hours.RATES}
    return Rates(**highest, is_billed=price.is_billed, price_id=str(price.pk), source=price.source)


def _rates(price: Price, band: Mapping[str, Any]) -> Rates:
    def rate(name: str, otherwise: Decimal | None) -> Decimal | None:
        return Decimal(band[name]) if name in band else otherwise

    given = rate("input", price.input) or Decimal(0)
    read, write = rate("cache_read", price.cache_read), rate("cache_write", price.cache_write)
    return Rates(
        input=given,
        cache_read=given if read is None else read,
        cache_write=given if write is None else write,
        output=rate("output", price.output) or Decimal(0),
        is_billed=price.is_billed,
        price_id=str(price.pk),
        source=price.source,
    )


def _costs(tokens: Tokens, rates: Rates) -> tuple[Decimal, ...]:
    """By kind as in CostSplit, unrounded. Written tokens are new ones at another rate."""
    with localcontext(prec=_EXACT):
        unwritten = tokens.new - tokens.cache_write
        return (
            (tokens.cached * rates.cache_read).scaleb(_PER_MILLION),
            (unwritten * rates.input + tokens.cache_write * rates.cache_write).scaleb(_PER_MILLION),
            (tokens.reasoning * rates.output).scaleb(_PER_MILLION),
            (tokens.answer * rates.output).scaleb(_PER_MILLION),
        )
