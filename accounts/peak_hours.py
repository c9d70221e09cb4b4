"""Peak hours: stretches of the week, in UTC, in which a price has other rates.

A band is stored with its price as `{"days": [0, …], "from": "01:00", "to": "04:00", "input": "0.30", …}`,
Monday being 0. Rates it does not name are the price's own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

RATES = ("input", "cache_read", "cache_write", "output")

Band = Mapping[str, Any]

_MINUTES_PER_DAY = 24 * 60


def covers(band: Band, at: datetime) -> bool:
    """Whether the instant falls into the band; the minute it ends in is outside."""
    moment = at.astimezone(UTC)
    minute = moment.hour * 60 + moment.minute
    return moment.weekday() in band["days"] and _minute(band["from"]) <= minute < _minute(band["to"])


def checked(bands: Sequence[Band]) -> list[dict[str, Any]]:
    """The bands as they are stored. Raises ValueError when one cannot be read."""
    return [_checked(band) for band in bands]


def _checked(band: Band) -> dict[str, Any]:
    days = sorted(set(band["days"]))
    if not days or not all(isinstance(day, int) and 0 <= day <= 6 for day in days):
        raise ValueError(
            _("Days are numbers from 0 (Monday) to 6, not %(days)s.") % {"days": repr(band["days"])}
        )
    if _minute(band["from"]) >= _minute(band["to"]):
        raise ValueError(
            _("%(first)s to %(last)s is no stretch of one day; split it at 24:00.")
            % {"first": band["from"], "last": band["to"]}
        )
    rates = {name: str(_rate(band[name])) for name in RATES if band.get(name) is not None}
    return {"days": days, "from": band["from"], "to": band["to"], **rates}


def _rate(given: object) -> Decimal:
    try:
        rate = Decimal(str(given))
    except InvalidOperation:
        rate = Decimal(-1)
    if not rate.is_finite() or rate < 0:
        raise ValueError(_("%(given)s is not a price.") % {"given": repr(given)})
    return rate


def _minute(clock: str) -> int:
    if clock == "24:00":
        return _MINUTES_PER_DAY
    moment = time.fromisoformat(clock)
    return moment.hour * 60 + moment.minute
