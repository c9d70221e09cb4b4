"""Which providers may run a model now, and what they would cost."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from accounts import pricing
from accounts.pricing import Rates
from conversations import refusals, seal
from conversations.models import Model, Parameter, Provider, ProviderKind, Route
from conversations.providers.base import Endpoint


@dataclass(frozen=True, slots=True)
class Way:
    """A route that can be taken: where, what the model is called there, and its prices."""

    provider_id: uuid.UUID
    provider: str
    provider_name: str
    kind: str
    upstream_model: str
    rates: Rates  # in force now
    dearest: Rates  # at any hour; what a hold is made for
    context_window: int  # tokens, in and out together
    longest_reply: int | None  # tokens
    efforts: tuple[str, ...]  # that it can be asked for
    lacks: tuple[str, ...]  # of models.Parameter, those that it does not take


def ways_to(model: Model, at: datetime) -> list[Way]:
    """The usable routes of a model with their prices, the first to try first. Raises ModelOff, NoRoute or NoPrice when
    there is none."""
    if not model.is_enabled:
        raise refusals.ModelOff(model.name)
    routes = routes_on(model)
    if not routes:
        raise refusals.NoRoute(model.name)
    ways = [way for route in routes if (way := way_by(route, at))]
    if not ways:
        unpriced = routes[0]
        raise refusals.NoPrice(unpriced.provider.slug, unpriced.provider.name, unpriced.upstream_model)
    return ways


def routes_on(model: Model) -> list[Route]:
    """The routes of a model that are switched on, the first to try first.

    The demo provider stands in only while nobody else is connected who has a price: it must never answer for one who
    could.
    """
    routes = list(
        Route.objects.filter(model=model, is_enabled=True, provider__is_enabled=True)
        .select_related("provider", "model")
        .order_by("order", "id")
    )
    real = [route for route in routes if route.provider.kind != ProviderKind.DEMO]
    if len(real) < len(routes) and not any(has_price(route) for route in real):
        return [route for route in routes if route not in real]
    return real


def has_price(route: Route) -> bool:
    """True when replies that come this way can be charged."""
    return pricing.rates_at(route.provider.slug, route.upstream_model, timezone.now()) is not None


def take_tools(routes: Sequence[Route]) -> bool:
    """True where a model can use tools and one of its routes takes them."""
    return any(route.model.takes_tools and Parameter.TOOLS.value not in route.lacks for route in routes)


def efforts_of(model: Model, routes: Sequence[Route]) -> list[str]:
    """Those of the model's that one of its routes can be asked for."""
    known = [route.efforts for route in routes]
    if not known or None in known:
        return list(model.efforts)
    return [one for one in model.efforts if any(one in (efforts or ()) for efforts in known)]


def way_by(route: Route, at: datetime) -> Way | None:
    """The route with its prices, switched on or not; None without a price."""
    slug, name = route.provider.slug, route.upstream_model
    found = pricing.rates_and_dearest(slug, name, at)
    if found is None:
        return None
    rates, dearest = found
    return Way(
        provider_id=route.provider_id,
        provider=slug,
        provider_name=route.provider.name,
        kind=route.provider.kind,
        upstream_model=name,
        rates=rates,
        dearest=dearest,
        context_window=route.context_window or route.model.context_window,
        longest_reply=route.longest_reply,
        efforts=tuple(route.model.efforts if route.efforts is None else route.efforts),
        lacks=tuple(route.lacks),
    )


def endpoint_of(provider: Provider) -> Endpoint:
    """How to reach a provider, key opened. For the worker only."""
    key = settings.ENVIRONMENT.provider_keys.get(provider.slug, "") if provider.is_from_environment else ""
    if not key and provider.sealed_key:
        key = seal.unseal(provider.sealed_key)
    return Endpoint(
        name=provider.name,
        base_url=provider.base_url,
        api_key=key,
        referer=settings.PUBLIC_ORIGINS[0],
        switches=provider.switches,
    )
