"""The worst a call can cost, exactly: what a hold is made of."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from accounts.money import PICO

_NOTHING = Decimal(0)
_EXACT = 60  # digits: nothing is rounded before the sum is


@dataclass(frozen=True, slots=True)
class CostBound:
    """The worst a call can cost: its input, and a price for each token it may write."""

    input_cost: Decimal
    output_price: Decimal  # of one token
    max_tokens: int
    useful_tokens: int  # fewer are not worth starting

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
