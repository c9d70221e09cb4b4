"""Having a worker read a provider's prices: web never talks to a provider."""

from django.db import transaction

from accounts.actions import price_imports
from accounts.models import PriceList, User
from conversations import access, price_fetch, tasks
from conversations.models import Provider, ProviderKind


def fetch_list(*, actor: User, provider: Provider) -> PriceList:
    """A list on its way; while one is, that one."""
    with transaction.atomic():
        access.still_there(
            Provider.objects.select_for_update(no_key=True).filter(pk=provider.pk)
        )  # one at a time
        on_its_way = PriceList.objects.filter(provider=provider.slug, read_at=None).first()
        if on_its_way is not None:
            return on_its_way
        wanted = price_imports.ask_for_list(
            actor=actor,
            provider=provider.slug,
            provider_name=provider.name,
            unit=price_fetch.UNITS[ProviderKind(provider.kind)],
        )
        tasks.fetch_prices.defer(list_id=str(wanted.pk))
    return wanted
