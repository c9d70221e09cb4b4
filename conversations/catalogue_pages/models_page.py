"""The models that people pick, each with its ways in order: who runs it, at what price, how it went lately."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import money, pricing
from conversations import offers
from conversations.catalogue_forms import EFFORT_WORDS
from conversations.catalogue_pages import trials_shown
from conversations.catalogue_pages.health import Health, lately
from conversations.generation import fitting
from conversations.models import Model, ProviderKind, Route
from conversations.providers.base import Effort


def rows() -> list[dict[str, Any]]:
    """Every model, the default first, those switched off last."""
    at = timezone.now()
    health = lately(at)
    tried = trials_shown.last_by_route(at)
    routes = Route.objects.select_related("provider").order_by("order", "id")
    models = Model.objects.prefetch_related(Prefetch("routes", queryset=routes))
    return [
        _model_row(model, at, health, tried)
        for model in models.order_by("-is_default", "-is_enabled", "name")
    ]


def opening(rows: list[dict[str, Any]]) -> str:
    """What there is to pick, and whether all of it can be asked."""
    usable = [row for row in rows if row["model"].is_enabled]
    dead = [row["model"].name for row in usable if not row["first"]]
    if dead:
        return _("Nobody answers for %(models)s at present.") % {"models": _(" and ").join(dead)}
    return ngettext(
        "There is %(count)s model to ask. Each reply comes from the first route that answers.",
        "There are %(count)s models to ask. Each reply comes from the first route that answers.",
        len(usable),
    ) % {"count": len(usable)}


def _model_row(
    model: Model, at: datetime, health: Mapping[tuple[str, str], Health], tried: Mapping[Any, str]
) -> dict[str, Any]:
    every = list(model.routes.all())
    ways = [route for route in every if route.provider.kind != ProviderKind.DEMO]
    routes = [_route_row(route, at, health) for route in ways]
    usable = [row["route"] for row in routes if row["is_used"]]
    demo = next((route for route in every if route.provider.kind == ProviderKind.DEMO), None)
    stands_in = demo and not usable
    for place, row in enumerate(routes):
        row |= {
            "place": place + 1,
            "is_first": place == 0,
            "is_last": place == len(routes) - 1,
            "tried": tried.get(row["route"].pk, ""),
            "without_it": _without(row["route"], usable, model, has_demo=demo is not None),
        }
    return {
        "model": model,
        "facts": _facts(model),
        "routes": routes,
        "first": usable[0] if usable else demo if stands_in else None,
        "is_demo": bool(stands_in),
    }


def _route_row(route: Route, at: datetime, health: Mapping[tuple[str, str], Health]) -> dict[str, Any]:
    provider = route.provider
    rates = pricing.rates_at(provider.slug, route.upstream_model, at)
    return {
        "route": route,
        "provider": provider,
        "upstream_model": route.upstream_model,
        "has_price": rates is not None,
        "input": money.format_rate(rates.input) if rates else "",
        "cache_read": money.format_rate(rates.cache_read) if rates else "",
        "output": money.format_rate(rates.output) if rates else "",
        "limits": _limits(route),
        "state": _state(route, has_price=rates is not None),
        "is_used": route.is_enabled and provider.is_enabled and rates is not None,
        "health": health.get((provider.slug, route.upstream_model), Health()),
    }


def _state(route: Route, *, has_price: bool) -> str:
    """Why it is passed over; "" when it is not."""
    if not route.is_enabled:
        return _("Switched off.")
    if not route.provider.is_enabled:
        return _("%(provider)s is switched off or not connected.") % {"provider": route.provider.name}
    return "" if has_price else _("Passed over until it has a price.")


def _limits(route: Route) -> str:
    """What it does not take that the model could be asked for; "" where it takes everything."""
    words = []
    if route.context_window:
        words.append(fitting.words_for(fitting.Why.SIZE, route.context_window))
    if route.longest_reply:
        words.append(
            _("writes %(tokens)s tokens at most") % {"tokens": money.tokens_short(route.longest_reply)}
        )
    if route.efforts is not None and route.model.efforts:
        asked = [str(word).lower() for effort, word in EFFORT_WORDS.items() if effort.value in route.efforts]
        words.append(_("thinking: %(efforts)s") % {"efforts": ", ".join(asked)})
    words += [fitting.words_for(one) for one in route.lacks]
    said = " · ".join(words)
    return said[:1].upper() + said[1:]


def _without(route: Route, usable: list[Route], model: Model, *, has_demo: bool) -> str:
    """What happens to new messages once this way is switched off."""
    others = [one for one in usable if one.pk != route.pk]
    if route not in usable:
        return _("It is not used now, so nothing changes for anybody.")
    if others:
        return _(
            "New messages go to %(provider)s from then on. Replies being written go on to their end."
        ) % {"provider": others[0].provider.name}
    if has_demo:
        return _(
            "It is the only one, so the demo answers from then on, with scripted text. Replies being written go on to "
            "their end."
        )
    return _(
        "It is the only one, so nobody can ask %(model)s until there is another. Replies being written go on "
        "to their end."
    ) % {"model": model.name}


def _facts(model: Model) -> str:
    efforts = [str(EFFORT_WORDS[Effort(one)]).lower() for one in model.efforts]
    thinking = _("thinking %(efforts)s") % {"efforts": ", ".join(efforts)} if efforts else ""
    return " · ".join(filter(None, (offers.context_words(model), thinking)))
