"""Whether the money is right, for administrators: what is held, what went over, what providers say."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import money, names
from accounts.models import (
    Books,
    EntryKind,
    LedgerEntry,
    Scope,
    SpendWindow,
    User,
    Window,
)
from accounts.usage import facts
from accounts.usage.facts import Span
from accounts.verification import IS_RELEASED, OLDEST_HOLD

# Our price list and a provider's own figures are expected to agree to this; beyond it somebody should look.
USUAL_DIFFERENCE = Decimal("0.05")
MOST_ROWS = 50
RECONCILED_DAYS = 7


@dataclass(frozen=True, slots=True)
class OpenHold:
    """Money set aside for a reply that is still being written, or ought to be."""

    person: str
    amount: str
    since: datetime
    age: str
    is_old: bool


@dataclass(frozen=True, slots=True)
class OverHold:
    """A reply for which a provider billed more than its bound: booked in full."""

    person: str
    held: str
    over: str
    at: datetime
    generation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One provider's day: what we booked, by where each figure comes from, and what our prices make of it."""

    day: date
    provider: str
    booked: str
    stated: str
    priced: str
    estimated: str
    by_our_prices: str  # of what the provider stated
    difference: str
    is_wide: bool


def open_holds(at: datetime | None = None) -> list[OpenHold]:
    """Every hold that nobody has released, oldest first. Three queries."""
    at = at or timezone.now()
    # Where nothing is held no hold is open: only the months that hold something are looked through.
    months = SpendWindow.objects.filter(scope=Scope.ORGANISATION, window=Window.MONTH).exclude(held=0)
    since = months.aggregate(since=Min("starts_at"))["since"]
    if since is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_OPEN_HOLDS, {"since": since, "most": MOST_ROWS})
        rows = cursor.fetchall()
    people = _names({user_id for user_id, _, _ in rows})
    return [
        OpenHold(
            person=people.get(user_id, _("somebody who is gone")),
            amount=money.format_worst(amount),
            since=made_at,
            age=_age(at - made_at),
            is_old=at - made_at > OLDEST_HOLD,
        )
        for user_id, amount, made_at in rows
    ]


_OPEN_HOLDS = f"""
    SELECT h.user_id, h.amount, h.created_at
    FROM accounts_ledgerentry h
    WHERE h.kind = 'hold' AND h.counted_at >= %(since)s AND NOT {IS_RELEASED}
    ORDER BY h.created_at
    LIMIT %(most)s
"""  # noqa: S608 -- our own words only


def charges_over_hold() -> list[OverHold]:
    """The latest replies that cost more than was held for them. Three queries."""
    entries = list(LedgerEntry.objects.filter(over__isnull=False).order_by("-created_at")[:MOST_ROWS])
    people = _names({entry.user_id for entry in entries})
    held = dict(
        LedgerEntry.objects.filter(
            generation_id__in=[entry.generation_id for entry in entries], kind=EntryKind.HOLD
        ).values_list("generation_id", "amount")
    )
    return [
        OverHold(
            person=people.get(entry.user_id, _("somebody who is gone")),
            held=money.format_worst(held.get(entry.generation_id, Decimal(0))),
            over=money.format_cost(entry.over or Decimal(0)),
            at=entry.created_at,
            generation_id=entry.generation_id or uuid.UUID(int=0),
        )
        for entry in entries
    ]


def reconciliation(last: date | None = None) -> list[Reconciled]:
    """Each provider's last seven days, the latest first. Four queries."""
    last = last or facts.today()
    since, until = facts.bounds_of(Span(last - timedelta(days=RECONCILED_DAYS - 1), last))
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILIATION, {"zone": facts.zone_name(), "since": since, "until": until})
        rows = cursor.fetchall()
    called = names.known()
    return [_reconciled(day, called.provider(slug), *sums) for day, slug, *sums in rows]


# From the entries themselves: only they have the rates that would have been applied. A correction counts at the
# instant of its charge, so that both are within these days; the last one says where the figure that stands comes from.
_RECONCILIATION = """
    WITH corrected AS (
        SELECT attempt_id, sum(amount) AS amount, (array_agg(source ORDER BY id DESC))[1] AS source
        FROM accounts_ledgerentry
        WHERE kind = 'correction' AND counted_at >= %(since)s AND counted_at < %(until)s
        GROUP BY attempt_id
    ), attempts AS (
        SELECT (e.counted_at AT TIME ZONE %(zone)s)::date AS day, e.details,
               e.amount + coalesce(c.amount, 0) AS booked, coalesce(c.source, e.source) AS source
        FROM accounts_ledgerentry e LEFT JOIN corrected c ON c.attempt_id = e.attempt_id
        WHERE e.kind = 'charge' AND e.counted_at >= %(since)s AND e.counted_at < %(until)s
    )
    SELECT day, coalesce(details->>'provider', '') AS provider, sum(booked),
           sum(booked) FILTER (WHERE source IN ('reported', 'looked_up')),
           sum(booked) FILTER (WHERE source = 'priced'),
           sum(booked) FILTER (WHERE source = 'estimated'),
           sum(((details->>'cached')::numeric * (details->'rates'->>'cache_read')::numeric
                + ((details->>'prompt')::numeric - (details->>'cached')::numeric)
                  * (details->'rates'->>'input')::numeric
                + (details->>'completion')::numeric * (details->'rates'->>'output')::numeric) / 1000000)
               FILTER (WHERE source IN ('reported', 'looked_up'))
    FROM attempts
    GROUP BY 1, 2
    HAVING sum(booked) <> 0
    ORDER BY 1 DESC, 2
"""


def last_check() -> dict[str, Any]:
    """When the books were last proved, and what was found."""
    books = Books.objects.filter(pk=1).first()
    return {
        "at": books.checked_at if books else None,
        "faults": books.faults if books else [],
        "open_from": books.open_from if books else None,
    }


def sentence(holds: list[OpenHold], check: dict[str, Any]) -> str:
    """How the books stand, in a sentence."""
    if check["faults"]:
        count = len(check["faults"])
        return ngettext(
            "The last check of the books found %(count)s fault.",
            "The last check of the books found %(count)s faults.",
            count,
        ) % {"count": count}
    old = sum(1 for hold in holds if hold.is_old)
    if old:
        return ngettext(
            "%(count)s hold is older than any reply.", "%(count)s holds are older than any reply.", old
        ) % {"count": old}
    if check["at"] is None:
        return _("The books have not been checked yet; it is done every night.")
    return _("Every counter is the sum of its entries, and every hold is accounted for.")


def _reconciled(
    day: date,
    provider: str,
    booked: Decimal,
    stated: Decimal | None,
    priced: Decimal | None,
    estimated: Decimal | None,
    by_prices: Decimal | None,
) -> Reconciled:
    share = (stated - by_prices) / by_prices if stated is not None and by_prices else None
    return Reconciled(
        day=day,
        provider=provider or _("unknown"),
        booked=money.format_cost(booked),
        stated=_or_dash(stated),
        priced=_or_dash(priced),
        estimated=money.marked(money.format_cost(estimated)) if estimated else "–",
        by_our_prices=_or_dash(by_prices),
        difference=f"{'+' if share > 0 else '−' if share < 0 else ''}{abs(share) * 100:.1f} %"
        if share is not None
        else "–",
        is_wide=share is not None and abs(share) > USUAL_DIFFERENCE,
    )


def _or_dash(amount: Decimal | None) -> str:
    return money.format_cost(amount) if amount else "–"


def _names(user_ids: set[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    return dict(
        User.objects.filter(pk__in=[one for one in user_ids if one]).values_list("pk", "display_name")
    )


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return _("under a minute")
    if minutes < 120:
        return f"{minutes} min"
    if minutes < 2880:
        return f"{minutes // 60} h"
    days = minutes // 1440
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
