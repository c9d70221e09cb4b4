"""What is stated of a model, ready for its page: rates, capabilities and scores side by side."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import money, pricing
from accounts.models import Price
from accounts.usage import price_book
from conversations.facts.base import Capability, Facts, Score, State, StatedRate
from conversations.generation import routes
from conversations.models import Model, ProviderKind, Route
from conversations.providers.base import Effort

_NAMES = {kind.value: kind.label for kind in ProviderKind}
_FULL = 100


def rates(model: Model, facts: Facts | None, at: datetime | None = None) -> list[dict[str, Any]]:
    """The prices in force, by provider: of those that are asked here in their order, then of others known."""
    at = at or timezone.now()
    run_by = list(Route.objects.filter(model=model).select_related("provider").order_by("order", "id"))
    ways = [
        (one.provider.slug, one.upstream_model, one.provider.name, one.is_enabled and one.provider.is_enabled)
        for one in run_by
        if one.provider.kind != ProviderKind.DEMO
    ]
    known = {slug for slug, *_rest in ways}
    others = [] if facts is None else [one for one in facts.names.items() if one[0] not in known]
    ways += [(slug, name, str(_NAMES.get(slug, slug)), False) for slug, name in others]
    return [_rate_row(*way, facts=facts, at=at) for way in ways]


def capabilities(model: Model, facts: Facts | None) -> dict[str, Any]:
    """Who says what of each: a row for each capability, a column for each source, and one for this installation."""
    stated = facts.capabilities if facts else ()
    sources = list(dict.fromkeys(one.source for one in stated))
    labels = list(dict.fromkeys(str(one.label) for one in stated))
    here = _here(model)
    labels += [label for label in here if label not in labels]
    return {
        "sources": sources,
        "rows": [
            {
                "label": label,
                "cells": [_capability(_find(stated, label, source)) for source in sources]
                + [here.get(label, {"words": "–", "note": "", "state": ""})],
            }
            for label in labels
        ],
    }


def scores(facts: Facts | None) -> dict[str, list[dict[str, Any]]]:
    """Percentages as bars of a hundred; indices apart, since nobody says what their full mark is."""
    found = facts.scores if facts else ()
    return {
        "percent": [_score(one) for one in found if one.is_percent],
        "indices": [_score(one) for one in found if not one.is_percent],
    }


def _rate_row(
    slug: str, upstream_model: str, name: str, is_used: bool, *, facts: Facts | None, at: datetime
) -> dict[str, Any]:
    found = pricing.rates_at(slug, upstream_model, at)
    price = Price.objects.filter(pk=found.price_id).first() if found else None
    return {
        "provider": slug,
        "name": name,
        "upstream_model": upstream_model,
        "is_used": is_used and price is not None,
        "price": price_book.row_of(price, at) if price else None,
        "stated": _stated(slug, price, facts),
    }


def _stated(slug: str, price: Price | None, facts: Facts | None) -> str:
    """What the provider's page said, where the price in force is another one."""
    one = next((one for one in facts.rates if one.provider == slug), None) if facts else None
    if one is None or (price and _is_as_stated(price, one)):
        return ""
    figures = {
        "input": money.format_rate(one.input),
        "output": money.format_rate(one.output),
        "month": f"{one.source.read:%B %Y}",
    }
    if one.cache_read is None:
        return _("its page said %(input)s in, %(output)s out in %(month)s") % figures
    figures["again"] = money.format_rate(one.cache_read)
    return _("its page said %(input)s in, %(again)s again, %(output)s out in %(month)s") % figures


def _is_as_stated(price: Price, one: StatedRate) -> bool:
    """What a page does not name cannot differ."""
    is_same = (one.input, one.output) == (price.input, price.output)
    return is_same and one.cache_read in (None, price.cache_read)


def _here(model: Model) -> dict[str, dict[str, str]]:
    """What people can ask this installation for."""
    efforts = routes.efforts_of(model, routes.routes_on(model))
    thinks = [effort for effort in efforts if effort != Effort.OFF.value]
    return {
        _("Text"): _cell(State.AVAILABLE),
        _("Vision"): _cell(State.NO, _("only text is sent from here")),
        _("Function calling"): _function_calling(model),
        _("Reasoning"): _cell(State.AVAILABLE, ", ".join(efforts)) if thinks else _cell(State.NO),
    }


def _function_calling(model: Model) -> dict[str, str]:
    if not model.takes_tools:
        return _cell(State.NO, _("switched off for this model"))
    if not routes.take_tools(routes.routes_on(model)):
        return _cell(State.NO, _("none of its routes takes tools"))
    return _cell(State.AVAILABLE, _("calculate, where a conversation allows it"))


def _find(stated: Iterable[Capability], label: str, source: object) -> Capability | None:
    return next((one for one in stated if str(one.label) == label and one.source == source), None)


def _capability(one: Capability | None) -> dict[str, str]:
    return _cell(State.NOT_LISTED) if one is None else _cell(one.state, str(one.note))


def _cell(state: State, note: str = "") -> dict[str, str]:
    return {"words": str(state.words), "note": note, "state": state.value}


def _score(one: Score) -> dict[str, Any]:
    figure = f"{one.figure.normalize():f}"
    return {
        "name": one.name,
        "figure": _("%(figure)s %%") % {"figure": figure} if one.is_percent else figure,
        "width": min(one.figure, Decimal(_FULL)),
        "explains": one.explains,
        "source": one.source,
    }
