"""What was spent, added up by day, person, team, provider and model: every page of money reads it here.

Charges and corrections count on the day of their hold, in BUDGET_TIME_ZONE, as they do in the counters.
Closed days are read from SpendDay, those that are open from the entries (`accounts.rollups`).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts import pricing, windows
from accounts.models import Books

_NOTHING = Decimal(0)


class By(StrEnum):
    """What sums are made by; the values are the columns."""

    DAY = "day"
    PERSON = "user_id"
    TEAM = "team_id"
    PROVIDER = "provider"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose spending, on what; None = everybody's, on anything. `team` NO_TEAM = what people paid themselves."""

    user: uuid.UUID | None = None
    team: uuid.UUID | None = None
    provider: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What one group comes to. `parts` are the spent amount by kind, as in CostSplit."""

    key: tuple[Any, ...] = ()
    spent: Decimal = _NOTHING
    replies: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0
    parts: tuple[Decimal, ...] = field(default=(_NOTHING,) * 4)
    saved: Decimal = _NOTHING  # what the cached tokens would have cost more, read anew
    estimated: Decimal = _NOTHING  # of `spent`: what nobody has stated yet
    reported: Decimal = _NOTHING  # of `spent`: the provider's own figures
    unbilled: int = 0  # of `replies`: the demo's

    @property
    def is_estimated(self) -> bool:
        """A sum that holds an estimate is one."""
        return self.estimated != 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(
            self.key,
            self.spent + other.spent,
            self.replies + other.replies,
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.reasoning + other.reasoning,
            tuple(a + b for a, b in zip(self.parts, other.parts, strict=True)),
            self.saved + other.saved,
            self.estimated + other.estimated,
            self.reported + other.reported,
            self.unbilled + other.unbilled,
        )


# NULL team: paid by the person's own budget.
NO_TEAM = uuid.UUID(int=0)

_SUMS = (
    "sum(spent), sum(replies), sum(prompt), sum(cached), sum(completion), sum(reasoning),"
    " sum(part_cached), sum(part_new), sum(part_thinking), sum(part_answer), sum(saved),"
    " sum(estimated), sum(reported), coalesce(sum(replies) FILTER (WHERE provider = %(demo)s), 0)::bigint"
)


def sums(*by: By, span: Span, of: Of | None = None) -> list[Sum]:
    """Sums of these days, dearest group first; without `by` one sum, or none when nothing was spent. Two queries."""
    keys = ", ".join(by)
    where, values = _conditions(of or Of())
    group = f"GROUP BY {keys}" if by else "HAVING count(*) > 0"
    sql = (
        f"WITH facts AS ({_CLOSED} UNION ALL SELECT {_COLUMNS} FROM ({FACTS}) live)"  # noqa: S608 -- our own words only
        f" SELECT {keys + ',' if keys else ''} {_SUMS} FROM facts"
        f" WHERE {where} {group} ORDER BY sum(spent) DESC, sum(replies) DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _span_values(span) | values)
        return [_sum(row, len(by)) for row in cursor.fetchall()]


def total(found: Sequence[Sum]) -> Sum:
    """All of these together."""
    return sum(found, Sum())


def today() -> date:
    """The day it is in BUDGET_TIME_ZONE."""
    return windows.day_of(timezone.now())


def zone_name() -> str:
    """BUDGET_TIME_ZONE, as Postgres knows it."""
    return windows.zone().key


def bounds_of(span: Span) -> tuple[datetime, datetime]:
    """From which instant on, and up to but not with which, the days are."""
    return start_of_day(span.first), start_of_day(span.last + timedelta(days=1))


def start_of_day(day: date) -> datetime:
    """Its midnight in BUDGET_TIME_ZONE."""
    return windows.day_start(day)


# Whether a charge `e` is that of a reply: titles and trials are paid for, and are nobody's replies; nor are calls that
# went on, nor those of which nothing came.
IS_A_REPLY = "e.kind = 'charge' AND e.source <> 'nothing' AND NOT e.details ?| array['helper', 'goes_on']"

# Live entries, one row each. A correction speaks of its charge: it has that one's provider, model and shares.
FACTS = f"""
    SELECT e.id, (e.counted_at AT TIME ZONE %(zone)s)::date AS day, e.user_id, e.team_id,
           coalesce(d.details->>'provider', '') AS provider, coalesce(d.details->>'model', '') AS model,
           e.amount AS spent,
           ({IS_A_REPLY})::int AS replies,
           d.is_charge * t.prompt AS prompt, d.is_charge * t.cached AS cached,
           d.is_charge * t.completion AS completion, d.is_charge * t.reasoning AS reasoning,
           e.amount * w.cached / w.total AS part_cached, e.amount * w.new / w.total AS part_new,
           e.amount * w.thinking / w.total AS part_thinking, e.amount * w.answer / w.total AS part_answer,
           CASE WHEN r.is_billed THEN d.is_charge * t.cached * (r.input - r.cache_read) / 1000000 ELSE 0 END
               AS saved,
           CASE WHEN e.source = 'estimated' THEN e.amount + b.amount ELSE 0 END
               - CASE WHEN b.source = 'estimated' THEN b.amount ELSE 0 END AS estimated,
           CASE WHEN e.source IN ('reported', 'looked_up') THEN e.amount + b.amount ELSE 0 END
               - CASE WHEN b.source IN ('reported', 'looked_up') THEN b.amount ELSE 0 END AS reported
    FROM accounts_ledgerentry e
    -- No key, no look-up: most entries are charges themselves.
    LEFT JOIN accounts_ledgerentry c
        ON c.key = CASE WHEN e.kind = 'correction' THEN 'charge:' || e.attempt_id END
    CROSS JOIN LATERAL (SELECT coalesce(c.details, e.details) AS details,
                               (e.kind = 'charge')::int AS is_charge) d
    -- What a correction takes the place of.
    CROSS JOIN LATERAL (SELECT coalesce((e.details->>'before')::numeric, 0) AS amount,
                               e.details->>'before_source' AS source) b
    CROSS JOIN LATERAL (SELECT coalesce((d.details->>'prompt')::bigint, 0) AS prompt,
                               coalesce((d.details->>'cached')::bigint, 0) AS cached,
                               coalesce((d.details->>'completion')::bigint, 0) AS completion,
                               coalesce((d.details->>'reasoning')::bigint, 0) AS reasoning) t
    CROSS JOIN LATERAL (SELECT coalesce((d.details->'rates'->>'input')::numeric, 0) AS input,
                               coalesce((d.details->'rates'->>'cache_read')::numeric, 0) AS cache_read,
                               coalesce((d.details->'rates'->>'output')::numeric, 0) AS output,
                               coalesce((d.details->'rates'->>'is_billed')::boolean, true) AS is_billed) r
    CROSS JOIN LATERAL (SELECT t.cached * r.cache_read AS cached, (t.prompt - t.cached) * r.input AS new,
                               t.reasoning * r.output AS thinking,
                               (t.completion - t.reasoning) * r.output AS answer) raw
    -- Without rates all of it counts as answer.
    CROSS JOIN LATERAL (SELECT raw.cached, raw.new, raw.thinking,
                               CASE WHEN raw.cached + raw.new + raw.thinking + raw.answer > 0
                                    THEN raw.answer ELSE 1 END AS answer,
                               CASE WHEN raw.cached + raw.new + raw.thinking + raw.answer > 0
                                    THEN raw.cached + raw.new + raw.thinking + raw.answer ELSE 1 END AS total) w
    WHERE e.kind IN ('charge', 'correction')
      AND e.counted_at >= %(live_from)s AND e.counted_at < %(live_to)s
"""  # noqa: S608 -- our own words only


_COLUMNS = (
    "day, user_id, team_id, provider, model, spent, replies, prompt, cached, completion, reasoning,"
    " part_cached, part_new, part_thinking, part_answer, saved, estimated, reported"
)
_CLOSED = (
    f"SELECT {_COLUMNS} FROM accounts_spendday"  # noqa: S608 -- our own words only
    " WHERE day BETWEEN %(first)s AND %(last)s AND day < %(open)s"
)


def _span_values(span: Span) -> dict[str, Any]:
    start, end = bounds_of(span)
    since = Books.objects.filter(pk=1).values_list("open_from", flat=True).first()
    return {
        "zone": zone_name(),
        "demo": pricing.DEMO,
        "live_from": max(start, since) if since else start,
        "live_to": end,
        "first": span.first,
        "last": span.last,
        "open": windows.day_of(since) if since else date.min,
    }


def _conditions(of: Of) -> tuple[str, dict[str, Any]]:
    wanted, values = ["true"], {}
    for column, value in (
        (By.PERSON, of.user),
        (By.TEAM, of.team),
        (By.PROVIDER, of.provider),
        (By.MODEL, of.model),
    ):
        if value == NO_TEAM:
            wanted.append(f"{column} IS NULL")
        elif value is not None:
            wanted.append(f"{column} = %({column})s")
            values[str(column)] = value
    return " AND ".join(wanted), values


def _sum(row: Sequence[Any], keys: int) -> Sum:
    spent, replies, prompt, cached, completion, reasoning, *rest = row[keys:]
    return Sum(
        tuple(row[:keys]),
        spent,
        int(replies),
        int(prompt),
        int(cached),
        int(completion),
        int(reasoning),
        tuple(rest[:4]),
        *rest[4:],
    )
