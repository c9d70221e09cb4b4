"""The price book as a page: each model at each provider, its prices from the latest back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import money, names, tally, windows
from accounts.models import Price
from accounts.price_lists.reading import Offer
from accounts.pricing import DEMO_SOURCE

_DAYS = tuple(WEEKDAYS_ABBR[day] for day in range(7))


def pages(at: datetime | None = None) -> list[dict[str, Any]]:
    """Every model at every provider by name, those in force first in each. Four queries."""
    at = at or timezone.now()
    prices = Price.objects.order_by("provider", "upstream_model", "-valid_from", "-created_at")
    called = names.known()
    books = [
        {
            "provider": provider,
            "upstream_model": model,
            "provider_name": called.provider(provider),
            "model_name": called.model(model, provider),
            "anchor": anchor_of(provider, model),
            "rows": _rows(rows, at),
        }
        for (provider, model), rows in groupby(prices, lambda price: (price.provider, price.upstream_model))
    ]
    return sorted(books, key=lambda book: (book["model_name"], book["provider_name"], book["upstream_model"]))


def anchor_of(provider: str, upstream_model: str) -> str:
    """Where a model at a provider stands on the page."""
    return slugify(f"{provider}-{upstream_model.replace('/', '-')}")


def row_of(price: Price, at: datetime) -> dict[str, Any]:
    """One price as tables show it; `has_cache_read` is False where its source names none."""
    return {
        "when": when(price),
        "is_in_force": price.valid_from <= at and (price.valid_to is None or price.valid_to > at),
        "input": money.format_rate(price.input),
        "cache_read": money.format_rate(price.input if price.cache_read is None else price.cache_read),
        "has_cache_read": price.cache_read is not None,
        "output": money.format_rate(price.output),
        "bands": [band_words(band, price) for band in price.bands],
        "source": "" if price.source == DEMO_SOURCE else price.source,
        "author": price.author,
        "unbilled": "" if price.is_billed else str(tally.DEMO),
    }


def _rows(prices: Iterable[Price], at: datetime) -> list[dict[str, Any]]:
    return [row_of(price, at) for price in prices]


def when(price: Price) -> str:
    """From when to when it holds: "since 3 November 2026"."""
    # What is in force since before any of these models existed has no date of its own.
    is_always = price.valid_from.year <= 2020
    if price.valid_to is None:
        return _("always") if is_always else _("since %(day)s") % {"day": _date(price.valid_from)}
    if is_always:
        return _("to %(last)s") % {"last": _date(price.valid_to)}
    return _("%(first)s to %(last)s") % {"first": _date(price.valid_from), "last": _date(price.valid_to)}


def _date(at: datetime) -> str:
    day = windows.day_of(at)
    return f"{day.day} {day:%B %Y}"


def band_words(band: Mapping[str, Any], own: Price | Offer) -> dict[str, str]:
    """Peak hours with all their rates; those a band does not name are the price's own."""

    def rate(name: str) -> str:
        given = band.get(name, getattr(own, name))
        return money.format_rate(Decimal(str(given))) if given is not None else ""

    return {
        "when": hours_of(band),
        "input": rate("input"),
        "cache_read": rate("cache_read") or rate("input"),
        "cache_write": rate("cache_write") or rate("input"),
        "output": rate("output"),
    }


def hours_of(band: Mapping[str, Any]) -> str:
    """When peak hours are: "Mon–Fri 01:00–04:00 UTC"."""
    return f"{_days(band['days'])} {band['from']}–{band['to']} UTC"


def _days(days: list[int]) -> str:
    """Neighbouring days as a stretch: "Mon–Fri"."""
    if len(days) > 1 and days == list(range(days[0], days[-1] + 1)):
        return f"{_DAYS[days[0]]}–{_DAYS[days[-1]]}"
    return ", ".join(str(_DAYS[day]) for day in days)
