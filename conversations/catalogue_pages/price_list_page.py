"""A provider's list of prices beside the price book: what importing it would change."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import money
from accounts.actions import price_imports
from accounts.models import Price, PriceList
from accounts.price_lists import preview
from accounts.price_lists.preview import Change
from accounts.price_lists.reading import Offer
from accounts.usage import price_book
from conversations.models import Route

RATE_WORDS = {
    "input": gettext_lazy("Read new"),
    "cache_read": gettext_lazy("Read again"),
    "cache_write": gettext_lazy("To the cache"),
    "output": gettext_lazy("Written"),
}
# Of a search; the rest is found by a closer one.
MOST_ROWS = 100


def names_used(provider: str) -> set[str]:
    """What is asked of this provider, or was: the names of its routes, and those in the price book."""
    routes = Route.objects.filter(provider__slug=provider).values_list("upstream_model", flat=True)
    priced = Price.objects.filter(provider=provider).values_list("upstream_model", flat=True)
    return {*routes, *priced}


def view_of(price_list: PriceList, *, search: str = "", marked: Collection[str] = ()) -> dict[str, Any]:
    """The preview: models in use, or with `search` those whose name has it. `marked` want confirming."""
    offers = [Offer.from_json(stored) for stored in price_list.offers]
    used = names_used(price_list.provider)
    listed = {offer.name for offer in offers}
    wanted = {name for name in listed if search.lower() in name.lower()} if search else used
    found = preview.changes(price_list.provider, offers, of=wanted, at=timezone.now())[:MOST_ROWS]
    rows = [_row(change, change.offer.name in used, marked) for change in found]
    return {
        "list": price_list,
        "rows": rows,
        "names": [row["name"] for row in rows],
        "book_state": preview.book_state(found),
        "opening": _opening(price_list, rows, len(offers)),
        "source": price_imports.source_of(price_list),
        "can_import": any(row["can_be_taken"] for row in rows),
        "search": search,
        "missing": [] if search else sorted(used - listed),
    }


def _opening(price_list: PriceList, rows: list[dict[str, Any]], listed: int) -> str:
    if price_list.fault:
        return _("The list of %(provider)s could not be read.") % {"provider": price_list.provider_name}
    changing = sum(row["can_be_taken"] for row in rows)
    if not changing and rows and price_list.taken_at:
        return _("Imported: the price book says what the list says.")
    if not changing:
        return (
            _("Nothing changes: the price book says what the list says.")
            if rows
            else _("None of the %(listed)s models in the list is in use here.") % {"listed": f"{listed:,}"}
        )
    return ngettext("%(count)s price would change.", "%(count)s prices would change.", changing) % {
        "count": changing
    }


def _row(change: Change, is_used: bool, marked: Collection[str]) -> dict[str, Any]:
    offer, before = change.offer, change.before
    return {
        "name": offer.name,
        "fault": offer.fault,
        "is_same": change.is_same,
        "is_new": before is None,
        "is_used": is_used,
        "can_be_taken": change.can_be_taken,
        "jumps": [str(RATE_WORDS[name]).lower() for name in change.jumps],
        "is_marked": offer.name in marked,
        "since": price_book.when(before) if before else "",
        "rates": [] if offer.fault else [_rate(name, before, offer) for name in RATE_WORDS],
        "bands": [price_book.band_words(band, offer) for band in offer.bands],
        "bands_before": [price_book.band_words(band, before) for band in before.bands] if before else [],
    }


def _rate(name: str, before: Price | None, offer: Offer) -> dict[str, Any]:
    old, new = getattr(before, name, None), getattr(offer, name)
    return {
        "label": RATE_WORDS[name],
        "before": _words(old) if before else "",
        "after": _words(new),
        "is_changed": before is not None and old != new,
    }


def _words(rate: Decimal | None) -> str:
    return _("as new") if rate is None else money.format_rate(rate)
