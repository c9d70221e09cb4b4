"""What a list would change in the price book, row by row, before anything is changed."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from accounts import peak_hours
from accounts.actions import prices
from accounts.models import Price
from accounts.price_lists.reading import Offer


@dataclass(frozen=True, slots=True)
class Change:
    """One model of the list beside its price in force (None = it has none)."""

    offer: Offer
    before: Price | None

    @property
    def is_same(self) -> bool:
        """True when the book says this already."""
        before = self.before
        return (
            before is not None
            and not self.offer.fault
            and all(getattr(before, name) == getattr(self.offer, name) for name in peak_hours.RATES)
            and _comparable(before.bands) == _comparable(self.offer.bands)
        )

    @property
    def can_be_taken(self) -> bool:
        return not self.offer.fault and not self.is_same

    @property
    def jumps(self) -> list[str]:
        """The rates that would go up or down more than tenfold, from the book's or at some hour from their own."""
        return [] if self.offer.fault else [name for name in peak_hours.RATES if self._jumps(name)]

    def _jumps(self, name: str) -> bool:
        before, after = getattr(self.before, name, None), getattr(self.offer, name)
        peaks = [Decimal(band[name]) for band in self.offer.bands if name in band]
        return prices.is_jump(before, after) or any(prices.is_jump(after, peak) for peak in peaks)


def changes(provider: str, offers: Sequence[Offer], *, of: Collection[str], at: datetime) -> list[Change]:
    """Those of these names, by name. One query."""
    wanted = [offer for offer in offers if offer.name in of]
    before = in_force(provider, at)
    found = [Change(offer, before.get(offer.name)) for offer in wanted]
    return sorted(found, key=lambda change: change.offer.name)


def in_force(provider: str, at: datetime) -> dict[str, Price]:
    """What a provider's models cost at an instant, by their names there."""
    rows = Price.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at), provider=provider, valid_from__lte=at
    ).order_by("valid_from", "created_at")
    return {row.upstream_model: row for row in rows}


def book_state(found: Sequence[Change]) -> str:
    """A mark of the prices that a preview was made against: another one means that it is out of date."""
    lines = [f"{one.offer.name} {one.before.pk if one.before else ''}" for one in found]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _comparable(bands: Sequence[peak_hours.Band]) -> list[object]:
    """Bands in any order, their rates as numbers: "0.30" is 0.3."""
    return sorted(
        (
            (
                tuple(band["days"]),
                band["from"],
                band["to"],
                *(
                    str(Decimal(str(band[name])).normalize()) if name in band else ""
                    for name in peak_hours.RATES
                ),
            )
            for band in bands
        ),
        key=str,
    )
