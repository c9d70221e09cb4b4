"""Whoever connects a provider wants its answers: from the demo its model takes over by itself.

Not before it has a price: nothing is sent without one, and where the demo answered nobody would.
"""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from accounts import audit
from accounts.signals import priced
from conversations.actions import catalogue
from conversations.generation import routes
from conversations.models import Model, Provider, ProviderKind, Route

_ON = {"is_enabled": True, "provider__is_enabled": True}


@transaction.atomic
def take_over(provider: Provider) -> None:
    """Make the first model of this provider's that can be charged the default, where none but the demo answers."""
    before = Model.objects.filter(is_default=True).first()
    heir = next(
        (route.model for route in heirs_of(provider) if routes.has_price(route) or not _demo_answers()), None
    )
    if heir is None or heir == before:
        return
    catalogue.make_default(heir)
    audit.record(
        actor=None,
        action="model.default",
        target=heir.slug,
        before={"default": before.name if before else ""},
        after={"default": heir.name},
    )


def heirs_of(provider: Provider) -> list[Route]:
    """The routes whose models may become the default, in order; none where the present one has a provider of its own.

    One whose own provider is switched off or has no price keeps its place too, unless the demo stands in for it.
    """
    real = Route.objects.filter(model__is_default=True).exclude(provider__kind=ProviderKind.DEMO)
    used = real.filter(**_ON).select_related("provider")
    if any(map(routes.has_price, used)) or (real.exists() and not _demo_answers()):
        return []
    runs = Route.objects.filter(provider=provider, is_enabled=True, model__is_enabled=True)
    return list(runs.select_related("model", "provider").order_by("order", "id"))


@receiver(priced)
def _take_over_once_priced(provider: str, **kwargs: Any) -> None:
    found = Provider.objects.filter(slug=provider, is_enabled=True).exclude(kind=ProviderKind.DEMO).first()
    if found is not None:
        take_over(found)


def _demo_answers() -> bool:
    return Route.objects.filter(model__is_default=True, provider__kind=ProviderKind.DEMO, **_ON).exists()
