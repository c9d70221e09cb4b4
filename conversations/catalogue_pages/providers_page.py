"""Who is connected and how they did lately, provider by provider."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from conversations import stored_words
from conversations.actions import taking_over
from conversations.catalogue_pages.health import Health, ago, key_refused, lately
from conversations.generation import breaker, routes
from conversations.models import Model, Provider, ProviderKind, Route


def rows() -> list[dict[str, Any]]:
    """Every provider, those of the environment first, the demo last."""
    at = timezone.now()
    health = lately(at)
    run_by: dict[Any, list[Route]] = {}
    for route in Route.objects.select_related("model").order_by("model__name", "order"):
        run_by.setdefault(route.provider_id, []).append(route)
    providers = Provider.objects.order_by("-is_from_environment", "name")
    shown = [
        {
            "provider": provider,
            "is_demo": provider.kind == ProviderKind.DEMO,
            "state": state_of(provider, at),
            "is_left_out": provider.is_enabled and breaker.is_left_out(provider.slug, at),
            "checked": ago(provider.checked_at, at) if provider.checked_at else "",
            "health": health.get((provider.slug, ""), Health()),
            "runs": ", ".join(route.model.name for route in run_by.get(provider.pk, ())),
            "without_it": without(provider, run_by.get(provider.pk, ())),
        }
        for provider in providers
    ]
    return sorted(shown, key=lambda row: row["is_demo"])


def opening(rows: Sequence[dict[str, Any]]) -> str:
    """Who is connected; who fails, if somebody does."""
    connected = [row for row in rows if row["provider"].is_enabled and not row["is_demo"]]
    failing = [row["provider"].name for row in connected if row["health"].is_failing]
    if not connected:
        return (
            _("Nobody is connected yet, so only the demo answers.") if rows else _("Nobody is connected yet.")
        )
    if failing:
        return _("%(providers)s answered nothing within the last hour.") % {
            "providers": _(" and ").join(failing)
        }
    return ngettext(
        "%(count)s provider is connected.", "%(count)s providers are connected.", len(connected)
    ) % {"count": len(connected)}


@dataclass(frozen=True, slots=True)
class State:
    """Whether a provider is used, in a sentence."""

    sentence: str
    is_faulty: bool = False


def state_of(provider: Provider, at: datetime) -> State:
    """What its last calls say of its key counts more than a test before them."""
    if provider.kind == ProviderKind.DEMO:
        return State(_("Stands in until somebody else is connected and has a price. Demo price, not billed."))
    if not provider.is_enabled and (provider.is_from_environment or provider.is_proven):
        return State(_("Switched off."))
    if provider.checked_at is None and not provider.is_from_environment:
        return State(_("Being tested."))
    refused = key_refused(provider, at) if provider.is_enabled else ""
    if refused:
        return State(_("Its key was refused %(when)s.") % {"when": refused}, is_faulty=True)
    if provider.is_from_environment:
        return State(_("Connected, by the server’s environment."))
    if provider.check_fault:
        return State(stored_words.spoken(provider.check_fault), is_faulty=True)
    return State(_("Connected."))


def taken(provider: Provider) -> list[dict[str, Any]]:
    """What a provider that takes its key is good for now: a sentence of each model, and whether it has its price."""
    runs = Route.objects.filter(provider=provider, is_enabled=True, model__is_enabled=True)
    runs = runs.select_related("model", "provider").order_by("order", "id")
    default = Model.objects.filter(is_default=True).first()
    heirs = [route.pk for route in taking_over.heirs_of(provider)]
    return [_taken(route, default, route.pk in heirs) for route in runs]


def _taken(route: Route, default: Model | None, is_heir: bool) -> dict[str, Any]:
    has_price = routes.has_price(route)
    if not has_price and is_heir and route.model == default:
        sentence = _(
            "%(model)s has no price yet, and nothing is asked of it without one; 0 is a price, too. As soon as it "
            "has one, it answers instead of the demo."
        )
    elif not has_price and is_heir:
        sentence = _(
            "%(model)s has no price yet, and nothing is asked of it without one; 0 is a price, too. As soon as it "
            "has one, new conversations use it. Until then they use %(default)s."
        )
    elif not has_price:
        sentence = _("%(model)s has no price yet, and nothing is asked of it without one; 0 is a price, too.")
    elif route.model == default:
        sentence = _("New conversations use %(model)s.")
    else:
        sentence = _("%(model)s can be picked for a conversation. New ones still use %(default)s.")
    names = {"model": route.model.name, "default": default.name if default else ""}
    return {
        "sentence": sentence % names,
        "has_price": has_price,
        "provider": route.provider,
        "upstream_model": route.upstream_model,
    }


def without(provider: Provider, run_by: Sequence[Route]) -> str:
    """What happens to new messages once nothing is sent there."""
    if not provider.is_enabled:
        return _("Nothing is sent there now.")
    used = [route for route in run_by if route.is_enabled]
    alone = [route.model for route in used if not _others(route)]
    if alone:
        names = {"models": _(" and ").join(model.name for model in alone)}
        if Route.objects.filter(model__in=alone, provider__kind=ProviderKind.DEMO).count() == len(alone):
            return (
                _("Nobody else runs %(models)s, so the demo answers from then on, with scripted text.")
                % names
            )
        return _("Nobody else runs %(models)s, so it cannot be asked until somebody does.") % names
    return _("New messages go to the next route of each model. Replies being written go on to their end.")


def _others(route: Route) -> bool:
    """Whether somebody else could answer: nothing is asked of one without a price."""
    others = Route.objects.filter(model=route.model, is_enabled=True, provider__is_enabled=True)
    others = others.exclude(pk=route.pk).exclude(provider__kind=ProviderKind.DEMO).select_related("provider")
    return any(routes.has_price(other) for other in others)
