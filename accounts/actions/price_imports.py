"""Taking prices from a provider's list: kept first, looked at, then put in force in one transaction."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import prices
from accounts.models import PriceList, User
from accounts.price_lists import preview, reading
from accounts.price_lists.preview import Change
from accounts.price_lists.reading import Offer, Unit

# A list this old says little about prices; its own rows name it as their source all the same.
KEPT = timedelta(days=90)


class ImportRefused(Exception):
    """Nothing was imported; `str()` says why."""


class NotConfirmed(ImportRefused):
    """Some prices would change more than tenfold; `names` are theirs."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _(
                "Nothing was imported yet. Confirm the prices that would change more than tenfold, or leave them out."
            )
        )
        self.names = names


@transaction.atomic
def ask_for_list(*, actor: User, provider: str, provider_name: str, unit: Unit) -> PriceList:
    """A list that a worker is to read."""
    PriceList.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    return PriceList.objects.create(
        provider=provider, provider_name=provider_name, unit=unit, asked_by=actor.display_name
    )


@transaction.atomic
def paste_list(*, actor: User, provider: str, provider_name: str, unit: Unit, text: str) -> PriceList:
    """A list that somebody brought along. Raises reading.NotAList."""
    offers = reading.offers_in(text, unit)
    kept = ask_for_list(actor=actor, provider=provider, provider_name=provider_name, unit=unit)
    kept.is_pasted, kept.read_at = True, timezone.now()
    kept.offers = [offer.as_json() for offer in offers]
    kept.save(update_fields=["is_pasted", "read_at", "offers"])
    return kept


@transaction.atomic
def keep_list(price_list: PriceList, *, offers: Sequence[Offer] = (), fault: str = "") -> None:
    """What the provider answered; the first answer stands."""
    PriceList.objects.filter(pk=price_list.pk, read_at=None).update(
        offers=[offer.as_json() for offer in offers], fault=fault, read_at=timezone.now()
    )


@transaction.atomic
def take_prices(
    *,
    actor: User,
    price_list: PriceList,
    names: Collection[str],
    confirmed: Collection[str] = (),
    shown: Collection[str],
    book_state: str,
) -> int:
    """Put these prices in force from now on; returns how many. Repeating it finds nothing to change.

    `shown` are the names the preview had, and `book_state` what it was made against. Raises ImportRefused when the
    book has changed since, and NotConfirmed.
    """
    prices.lock_book()
    now = timezone.now()
    offers = [Offer.from_json(stored) for stored in price_list.offers]
    found = preview.changes(price_list.provider, offers, of=shown, at=now)
    wanted = [change for change in found if change.offer.name in names and change.can_be_taken]
    if not wanted:
        return 0
    if preview.book_state(found) != book_state:
        raise ImportRefused(
            _("The price book has changed since this was shown, so nothing was imported. Look at it again.")
        )
    open_jumps = [one.offer.name for one in wanted if one.jumps and one.offer.name not in confirmed]
    if open_jumps:
        raise NotConfirmed(open_jumps)
    for change in wanted:
        _put_in_force(actor, price_list, change)
    PriceList.objects.filter(pk=price_list.pk).update(taken_at=now)
    return len(wanted)


def _put_in_force(actor: User, price_list: PriceList, change: Change) -> None:
    offer = change.offer
    if offer.input is None or offer.output is None:
        raise ImportRefused(offer.fault)
    prices.set_price(
        actor=actor,
        provider=price_list.provider,
        upstream_model=offer.name,
        input=offer.input,
        cache_read=offer.cache_read,
        cache_write=offer.cache_write,
        output=offer.output,
        bands=offer.bands,
        source=source_of(price_list),
        confirm_jump=True,  # judged above, all of them together
        is_billed=change.before.is_billed if change.before else True,
    )


def source_of(price_list: PriceList) -> str:
    """Where its prices come from, as the book says it."""
    read_at = price_list.read_at or price_list.asked_at
    how = _("pasted") if price_list.is_pasted else _("read")
    return f"{price_list.provider_name}: /models, {how} {read_at:%Y-%m-%d %H:%M} UTC"[:200]
