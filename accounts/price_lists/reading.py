"""A provider's list of models, read for its prices: exactly, and what cannot be kept as stated is not taken.

OpenRouter states dollars for a single token, as text ("0.00000014"). Routeway states dollars for 1M tokens, its
caching apart; its types are not documented, so numbers and text are both read.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts import peak_hours
from accounts.actions.prices import HIGHEST_PRICE
from accounts.money import PICO
from accounts.price_lists import hours

MOST_MODELS = 10_000

# Where each rate may stand in a model's `pricing`, the first that is there counts.
_PLACES = {
    "input": (("prompt",), ("input",)),
    "output": (("completion",), ("output",)),
    "cache_read": (("input_cache_read",), ("caching", "read"), ("cache_read",)),
    # Longer caching has to be asked for, and we never do.
    "cache_write": (
        ("input_cache_write",),
        ("caching", "write", "5m"),
        ("caching", "write"),
        ("cache_write",),
    ),
}


class Unit(StrEnum):
    """What one stated price is for."""

    TOKEN = "token"  # noqa: S105 -- no secret
    MILLION = "million"


class NotAList(ValueError):
    """`str()` says what was expected."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One model's price, dollars per 1M tokens; with a `fault` it cannot be taken, and that says why."""

    name: str
    input: Decimal | None = None
    cache_read: Decimal | None = None  # None = as input
    cache_write: Decimal | None = None
    output: Decimal | None = None
    bands: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""

    def as_json(self) -> dict[str, Any]:
        rates = {name: getattr(self, name) for name in peak_hours.RATES}
        return asdict(self) | {name: None if rate is None else str(rate) for name, rate in rates.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Offer":
        rates = {name: None if stored[name] is None else Decimal(stored[name]) for name in peak_hours.RATES}
        return cls(**(dict(stored) | rates))


class _Unread(ValueError):
    """Why a price cannot be taken."""


def offers_in(text: str | bytes, unit: Unit) -> list[Offer]:
    """Every model of the list that has a name, in its order; of twins the first. Raises NotAList."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError, InvalidOperation):
        raise NotAList(_("This is not JSON. Paste the whole answer of /models.")) from None
    models = found.get("data", found.get("models")) if isinstance(found, dict) else found
    if not isinstance(models, list):
        raise NotAList(_("There is no list of models in it: “data” is missing."))
    offers: dict[str, Offer] = {}
    for model in models[:MOST_MODELS]:
        name = model.get("id") if isinstance(model, dict) else None
        if isinstance(name, str) and 0 < len(name) <= 200 and name.isprintable():
            offers.setdefault(name, _offer(name, model.get("pricing"), unit))
    if not offers:
        raise NotAList(_("The list names no model."))
    return list(offers.values())


def _offer(name: str, pricing: object, unit: Unit) -> Offer:
    try:
        if not isinstance(pricing, dict):
            raise _Unread(_("It states no price."))
        rates = _rates(pricing, unit)
        if rates.get("input") is None or rates.get("output") is None:
            raise _Unread(_("It states no price for reading and writing."))
        _refuse_what_is_not_kept(pricing)
        return Offer(name, **rates, bands=_bands(pricing.get("overrides"), rates, unit))
    except (_Unread, hours.NotBands) as fault:
        sentence = (
            _("The price book cannot keep this price: %(why)s. Set it by hand.") % {"why": fault}
            if isinstance(fault, hours.NotBands)
            else str(fault)
        )
        return Offer(name, fault=sentence)


def _rates(pricing: Mapping[str, Any], unit: Unit) -> dict[str, Any]:
    stated = {rate: _first(pricing, places) for rate, places in _PLACES.items()}
    return {rate: _per_million(value, unit) for rate, value in stated.items() if value is not None}


def _first(pricing: Mapping[str, Any], places: tuple[tuple[str, ...], ...]) -> Any:
    for place in places:
        value: Any = pricing
        for step in place:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None and not isinstance(value, dict):
            return value
    return None


def _per_million(value: object, unit: Unit) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _Unread(_("Its price cannot be read."))
    try:
        stated = Decimal(value.strip().removeprefix("$") if isinstance(value, str) else value)
    except InvalidOperation:
        raise _Unread(_("Its price cannot be read: %(value)s.") % {"value": _quoted(value)}) from None
    if not stated.is_finite() or abs(stated.adjusted()) > 30:
        raise _Unread(_("Its price cannot be read: %(value)s.") % {"value": _quoted(value)})
    if stated < 0:
        raise _Unread(_("It has no fixed price (%(value)s is stated).") % {"value": _quoted(value)})
    rate = stated.scaleb(6) if unit is Unit.TOKEN else stated
    if rate > HIGHEST_PRICE:
        raise _Unread(_("Its price is above what the price book keeps: is the unit right?"))
    kept = rate.quantize(PICO)
    if kept != rate:
        raise _Unread(_("Its price is more exact than the price book keeps."))
    return kept


def _quoted(value: object) -> str:
    """What a list states, to be shown: short, and nothing in it that could not be kept."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in str(value)[:40])


def _refuse_what_is_not_kept(pricing: Mapping[str, Any]) -> None:
    """Whatever would make a reply dearer than input and output say."""
    for name, words in (("request", _("each request")), ("internal_reasoning", _("thinking"))):
        try:
            asks = Decimal(str(pricing.get(name) or 0)) != 0
        except InvalidOperation:
            asks = True
        if asks:
            raise _Unread(
                _(
                    "It asks a price of its own for %(what)s, which the price book cannot keep. Set it by hand."
                )
                % {"what": words}
            )


def _bands(overrides: object, base: Mapping[str, Any], unit: Unit) -> list[dict[str, Any]]:
    if not overrides:
        return []
    if not isinstance(overrides, list) or not all(isinstance(entry, dict) for entry in overrides):
        raise hours.NotBands(_("its hours cannot be read"))
    read = [(entry, _rates(entry, unit)) for entry in overrides]
    return hours.bands_of([hours.override_of(entry, rates) for entry, rates in read if rates], base)


def _no_constant(name: str) -> Any:
    raise ValueError(name)
