"""The models for everybody: what is stated of each, what it costs, and what this installation measured."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import money, sheets, windows
from accounts.access import MemberRequest, members_only
from conversations import catalogue_names, facts, offers
from conversations.facts import shown as stated
from conversations.measured import drawings, periods, reading, shown
from conversations.measured.reading import Found, Measured
from conversations.models import Attempt, Model, ProviderKind, Route

_EARLIEST = date(2020, 1, 1)
_LONGEST_SLUG = Attempt._meta.get_field("provider").max_length or 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: hours, days or months up to a day, at one provider or all of them."""

    unit: str
    provider: str | None
    day: date | None  # up to which; None = now

    def address(self, **changed: str | None) -> str:
        """The query that asks for this, with something else in it; None takes it out."""
        day = self.day.isoformat() if self.day else None
        wanted = {"by": self.unit, "provider": self.provider, "day": day} | changed
        return "?" + urlencode({name: value for name, value in wanted.items() if value})


@never_cache
@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """Every model that is switched on, the default one first. Members see those that somebody answers for."""
    models = Model.objects.filter(is_enabled=True).order_by("-is_default", "name")
    offered = set(offers.models_offered())
    seen = [one for one in models if one in offered or request.user.is_administrator]
    rows = [_model_row(one, one in offered) for one in seen]
    return render(request, "conversations/sheets.html", {"rows": rows, "asked": len(offered)})


def _model_row(model: Model, is_offered: bool) -> dict[str, Any]:
    rates = [one for one in stated.rates(model, None) if one["is_used"]]
    way = None if rates else offers.way_to(model)
    return {
        "model": model,
        "facts": facts.of(model.slug),
        "rates": rates,
        "is_offered": is_offered,
        "has_route": Route.objects.filter(model=model).exists(),
        "is_demo": way is not None and way.kind == ProviderKind.DEMO,
        "window": money.format_tokens(model.context_window),
    }


@never_cache
@require_safe
@members_only
def show(request: MemberRequest, slug: str) -> HttpResponse:
    """One model; one that is switched off too, since replies of old name it."""
    model = get_object_or_404(Model, slug=slug)
    asked = _asked(request)
    found = _found(request, model, asked)
    known = facts.of(slug)
    context: dict[str, Any] = {
        "model": model,
        "facts": known,
        "opening": shown.opening(model, found),
        "asked": asked,
        "cuts": _cuts(asked),
        "found": found,
        "turns": _turns(asked, found),
        "whole": shown.figures(found.whole),
        "note": shown.note_on(found.whole),
        "providers": _providers(asked, found),
        "drawings": drawings.drawings(found) if found.whole.attempts else [],
        "ends": [found.periods.name(found.periods.starts[index]) for index in (0, -1)],
        "rows": shown.period_rows(found),
        "tokens": shown.token_rows(found.whole),
        "teams": shown.team_rows(found.whole) if request.user.is_administrator else [],
        "rates": stated.rates(model, known),
        "capabilities": stated.capabilities(model, known),
        "scores": stated.scores(known),
        "zone": windows.place(),
        "window": money.format_tokens(model.context_window),
    }
    return render(request, "conversations/sheet.html", context)


@require_safe
@members_only
def show_csv(request: MemberRequest, slug: str) -> HttpResponseBase:
    """What was measured in each period, as a file. What was paid in it is for administrators."""
    model = get_object_or_404(Model, slug=slug)
    asked = _asked(request)
    found = _found(request, model, asked)
    sees_all = request.user.is_administrator
    rows = (
        [start.astimezone(windows.zone()).isoformat(), *_measures(one), *(_costs(one) if sees_all else ())]
        for start, one in zip(found.periods.starts, found.by_period, strict=True)
        if one.attempts
    )
    head = CSV_MEASURES + (CSV_COSTS if sees_all else ())
    return sheets.csv_file(f"parley-{model.slug}-by-{asked.unit}-{found.periods.last_day}", head, rows)


CSV_MEASURES = (
    *("from", "calls", "judged", "answered", "stopped by people"),
    *("first token p50 s", "first token p95 s", "tokens per s p50", "tokens per s p95"),
    *("tokens read", "of these cached", "tokens written", "of these thinking"),
    *("dollars per 1M read", "dollars per 1M written"),
)
CSV_COSTS = ("dollars", "of these estimated")


def _measures(one: Measured) -> tuple[Any, ...]:
    return (
        *(one.attempts, one.judged, one.answered, one.stopped),
        *(_rounded(one.wait(share)) for share in (shown.HALF, shown.MOST)),
        *(_rounded(one.speed(share)) for share in (shown.HALF, shown.MOST)),
        *(one.prompt, one.cached, one.completion, one.reasoning),
        *(one.price_read, one.price_written),
    )


def _costs(one: Measured) -> tuple[Any, ...]:
    return (one.cost, one.estimated)


def _asked(request: MemberRequest) -> Asked:
    """Raises Http404 for what makes no sense."""
    unit, provider = request.GET.get("by") or "day", request.GET.get("provider") or None
    if unit not in periods.LABELS or (provider and (len(provider) > _LONGEST_SLUG or "\0" in provider)):
        raise Http404
    try:
        day = date.fromisoformat(request.GET["day"]) if request.GET.get("day") else None
    except ValueError:
        raise Http404 from None
    if day and not _EARLIEST <= day <= windows.day_of(timezone.now()):
        raise Http404
    return Asked(unit, provider, day)


def _found(request: MemberRequest, model: Model, asked: Asked) -> Found:
    return reading.read(
        model,
        periods.up_to(asked.unit, asked.day) if asked.day else periods.latest(asked.unit),
        provider=asked.provider,
        with_teams=request.user.is_administrator,
    )


def _cuts(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": asked.address(by=unit), "is_current": unit == asked.unit}
        for unit, label in periods.LABELS.items()
    ]


def _turns(asked: Asked, found: Found) -> dict[str, str]:
    """The addresses of what was before and after; "" for what is to come."""
    before, after = found.periods.before, found.periods.after
    today = windows.day_of(timezone.now())
    return {
        "before": asked.address(day=before.isoformat()) if before >= _EARLIEST else "",
        "after": asked.address(day=after.isoformat() if after < today else None) if after else "",
    }


def _providers(asked: Asked, found: Found) -> dict[str, Any]:
    """Providers side by side, each with the address that shows it alone."""
    rows = shown.provider_rows(found)
    for row in rows:
        row |= {"url": asked.address(provider=row["slug"]), "is_current": row["slug"] == asked.provider}
    slug = asked.provider or ""
    return {
        "rows": rows,
        "name": catalogue_names.providers().get(slug, slug),
        "all": asked.address(provider=None),
    }


def _rounded(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.4g}"
