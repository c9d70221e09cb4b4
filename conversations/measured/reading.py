"""What a model did in a stretch of time, period by period and provider by provider: one query, however long ago."""

import uuid
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection

from accounts import windows
from conversations.measured import rollups, steps, sums
from conversations.measured.periods import Periods
from conversations.models import Model, ProviderKind

_NOTHING = Decimal(0)
_MILLION = 1_000_000


@dataclass(slots=True)
class TeamShare:
    """What one team asked for."""

    attempts: int = 0
    tokens: int = 0
    cost: Decimal = _NOTHING


@dataclass(slots=True)
class Measured:
    """Sums over attempts; what each counts is said in `measured.sums`."""

    attempts: int = 0
    judged: int = 0
    answered: int = 0
    stopped: int = 0
    prompt: int = 0
    cached: int = 0
    completion: int = 0
    reasoning: int = 0
    cost: Decimal = _NOTHING
    estimated: Decimal = _NOTHING
    part_cached: Decimal = _NOTHING
    part_new: Decimal = _NOTHING
    part_thinking: Decimal = _NOTHING
    part_answer: Decimal = _NOTHING
    waits: dict[int, int] = field(default_factory=dict)
    speeds: dict[int, int] = field(default_factory=dict)
    teams: dict[str, TeamShare] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        return (self.part_cached, self.part_new, self.part_thinking, self.part_answer)

    @property
    def tokens(self) -> tuple[int, int, int, int]:
        """By kind, in the strip's order."""
        return (
            self.cached,
            self.prompt - self.cached,
            self.reasoning,
            self.completion - self.reasoning,
        )

    @property
    def price_read(self) -> Decimal | None:
        """Dollars per 1M tokens read, cached ones included: what was paid, not what is asked."""
        return _per_million(self.part_cached + self.part_new, self.prompt)

    @property
    def price_written(self) -> Decimal | None:
        return _per_million(self.part_thinking + self.part_answer, self.completion)

    @property
    def price(self) -> Decimal | None:
        return _per_million(self.cost, self.prompt + self.completion)

    def wait(self, share: float) -> float | None:
        """Seconds to the first token that this share of answers did not exceed."""
        return steps.percentile(self.waits, share)

    def speed(self, share: float) -> float | None:
        """Tokens a second that this share of answers did not exceed."""
        return steps.percentile(self.speeds, share)

    def __iadd__(self, other: "Measured") -> "Measured":
        for name in sums.FIGURES:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        steps.add(self.waits, other.waits)
        steps.add(self.speeds, other.speeds)
        for team, share in other.teams.items():
            own = self.teams.setdefault(team, TeamShare())
            own.attempts += share.attempts
            own.tokens += share.tokens
            own.cost += share.cost
        return self


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured: each period of those asked for, each provider by slug, and all of it.

    The demo is left out of `whole` and `by_period`, unless nobody else ever answered: its text is scripted.
    """

    periods: Periods
    by_period: list[Measured]  # one for each period
    by_provider: dict[str, Measured]
    whole: Measured
    is_demo: bool


def read(model: Model, periods: Periods, *, provider: str | None = None, with_teams: bool = False) -> Found:
    """What the model did, at one provider or at all of them. Two queries."""
    rows = _rows(model.pk, periods, with_teams=with_teams)
    asked = {slug for _, slug, _ in rows}
    is_demo = provider == ProviderKind.DEMO or (provider is None and asked == {ProviderKind.DEMO.value})
    shown = {provider} if provider else asked if is_demo else asked - {ProviderKind.DEMO.value}
    by_period, by_provider = [Measured() for _ in periods.starts], dict[str, Measured]()
    for starts_at, slug, one in rows:
        total = by_provider.setdefault(slug, Measured())
        total += one
        if slug in shown:
            by_period[bisect_right(periods.starts, starts_at) - 1] += one
    whole = Measured()
    for slug in shown & asked:
        whole += by_provider[slug]
    return Found(periods, by_period, by_provider, whole, is_demo)


def _rows(model_id: uuid.UUID, periods: Periods, *, with_teams: bool) -> list[tuple[datetime, str, Measured]]:
    since = periods.starts[0]
    open_from = rollups.closed_until() or since
    live_from = max(open_from, since)
    # Whole days up to the open one, its hours, and what is not added up yet.
    hours_from = since if periods.unit == "hour" else max(since, windows.day_start(windows.day_of(open_from)))
    given = sums.values(
        unit="hour",
        since=live_from,
        until=periods.until,
        model=model_id,
        hours_from=hours_from,
        days_from=since,
    )
    with connection.cursor() as cursor:
        cursor.execute(_WITH_TEAMS if with_teams else _WITHOUT, given)
        return [(row[0], row[1], _measured(row[2:])) for row in cursor.fetchall()]


def _measured(row: Sequence[Any]) -> Measured:
    """A row's figures, in the order of sums.FIGURES, then its steps and teams."""
    *figures, waits, speeds, teams = row
    named: dict[str, Any] = dict(zip(sums.FIGURES, figures, strict=True))
    return Measured(
        **named | {name: int(named[name]) for name in sums.COUNTS},
        waits=steps.read(orjson.loads(waits)),
        speeds=steps.read(orjson.loads(speeds)),
        teams={
            team: TeamShare(attempts, tokens, Decimal(cost))
            for team, (attempts, tokens, cost) in orjson.loads(teams).items()
        },
    )


def _statement(teams: str) -> str:
    columns = f"starts_at, provider, {', '.join(sums.FIGURES)}, waits::text, speeds::text, {teams}"
    return f"""
        SELECT {columns} FROM conversations_measure
        WHERE model_id = %(model)s AND unit = 'day' AND starts_at >= %(days_from)s
          AND starts_at < least(%(hours_from)s, %(until)s)
        UNION ALL
        SELECT {columns} FROM conversations_measure
        WHERE model_id = %(model)s AND unit = 'hour' AND starts_at >= %(hours_from)s
          AND starts_at < least(%(since)s, %(until)s)
        UNION ALL
        SELECT {columns} FROM ({sums.SUMS}) live
    """  # noqa: S608 -- our own words only


_WITHOUT = _statement("'{}'")
_WITH_TEAMS = _statement("teams::text")


def _per_million(cost: Decimal, tokens: int) -> Decimal | None:
    return cost * _MILLION / tokens if tokens else None
