"""The price book: dated rows, never edited. A new price closes the one in force; old sums keep theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, money, peak_hours, signals
from accounts.actions.first_prices import FIRST_PRICES
from accounts.models import Price, User
from accounts.pricing import COMPATIBLE

# A price this many times another is more often a slip of the key than news.
JUMP = 10
HIGHEST_PRICE = Decimal(100_000)  # dollars per 1M tokens

_ENVIRONMENT = "OPENAI_COMPATIBLE_PRICE"
_WORDS = {
    "input": gettext_lazy("input"),
    "cache_read": gettext_lazy("cached"),
    "cache_write": gettext_lazy("cache write"),
    "output": gettext_lazy("output"),
}
_BOOK_LOCK = 0x7072696365  # one writer at a time, or two could both find no row and write one


class PriceJump(Exception):
    """The new price is more than ten times the old one, or less than a tenth; `str()` asks whoever set it."""

    def __init__(self, rate: str, before: Decimal, after: Decimal, *, is_peak: bool = False) -> None:
        sentence = (
            _(
                "The %(rate)s price would go from %(before)s to %(after)s per 1M tokens in some hours."
                " Confirm it if that is meant."
            )
            if is_peak
            else _(
                "The %(rate)s price would go from %(before)s to %(after)s per 1M tokens."
                " Confirm it if that is meant."
            )
        )
        super().__init__(
            sentence
            % {"rate": _WORDS[rate], "before": money.format_rate(before), "after": money.format_rate(after)}
        )


@transaction.atomic
def set_price(
    *,
    actor: User | None,
    provider: str,
    upstream_model: str,
    input: Decimal,
    cache_read: Decimal | None,
    cache_write: Decimal | None = None,
    output: Decimal,
    source: str,
    confirm_jump: bool = False,
    is_billed: bool = True,
    bands: Sequence[peak_hours.Band] = (),
) -> Price:
    """Put a new price in force from now on. Raises PriceJump, and ValueError for what is no price."""
    price = Price(
        provider=provider,
        upstream_model=upstream_model,
        input=_checked(input),
        cache_read=None if cache_read is None else _checked(cache_read),
        cache_write=None if cache_write is None else _checked(cache_write),
        output=_checked(output),
        bands=peak_hours.checked(bands),
        is_billed=is_billed,
        source=source,
        author=actor.display_name if actor else "",
    )
    lock_book()
    _put_in_force(price, actor=actor, confirm_jump=confirm_jump)
    return price


@transaction.atomic
def change_rates(
    *,
    actor: User,
    provider: str,
    upstream_model: str,
    input: Decimal,
    cache_read: Decimal | None,
    output: Decimal,
    source: str,
    confirm_jump: bool = False,
) -> Price:
    """`set_price` for whoever sees these three rates alone: peak hours and cache writes stay as they were."""
    lock_book()
    now = _in_force(provider, upstream_model).order_by("-valid_from", "-created_at").first()
    return set_price(
        actor=actor,
        provider=provider,
        upstream_model=upstream_model,
        input=input,
        cache_read=cache_read,
        cache_write=now.cache_write if now else None,
        output=output,
        source=source,
        confirm_jump=confirm_jump,
        is_billed=now.is_billed if now else True,
        bands=now.bands if now else (),
    )


def is_jump(before: Decimal | None, after: Decimal | None) -> bool:
    """True when one is more than ten times the other. A rate that was not stated before is news, not a change."""
    if before is None or after is None:
        return False
    lower, higher = sorted((before, after))
    return higher > lower * JUMP


@transaction.atomic
def seed_prices() -> None:
    """The first rows of the book, and the price that the environment states. Repeating it changes nothing."""
    lock_book()
    known = set(Price.objects.values_list("provider", "upstream_model"))
    Price.objects.bulk_create(
        Price(**row) for row in FIRST_PRICES if (row["provider"], row["upstream_model"]) not in known
    )
    _follow_environment()


def _follow_environment() -> None:
    """Put the stated price in force when it is new. One set by an administrator since then stands."""
    stated = settings.ENVIRONMENT.compatible_price
    model = settings.ENVIRONMENT.compatible_model
    if stated is None:
        return
    given, cached, produced = stated
    rows = Price.objects.filter(provider=COMPATIBLE, upstream_model=model, source=_ENVIRONMENT)
    last = rows.order_by("-valid_from", "-created_at").first()
    if last and (last.input, last.cache_read, last.output) == stated:
        return
    price = Price(
        provider=COMPATIBLE,
        upstream_model=model,
        input=given,
        cache_read=cached,
        output=produced,
        source=_ENVIRONMENT,
    )
    _put_in_force(price, actor=None, confirm_jump=True)


def _put_in_force(price: Price, *, actor: User | None, confirm_jump: bool) -> None:
    now = timezone.now()
    in_force = _in_force(price.provider, price.upstream_model, now)
    earlier = in_force.order_by("-valid_from", "-created_at").first()
    if not confirm_jump:
        _refuse_jump(earlier, price)
    in_force.update(valid_to=now)
    price.valid_from = now
    price.save(force_insert=True)
    audit.record(
        actor=actor,
        action="price.set",
        target=f"{price.provider}: {price.upstream_model}",
        before=_described(earlier) if earlier else {},
        after=_described(price),
    )
    if earlier is None:
        signals.tell_priced(price.provider, price.upstream_model)


def _in_force(provider: str, upstream_model: str, at: datetime | None = None) -> QuerySet[Price]:
    at = at or timezone.now()
    return Price.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at),
        provider=provider,
        upstream_model=upstream_model,
        valid_from__lte=at,
    )


def _refuse_jump(earlier: Price | None, price: Price) -> None:
    """From the price before, and within the price: a slip of the key may be in its peak hours too."""
    for rate in peak_hours.RATES:
        before: Any = getattr(earlier, rate, None)
        after: Any = getattr(price, rate)
        peaks = [Decimal(band[rate]) for band in price.bands if rate in band]
        if is_jump(before, after):
            raise PriceJump(rate, before, after)
        for peak in peaks:
            if is_jump(after, peak):
                raise PriceJump(rate, after, peak, is_peak=True)


def _described(price: Price) -> Mapping[str, Any]:
    return {name: getattr(price, name) for name in (*peak_hours.RATES, "bands", "is_billed", "source")}


def _checked(rate: Decimal) -> Decimal:
    if not rate.is_finite() or not 0 <= rate <= HIGHEST_PRICE:
        raise ValueError(
            _("A price is from $0 to %(highest)s per 1M tokens.")
            % {"highest": money.format_limit(HIGHEST_PRICE)}
        )
    return rate.quantize(money.PICO)


def lock_book() -> None:
    """Nobody else writes a price until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BOOK_LOCK])
