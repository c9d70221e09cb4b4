"""Whether providers bill what our prices say: their own cost beside their own count × our price. One query."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import money
from accounts.models import CostSource
from accounts.usage import price_book

RECENT = timedelta(days=7)
TOLERATED = Decimal("0.01")  # of our price
# Providers round their cost; what differs by less than this says nothing about a price.
_TOO_LITTLE = Decimal("0.0000001")

# The same sum as `pricing.cost_of`, for a week of attempts at once; materialised, or it is made anew wherever it is
# named: ten times as slow.
_BILLED = """
    WITH told AS MATERIALIZED (
        SELECT provider, provider_name, upstream_model, cost, (
            cached_tokens * (price->>'cache_read')::numeric
            + cache_write_tokens * (price->>'cache_write')::numeric
            + (prompt_tokens - cached_tokens - cache_write_tokens) * (price->>'input')::numeric
            + completion_tokens * (price->>'output')::numeric
        ) / 1000000 AS ours
        FROM conversations_attempt
        WHERE started_at > %(since)s AND cost_source = ANY(%(stated)s) AND price->>'is_billed' = 'true'
            AND prompt_tokens > 0 AND cached_tokens IS NOT NULL AND cache_write_tokens IS NOT NULL
            AND completion_tokens IS NOT NULL
    ), judged AS MATERIALIZED (
        SELECT *, abs(cost - ours) > greatest(ours * %(tolerated)s, %(too_little)s) AS is_off,
               cost / nullif(ours, 0) AS times
        FROM told
    )
    SELECT provider, max(provider_name), upstream_model, count(*), count(*) FILTER (WHERE is_off),
           sum(cost) FILTER (WHERE is_off), sum(ours) FILTER (WHERE is_off),
           max(times) FILTER (WHERE is_off), min(times) FILTER (WHERE is_off)
    FROM judged GROUP BY provider, upstream_model HAVING bool_or(is_off)
    ORDER BY abs(sum(cost - ours) FILTER (WHERE is_off)) DESC
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """A route whose bills and price differ by more than 1 %, of replies that the provider stated a cost for."""

    provider: str
    provider_name: str
    upstream_model: str
    told: int  # replies with a stated cost
    off: int  # of them, those that differ
    billed: Decimal  # of those, by the provider
    ours: Decimal  # and by our price
    most: Decimal | None  # times our price; None where that was nothing
    least: Decimal | None

    @property
    def anchor(self) -> str:
        """Where its price stands in the book."""
        return price_book.anchor_of(self.provider, self.upstream_model)

    @property
    def _worst(self) -> Decimal:
        times = [times for times in (self.most, self.least) if times is not None]
        return max(times, key=lambda one: abs(one - 1), default=Decimal(1))

    @property
    def sentence(self) -> str:
        """How many, by how much, and the worst of them."""
        return ngettext(
            "%(provider)s billed %(share)s in %(off)s of %(told)s reply by %(model)s in the last 7 days: "
            "%(billed)s, by our price %(ours)s.",
            "%(provider)s billed %(share)s in %(off)s of %(told)s replies by %(model)s in the last 7 days: "
            "%(billed)s, by our price %(ours)s. The worst: %(worst)s.",
            self.told,
        ) % {
            "provider": self.provider_name,
            "model": self.upstream_model,
            "off": f"{self.off:,}",
            "told": f"{self.told:,}",
            "share": _against(self.billed, self.ours),
            "billed": money.format_cost(self.billed),
            "ours": money.format_cost(self.ours),
            "worst": _against(self._worst, Decimal(1)),
        }


def differences(at: datetime | None = None) -> list[Difference]:
    """The routes to look at, the most money first; none when every bill is what our price says."""
    values: dict[str, Any] = {
        "since": (at or timezone.now()) - RECENT,
        "stated": [CostSource.REPORTED.value, CostSource.LOOKED_UP.value],
        "tolerated": TOLERATED,
        "too_little": _TOO_LITTLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BILLED, values)
        return [Difference(*row) for row in cursor.fetchall()]


def _against(billed: Decimal, ours: Decimal) -> str:
    if not ours:
        return _("where our price says nothing")
    share = (abs(billed - ours) * 100 / ours).quantize(Decimal("0.1"))
    words = _("%(share)s %% more than our price") if billed > ours else _("%(share)s %% less than our price")
    return words % {"share": f"{share:f}"}
