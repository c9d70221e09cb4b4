"""What administrators see of spending: one table, cut as they like, each row leading on to the next cut."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import names
from accounts.models import Team, User
from accounts.usage import facts, mine, pace
from accounts.usage.facts import NO_TEAM, By, Of, Span, Sum

CUTS = {"person": By.PERSON, "team": By.TEAM, "model": By.MODEL, "provider": By.PROVIDER, "day": By.DAY}
LABELS = {
    "person": gettext_lazy("Person"),
    "team": gettext_lazy("Team"),
    "model": gettext_lazy("Model"),
    "provider": gettext_lazy("Provider"),
    "day": gettext_lazy("Day"),
}
# Where a row leads: what one asks next.
_NEXT = {"person": "model", "team": "person", "model": "person", "provider": "model", "day": "person"}
_GONE = gettext_lazy("somebody who is gone")
_THEMSELVES = gettext_lazy("no team: people’s own budgets")
_EARLIEST = date(2020, 1, 1)
# Rows shown; all the rest are one line, and stand in the file.
MOST_ROWS = 100


class NoSuchSlice(Exception):
    """An address that asks for what there is not."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What an address asks for: a month or a day of it, of whom, on what, and cut how."""

    month: Span
    day: date | None
    of: Of
    by: str

    @property
    def span(self) -> Span:
        return Span(self.day, self.day) if self.day else self.month

    def address(self, **changed: str | None) -> str:
        """The query that asks for this, with something else in it; None takes it out."""
        asked = {
            "by": self.by,
            "month": f"{self.month.first:%Y-%m}",
            "day": self.day.isoformat() if self.day else None,
            "person": str(self.of.user) if self.of.user else None,
            "team": str(self.of.team) if self.of.team else None,
            "provider": self.of.provider,
            "model": self.of.model,
        } | changed
        return "?" + urlencode({name: value for name, value in asked.items() if value is not None})


def slice_of(asked: dict[str, str]) -> Slice:
    """The slice an address asks for. Raises NoSuchSlice for what makes no sense."""
    try:
        day = date.fromisoformat(asked["day"]) if asked.get("day") else None
        first = date.fromisoformat(f"{asked['month']}-01") if asked.get("month") else day or facts.today()
        of = Of(
            user=uuid.UUID(asked["person"]) if asked.get("person") else None,
            team=uuid.UUID(asked["team"]) if asked.get("team") else None,
            provider=_text(asked.get("provider")),
            model=_text(asked.get("model")),
        )
    except ValueError:
        raise NoSuchSlice from None
    by = asked.get("by") or "person"
    month = pace.month_of(first)
    if by not in CUTS or not _EARLIEST <= month.first <= facts.today() or (day and not _is_in(day, month)):
        raise NoSuchSlice
    return Slice(month, day, of, by)


def sums_of(asked: Slice) -> list[Sum]:
    """The slice's groups, dearest first; days by date."""
    found = facts.sums(CUTS[asked.by], span=asked.span, of=asked.of)
    return sorted(found, key=lambda one: one.key, reverse=True) if asked.by == "day" else found


def table(asked: Slice, found: Sequence[Sum]) -> list[dict[str, Any]]:
    """The slice's dearest rows, each with its name, its figures and where it leads. Three queries at most.

    A model goes by what people call it and, as `slug`, by what its provider calls it: several may be one and the same.
    """
    shown = found[:MOST_ROWS]
    called = names_of(asked.by, (one.key[0] for one in shown))
    rows = []
    for one in shown:
        key = one.key[0]
        value = str(NO_TEAM) if asked.by == "team" and key is None else str(key)
        rows.append(
            mine.figures(one)
            | {
                "name": called[key],
                "slug": key if asked.by == "model" and key != called[key] else "",
                "url": asked.address(**{asked.by: value, "by": _NEXT[asked.by]}) if key != "" else "",
            }
        )
    return rows


def rest(found: Sequence[Sum]) -> dict[str, Any] | None:
    """What the table leaves out, as one row."""
    if len(found) <= MOST_ROWS:
        return None
    return mine.figures(facts.total(found[MOST_ROWS:])) | {"name": f"{len(found) - MOST_ROWS:,} more"}


def conditions(asked: Slice) -> list[dict[str, str]]:
    """What narrows the slice, in words, each with the address that lifts it."""
    given = {
        "person": asked.of.user,
        "team": asked.of.team,
        "provider": asked.of.provider,
        "model": asked.of.model,
        "day": asked.day,
    }
    lifted = []
    for name, value in given.items():
        if value is not None:
            key = None if value == NO_TEAM and name == "team" else value
            lifted.append(
                {
                    "name": names_of(name, [key])[key],
                    "label": str(LABELS[name]),
                    "url": asked.address(**{name: None}),
                }
            )
    return lifted


def cuts(asked: Slice) -> list[dict[str, Any]]:
    """The ways to cut it, each with its address."""
    return [
        {"label": str(LABELS[by]), "url": asked.address(by=by), "is_current": by == asked.by} for by in CUTS
    ]


def months(asked: Slice) -> dict[str, Any]:
    """The months before and after, with their addresses."""
    before, after = pace.month_before(asked.month), pace.month_after(asked.month)
    elsewhere = replace(asked, day=None)
    return {
        "before": {"first": before.first, "url": elsewhere.address(month=f"{before.first:%Y-%m}")},
        "after": {"first": after.first, "url": elsewhere.address(month=f"{after.first:%Y-%m}")}
        if after.first <= facts.today()
        else None,
    }


def names_of(by: str, keys: Iterable[Any]) -> dict[Any, str]:
    """What people call these: a person by name, a day by date."""
    wanted = list(keys)
    if by == "person":
        known = dict(User.objects.filter(pk__in=wanted).values_list("pk", "display_name"))
        return {key: known.get(key, str(_GONE)) for key in wanted}
    if by == "team":
        teams = dict(Team.objects.filter(pk__in=[key for key in wanted if key]).values_list("pk", "name"))
        return {key: teams.get(key, _("a team that is gone")) if key else str(_THEMSELVES) for key in wanted}
    if by == "day":
        return {key: f"{key:%a} {key.day} {key:%B}" for key in wanted}
    called = names.known()
    name_of = called.provider if by == "provider" else called.model
    return {key: name_of(key) or _("unknown") for key in wanted}


def _text(given: str | None) -> str | None:
    if not given:
        return None
    if "\0" in given:
        raise ValueError("no text")
    return given


def _is_in(day: date, month: Span) -> bool:
    return month.first <= day <= month.last
