"""What the calls of one reply came to together: those that were paid for."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import add

from accounts import pricing
from accounts.models import CostSource
from accounts.pricing import CostSplit, Rates, Tokens
from conversations.models import Attempt


@dataclass(frozen=True, slots=True)
class Settled:
    """`last` is the call that wrote the end of the reply: who answered, at which price."""

    tokens: Tokens
    split: CostSplit
    cost: Decimal
    is_estimated: bool
    last: Attempt

    @classmethod
    def of_one(cls, attempt: Attempt) -> "Settled":
        """One call by itself."""
        return cls(
            tokens=attempt.tokens,
            split=split_of(attempt),
            cost=attempt.cost or Decimal(0),
            is_estimated=attempt.cost_source == CostSource.ESTIMATED,
            last=attempt,
        )

    def __add__(self, other: "Settled") -> "Settled":
        return Settled(
            tokens=self.tokens + other.tokens,
            split=self.split + other.split,
            cost=self.cost + other.cost,
            is_estimated=self.is_estimated or other.is_estimated,
            last=other.last,
        )


def sum_of(attempts: Sequence[Attempt]) -> Settled | None:
    """None where nothing was used. Calls that failed before their first token cost nothing and are passed by."""
    settled = [one for one in attempts if one.cost is not None and one.cost_source != CostSource.NOTHING]
    return reduce(add, map(Settled.of_one, settled)) if settled else None


def split_of(attempt: Attempt) -> CostSplit:
    """One call's cost by what it was for."""
    rates = Rates.from_json(attempt.price)
    if attempt.cost_source in (CostSource.REPORTED, CostSource.LOOKED_UP):
        return pricing.split_reported(attempt.cost or Decimal(0), attempt.tokens, rates)
    return pricing.cost_by_kind(attempt.tokens, rates)
