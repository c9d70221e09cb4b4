"""Connecting a provider. The key is tested by a worker: web never talks to one."""

from django.db import transaction

from accounts import audit
from accounts.models import User
from conversations import hints, refusals, seal, tasks
from conversations.actions import catalogue
from conversations.models import Provider, ProviderKind, Route


def connect_provider(
    *, actor: User, kind: ProviderKind, api_key: str, base_url: str = "", upstream_model: str = ""
) -> Provider:
    """Keep the key sealed and have it tested; the provider is enabled when the test succeeds.

    One that works goes on with its key until the new one is found to work. Raises ReadOnlyProvider for one that
    the environment sets.
    """
    known = catalogue.KNOWN.get(kind)
    address = known.base_url if known else base_url
    with transaction.atomic():
        existing = Provider.objects.select_for_update(no_key=True).filter(slug=kind.value).first()
        if existing is not None and existing.is_from_environment:
            raise refusals.ReadOnlyProvider(existing.name)
        key = seal.seal(api_key) if api_key else ""
        works = existing is not None and existing.is_enabled and existing.base_url == address
        new = {"pending_key": key} if works else {"sealed_key": key, "pending_key": "", "is_enabled": False}
        provider, _ = Provider.objects.update_or_create(
            slug=kind.value,
            defaults={
                "kind": kind,
                "name": known.name if known else kind.label,
                "base_url": address,
                "checked_at": None,
                "check_fault": "",
                **new,
            },
        )
        _route(provider, known.upstream_model if known else upstream_model, known.order if known else 40)
        audit.record(
            actor=actor,
            action="provider.connected",
            target=provider.slug,
            before={},
            after={"base_url": provider.base_url},
        )
        tasks.check_provider.defer(provider_id=str(provider.pk))
    return provider


def test_again(*, provider: Provider) -> None:
    """Have the key tested anew; until then the provider goes on as it was."""
    with transaction.atomic():
        Provider.objects.filter(pk=provider.pk).update(checked_at=None, check_fault="")
        tasks.check_provider.defer(provider_id=str(provider.pk))


def limit_provider(*, actor: User, provider: Provider, most_parallel: int | None) -> None:
    """How many replies may run there at once, None = any number. Those that run already go on."""
    with transaction.atomic():
        before = provider.most_parallel
        Provider.objects.filter(pk=provider.pk).update(most_parallel=most_parallel)
        audit.record(
            actor=actor,
            action="provider.limited",
            target=provider.slug,
            before={"most_parallel": before},
            after={"most_parallel": most_parallel},
        )
        hints.wake_workers()  # there may be room now


def disconnect_provider(*, actor: User, provider: Provider) -> None:
    """Forget a provider and its key. What it answered and cost stays. Raises ReadOnlyProvider."""
    if provider.is_from_environment:
        raise refusals.ReadOnlyProvider(provider.name)
    with transaction.atomic():
        provider.delete()
        audit.record(
            actor=actor,
            action="provider.removed",
            target=provider.slug,
            before={"base_url": provider.base_url},
            after={},
        )


def _route(provider: Provider, upstream_model: str, order: int) -> None:
    model = catalogue.model_named(upstream_model)
    Route.objects.filter(provider=provider).exclude(model=model).delete()
    Route.objects.update_or_create(
        model=model, provider=provider, defaults={"upstream_model": upstream_model, "order": order}
    )
