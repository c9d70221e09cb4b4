"""Connecting a provider. The key is tested by a worker: web never talks to one."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from conversations import access, hints, refusals, seal, tasks
from conversations.actions import catalogue
from conversations.models import Provider, ProviderKind, Route


def connect_provider(
    *,
    actor: User,
    kind: ProviderKind,
    api_key: str,
    base_url: str = "",
    upstream_model: str = "",
    name: str = "",
) -> Provider:
    """Keep the key sealed and have it tested; the provider is enabled when the test succeeds.

    One that works goes on with its key until the new one is found to work. A `name` of its own makes a further
    OpenAI-compatible server. Raises ReadOnlyProvider for one that the environment sets, and CatalogueRefused where
    the name is another's.
    """
    known = catalogue.KNOWN.get(kind)
    address = known.base_url if known else base_url
    slug = kind.value if known or not name else slugify(name)[:40]
    with transaction.atomic():
        existing = Provider.objects.select_for_update(no_key=True).filter(slug=slug).first()
        if existing is not None and existing.is_from_environment:
            raise refusals.ReadOnlyProvider(existing.name)
        if not slug:
            raise refusals.CatalogueRefused(
                _("Give it a name with a Latin letter or a digit: addresses go by it.")
            )
        if _is_anothers(slug, kind, name, existing):
            raise refusals.CatalogueRefused(_("Another provider has this name. Choose one of its own."))
        before = {"base_url": existing.base_url} if existing is not None else {}
        provider, _made = Provider.objects.update_or_create(
            slug=slug,
            defaults={
                "kind": kind,
                "name": known.name if known else name or str(kind.label),
                "base_url": address,
                **_with_key(existing, api_key, address),
            },
        )
        _route(provider, known or catalogue.Known(provider.name, address, upstream_model, 40))
        _record(actor, "provider.connected", provider, before=before, after={"base_url": provider.base_url})
        tasks.check_provider.defer(provider_id=str(provider.pk))
    return provider


def change_key(*, actor: User, provider: Provider, api_key: str) -> None:
    """Have another key tested in place of the one in use. Raises ReadOnlyProvider."""
    with transaction.atomic():
        provider = _own(provider)
        fields = _with_key(provider, api_key, provider.base_url)
        Provider.objects.filter(pk=provider.pk).update(**fields)
        _record(actor, "provider.new_key", provider)
        tasks.check_provider.defer(provider_id=str(provider.pk))


def change_provider(*, actor: User, provider: Provider, name: str, base_url: str, api_key: str = "") -> None:
    """What it is called and where it is. The key never goes to another address by itself: what is given with it is
    tested there before anything else is sent.

    Raises ReadOnlyProvider.
    """
    with transaction.atomic():
        provider = _own(provider)
        before = {"name": provider.name, "base_url": provider.base_url}
        fields: dict[str, Any] = {"name": name, "base_url": base_url}
        if base_url != provider.base_url:
            fields |= _with_key(provider, api_key, base_url)
            tasks.check_provider.defer(provider_id=str(provider.pk))
        Provider.objects.filter(pk=provider.pk).update(**fields)
        after = {"name": name, "base_url": base_url}
        _record(actor, "provider.changed", provider, before=before, after=after)


def change_switches(*, actor: User, provider: Provider, switches: Mapping[str, Any]) -> None:
    """Its departures from the dialect, from the next reply on. Told how hard to think, its models offer that."""
    with transaction.atomic():
        provider = _locked(provider)
        before, provider.switches = provider.switches, dict(switches)
        provider.save(update_fields=["switches"])
        _record(
            actor, "provider.dialect", provider, before={"switches": before}, after={"switches": switches}
        )
        if switches.get("sends_effort") and not before.get("sends_effort"):
            for model in catalogue.learn_efforts(provider):
                audit.record(
                    actor=actor,
                    action="model.changed",
                    target=model.slug,
                    before={"efforts": []},
                    after={"efforts": model.efforts},
                )


def switch_provider(*, actor: User, provider: Provider, is_enabled: bool) -> None:
    """Whether anything is sent there. Replies that run go on; what waits takes the next route.

    Raises CatalogueRefused for one whose key never worked.
    """
    with transaction.atomic():
        provider = _locked(provider)
        if is_enabled and not provider.is_proven and not provider.is_from_environment:
            raise refusals.CatalogueRefused(
                _("%(provider)s has not taken its key. Test it again, or give it another one.")
                % {"provider": provider.name}
            )
        before, provider.is_enabled = provider.is_enabled, is_enabled
        provider.save(update_fields=["is_enabled"])
        action = "provider.switched_on" if is_enabled else "provider.switched_off"
        _record(actor, action, provider, before={"is_enabled": before}, after={"is_enabled": is_enabled})
        hints.wake_workers()


def test_again(*, provider: Provider) -> None:
    """Have the key tested anew; until then the provider goes on as it was, and one that was switched off stays so."""
    with transaction.atomic():
        provider = _locked(provider)
        is_switched_off = not provider.is_enabled and provider.is_proven
        Provider.objects.filter(pk=provider.pk).update(checked_at=None, check_fault="")
        tasks.check_provider.defer(provider_id=str(provider.pk), enables=not is_switched_off)


def limit_provider(*, actor: User, provider: Provider, most_parallel: int | None) -> None:
    """How many replies may run there at once, None = any number. Those that run already go on."""
    with transaction.atomic():
        before = {"most_parallel": provider.most_parallel}
        Provider.objects.filter(pk=provider.pk).update(most_parallel=most_parallel)
        after = {"most_parallel": most_parallel}
        _record(actor, "provider.limited", provider, before=before, after=after)
        hints.wake_workers()  # there may be room now


def disconnect_provider(*, actor: User, provider: Provider) -> None:
    """Forget a provider and its key. What it answered and cost stays. Raises ReadOnlyProvider."""
    with transaction.atomic():
        provider = _own(provider)
        provider.delete()
        _record(actor, "provider.removed", provider, before={"base_url": provider.base_url})


def _with_key(existing: Provider | None, api_key: str, address: str) -> dict[str, Any]:
    """The fields of a key that is to be tested: beside the one in use, where that works at this address."""
    key = seal.seal(api_key) if api_key else ""
    untested: dict[str, Any] = {"checked_at": None, "check_fault": ""}
    if existing is not None and existing.is_enabled and existing.base_url == address:
        return untested | {"pending_key": key}
    return untested | {"sealed_key": key, "pending_key": "", "is_enabled": False}


def _is_anothers(slug: str, kind: ProviderKind, name: str, existing: Provider | None) -> bool:
    """True where a provider of another kind or another name goes by what this one would be called."""
    if slug in ProviderKind.values and slug != kind:
        return True
    if existing is not None and (
        existing.kind != kind or (name and existing.name.casefold() != name.casefold())
    ):
        return True
    return bool(name) and Provider.objects.filter(name__iexact=name).exclude(slug=slug).exists()


def _own(provider: Provider) -> Provider:
    """The row, locked, if it is kept here."""
    found = _locked(provider)
    if found.is_from_environment:
        raise refusals.ReadOnlyProvider(found.name)
    return found


def _locked(provider: Provider) -> Provider:
    return access.still_there(Provider.objects.select_for_update(no_key=True).filter(pk=provider.pk))


def _route(provider: Provider, known: catalogue.Known) -> None:
    """The route to the model that was named; the others that it has stay as they are."""
    Route.objects.update_or_create(
        model=catalogue.model_named(known.upstream_model),
        provider=provider,
        defaults={"upstream_model": known.upstream_model},
        create_defaults={"upstream_model": known.upstream_model, "order": known.order, **known.takes},
    )


def _record(
    actor: User,
    action: str,
    provider: Provider,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    audit.record(actor=actor, action=action, target=provider.slug, before=before or {}, after=after or {})
