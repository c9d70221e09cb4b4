"""The worst a call can cost, exactly: what a hold is made of."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from accounts.money import PICO
from accounts.pricing import Rates

_NOTHING = Decimal(0)
_PER_MILLION = -6  # as a power of ten
_EXACT = 60  # digits: nothing is rounded before the sum is


@dataclass(frozen=True, slots=True)
class CostBound:
    """The worst a call can cost: its input, and a price for each token it may write."""

    input_cost: Decimal
    output_price: Decimal  # of one token
    max_tokens: int
    useful_tokens: int  # fewer are not worth starting

    @classmethod
    def at(cls, rates: Rates, *, input_tokens: int, max_tokens: int, useful_tokens: int) -> "CostBound":
        """The bound at these rates, every input token of the dearest kind; nothing if not billed."""
        given = max(rates.input, rates.cache_read, rates.cache_write) if rates.is_billed else _NOTHING
        produced = rates.output if rates.is_billed else _NOTHING
        with localcontext(prec=_EXACT):
            return cls(
                input_cost=(input_tokens * given).scaleb(_PER_MILLION),
                output_price=produced.scaleb(_PER_MILLION),
                max_tokens=max_tokens,
                useful_tokens=useful_tokens,
            )

    def cost(self, tokens: int) -> Decimal:
        """The worst cost of writing this many tokens, rounded up to the last place."""
        with localcontext(prec=_EXACT):
            return (self.input_cost + tokens * self.output_price).quantize(PICO, ROUND_CEILING)

    def tokens_within(self, room: Decimal) -> int:
        """How many tokens, `max_tokens` at most, have a worst cost that fits; negative when none do."""
        if self.cost(self.max_tokens) <= max(room, _NOTHING):
            return self.max_tokens
        if not self.output_price:
            return -1
        with localcontext(prec=_EXACT):
            fitting = ((room - self.input_cost) / self.output_price).to_integral_value(ROUND_FLOOR)
        return min(self.max_tokens, int(fitting))
