"""The ways to a model and their order. Every change is an audit entry; replies that run go on as they began."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from conversations import access, hints, refusals
from conversations.actions import catalogue
from conversations.models import Model, Provider, ProviderKind, Route

# Between neighbours, so that rows made elsewhere find room.
STEP = 10
# The fields that say what a route takes.
_TAKES = ("context_window", "longest_reply", "efforts", "lacks")


@transaction.atomic
def add_route(*, actor: User, model: Model, provider: Provider, upstream_model: str) -> Route:
    """A way that is tried after the others. Raises CatalogueRefused where the provider is on the list already."""
    routes = _locked(model)
    last = max((route.order for route in routes), default=0)
    try:
        with transaction.atomic():
            route = Route.objects.create(
                model=model,
                provider=provider,
                upstream_model=upstream_model,
                order=last + STEP,
                **_usual(provider, model),
            )
    except IntegrityError:
        raise refusals.CatalogueRefused(
            _("%(provider)s is on this model’s list already. Change the name there, or remove it first.")
            % {"provider": provider.name}
        ) from None
    _record(actor, "route.added", route, before={}, after={"upstream_model": upstream_model})
    return route


@transaction.atomic
def rename_route(*, actor: User, route: Route, upstream_model: str) -> None:
    """What the model is called there. Its price goes by that name. Raises ReadOnlyProvider."""
    route = _own(route)
    _refuse_stated(route)
    before, route.upstream_model = route.upstream_model, upstream_model
    route.save(update_fields=["upstream_model"])
    _record(
        actor,
        "route.renamed",
        route,
        before={"upstream_model": before},
        after={"upstream_model": upstream_model},
    )


@transaction.atomic
def limit_route(
    *,
    actor: User,
    route: Route,
    context_window: int | None,
    longest_reply: int | None,
    efforts: Sequence[str] | None,
    lacks: Sequence[str],
) -> None:
    """What it takes of a request, for what is sent from now on; None = as the model is described."""
    route = _own(route)
    before = _taken(route)
    route.context_window, route.longest_reply = context_window, longest_reply
    route.efforts, route.lacks = None if efforts is None else list(efforts), list(lacks)
    route.save(update_fields=[*_TAKES])
    _record(actor, "route.limited", route, before=before, after=_taken(route))


@transaction.atomic
def move_route(*, actor: User, route: Route, up: bool) -> None:
    """One place earlier or later. At the end of the list nothing happens."""
    routes = _locked(route.model)
    place = next((index for index, one in enumerate(routes) if one.pk == route.pk), None)
    if place is None:
        return
    other = place - 1 if up else place + 1
    if not 0 <= other < len(routes):
        return
    before = [one.provider.slug for one in routes]
    routes[place], routes[other] = routes[other], routes[place]
    for index, one in enumerate(routes, start=1):
        one.order = index * STEP
    Route.objects.bulk_update(routes, ["order"])
    after = [one.provider.slug for one in routes]
    _record(actor, "route.moved", route, before={"order": before}, after={"order": after})


@transaction.atomic
def switch_route(*, actor: User, route: Route, is_enabled: bool) -> None:
    """Whether it is tried. What waits for it takes the next way."""
    route = _own(route)
    before, route.is_enabled = route.is_enabled, is_enabled
    route.save(update_fields=["is_enabled"])
    action = "route.switched_on" if is_enabled else "route.switched_off"
    _record(actor, action, route, before={"is_enabled": before}, after={"is_enabled": is_enabled})
    hints.wake_workers()


@transaction.atomic
def remove_route(*, actor: User, route: Route) -> None:
    """Take it off the list. Its prices and what it cost stay. Raises ReadOnlyProvider."""
    route = _own(route)
    _refuse_stated(route)
    route.delete()
    _record(actor, "route.removed", route, before={"upstream_model": route.upstream_model}, after={})


def _taken(route: Route) -> dict[str, Any]:
    return {name: getattr(route, name) for name in _TAKES}


def _usual(provider: Provider, model: Model) -> dict[str, Any]:
    """What is known of such a provider's routes; how long an answer may be only of the model it is known for."""
    known = catalogue.KNOWN.get(ProviderKind(provider.kind))
    takes = dict(known.takes) if known else {}
    if model.slug != catalogue.V4_FLASH:
        takes.pop("longest_reply", None)
    return takes


def _locked(model: Model) -> list[Route]:
    """The model's ways in order, nobody else changing them; the demo, which only stands in, is none of them."""
    access.still_there(Model.objects.select_for_update(no_key=True).filter(pk=model.pk))
    routes = Route.objects.filter(model=model).exclude(provider__kind=ProviderKind.DEMO)
    return list(routes.select_related("provider").order_by("order", "id"))


def _own(route: Route) -> Route:
    rows = Route.objects.select_for_update(no_key=True, of=("self",)).select_related("model", "provider")
    return access.still_there(rows.filter(pk=route.pk))


def _refuse_stated(route: Route) -> None:
    if route.is_from_environment:
        raise refusals.ReadOnlyProvider(route.provider.name)


def _record(actor: User, action: str, route: Route, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    target = f"{route.model.slug} at {route.provider.slug}"
    audit.record(actor=actor, action=action, target=target, before=before, after=after)
