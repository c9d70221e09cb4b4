"""The price book: which price is in force when, and how it changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts import pricing
from accounts.actions import prices
from accounts.models import AuditEntry, Price, User

pytestmark = pytest.mark.django_db

# The first of these is a Monday.
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
SATURDAY = MONDAY + timedelta(days=5)


@pytest.fixture
def book() -> None:
    Price.objects.all().delete()
    prices.seed_prices()


def set_price(actor: User | None = None, **changes: Any) -> Price:
    given: dict[str, Any] = {
        "provider": "routeway",
        "upstream_model": "deepseek-v4-flash",
        "input": Decimal("0.12"),
        "cache_read": Decimal("0.04"),
        "output": Decimal("0.25"),
        "source": "typed in",
    }
    return prices.set_price(actor=actor, **given | changes)


def input_at(provider: str, name: str, at: datetime) -> Decimal | None:
    rates = pricing.rates_at(provider, name, at)
    return rates.input if rates else None


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("provider", "name", "rates"),
    [
        ("routeway", "deepseek-v4-flash", ("0.12", "0.04", "0.12", "0.25")),
        ("openrouter", "deepseek/deepseek-v4-flash", ("0.14", "0.14", "0.14", "0.28")),
        ("deepseek", "deepseek-flash", ("0.15", "0.003", "0.15", "0.60")),
        ("deepseek", "deepseek-v4-flash", ("0.15", "0.003", "0.15", "0.60")),
        ("demo", "deepseek-v4-flash", ("0.14", "0.028", "0.14", "0.28")),
    ],
)
def test_the_book_starts_with_the_known_prices(provider: str, name: str, rates: tuple[str, ...]) -> None:
    found = pricing.rates_at(provider, name, MONDAY)

    assert found is not None
    assert (found.input, found.cache_read, found.cache_write, found.output) == tuple(map(Decimal, rates))
    assert found.is_billed is (provider != "demo")
    assert found.source


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("at", "price"),
    [
        (MONDAY, "0.15"),
        (MONDAY + timedelta(hours=1), "0.30"),
        (MONDAY + timedelta(hours=3, minutes=59, seconds=59), "0.30"),
        (MONDAY + timedelta(hours=4), "0.15"),
        (MONDAY + timedelta(hours=6), "0.30"),
        (MONDAY + timedelta(hours=10), "0.15"),
        (SATURDAY + timedelta(hours=2), "0.15"),
    ],
)
def test_peak_hours_cost_what_they_cost(at: datetime, price: str) -> None:
    assert input_at("deepseek", "deepseek-flash", at) == Decimal(price)


@pytest.mark.usefixtures("book")
def test_a_hold_is_made_for_the_dearest_hour() -> None:
    found = pricing.rates_and_dearest("deepseek", "deepseek-flash", SATURDAY)
    peak = pricing.rates_at("deepseek", "deepseek-flash", MONDAY + timedelta(hours=1))

    assert found is not None and peak is not None
    assert found[0] == pricing.rates_at("deepseek", "deepseek-flash", SATURDAY)
    # Writing to the cache costs the hour's input price.
    assert found[1] == replace(peak, cache_write=Decimal("0.30"))


@pytest.mark.usefixtures("book")
def test_a_model_nobody_priced_has_no_price() -> None:
    assert pricing.rates_at("openrouter", "somebody/something", MONDAY) is None
    assert pricing.rates_and_dearest("openrouter", "somebody/something", MONDAY) is None


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    "name",
    ["deepseek-v4-flash", "deepseek/deepseek-v4-flash", "Deepseek-Flash", "deepseek-ai/DeepSeek-V4-Flash"],
)
def test_any_server_that_runs_the_default_model_is_priced_as_openrouters(name: str) -> None:
    assert input_at("openai-compatible", name, MONDAY) == Decimal("0.14")


@pytest.mark.usefixtures("book")
def test_another_model_of_such_a_server_has_no_price_until_one_is_set() -> None:
    assert input_at("openai-compatible", "llama", MONDAY) is None

    set_price(provider="openai-compatible", upstream_model="llama", input=Decimal(0), cache_read=None)

    assert input_at("openai-compatible", "llama", timezone.now()) == 0


def test_the_environment_can_state_a_price(settings: Settings) -> None:
    stated = (Decimal("0.5"), Decimal("0.1"), Decimal("1.5"))
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, compatible_price=stated, compatible_model="deepseek-v4-flash"
    )

    prices.seed_prices()

    rates = pricing.rates_at("openai-compatible", "deepseek-v4-flash", timezone.now())
    assert rates is not None
    assert (rates.input, rates.cache_read, rates.output) == stated
    assert rates.source == "OPENAI_COMPATIBLE_PRICE"


def test_a_price_set_since_stands_until_the_environment_states_another(settings: Settings) -> None:
    stated = (Decimal("0.5"), Decimal("0.1"), Decimal("1.5"))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, compatible_price=stated, compatible_model="llama")
    prices.seed_prices()
    set_price(provider="openai-compatible", upstream_model="llama", input=Decimal("0.6"), confirm_jump=True)

    prices.seed_prices()
    assert input_at("openai-compatible", "llama", timezone.now()) == Decimal("0.6")

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, compatible_price=(Decimal("0.7"), *stated[1:]))
    prices.seed_prices()
    assert input_at("openai-compatible", "llama", timezone.now()) == Decimal("0.7")


@pytest.mark.usefixtures("book")
def test_seeding_again_changes_nothing_and_undoes_nothing() -> None:
    set_price(input=Decimal("0.2"))
    before = list(Price.objects.order_by("id").values())

    prices.seed_prices()

    assert list(Price.objects.order_by("id").values()) == before


@pytest.mark.usefixtures("book")
def test_a_new_price_leaves_what_was_priced_before_untouched() -> None:
    morning = timezone.now()
    applied = pricing.rates_at("routeway", "deepseek-v4-flash", morning)
    assert applied is not None
    stored = applied.as_json()

    set_price(input=Decimal("0.24"))

    assert input_at("routeway", "deepseek-v4-flash", timezone.now()) == Decimal("0.24")
    assert pricing.rates_at("routeway", "deepseek-v4-flash", morning) == applied
    assert pricing.Rates.from_json(stored) == applied


@pytest.mark.usefixtures("book")
def test_a_new_price_closes_the_old_one_and_is_on_the_record(admin: User) -> None:
    set_price(admin, input=Decimal("0.24"), source="their mail of today")

    old, new = Price.objects.filter(provider="routeway").order_by("valid_from")
    assert old.valid_to == new.valid_from
    assert (new.valid_to, new.author, new.source) == (None, "Admin", "their mail of today")
    entry = AuditEntry.objects.get(action="price.set", target="routeway: deepseek-v4-flash")
    assert entry.actor_id == admin.pk
    assert Decimal(entry.before["input"]) == Decimal("0.12")
    assert Decimal(entry.after["input"]) == Decimal("0.24")


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("rate", [{"input": "1.21"}, {"cache_read": "0.003"}, {"output": "0"}])
def test_a_tenfold_change_asks_first(rate: dict[str, str]) -> None:
    change: dict[str, Any] = {name: Decimal(figure) for name, figure in rate.items()}

    with pytest.raises(prices.PriceJump, match="Confirm it if that is meant"):
        set_price(**change)
    assert Price.objects.filter(provider="routeway").count() == 1

    set_price(**change, confirm_jump=True)
    assert Price.objects.filter(provider="routeway").count() == 2


def test_the_question_shows_both_prices() -> None:
    set_price(input=Decimal("0.12"))

    with pytest.raises(prices.PriceJump) as jump:
        set_price(input=Decimal(12))

    assert str(jump.value) == (
        "The input price would go from $0.12 to $12.00 per 1M tokens. Confirm it if that is meant."
    )


@pytest.mark.parametrize("figure", ["-0.01", "NaN", "Infinity", "100001"])
def test_what_is_no_price_is_refused(figure: str) -> None:
    with pytest.raises(ValueError, match="A price is from"):
        set_price(input=Decimal(figure))


@pytest.mark.parametrize(
    "band",
    [
        {"days": [7], "from": "01:00", "to": "04:00"},
        {"days": [], "from": "01:00", "to": "04:00"},
        {"days": [0], "from": "22:00", "to": "02:00"},
        {"days": [0], "from": "25:00", "to": "26:00"},
        {"days": [0], "from": "01:00", "to": "04:00", "input": "cheap"},
        {"days": [0], "from": "01:00", "to": "04:00", "output": "-1"},
    ],
)
def test_hours_that_cannot_be_read_are_refused(band: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        set_price(bands=[band])


def test_hours_until_midnight_end_with_the_day() -> None:
    price = set_price(bands=[{"days": [0], "from": "22:00", "to": "24:00", "output": "2"}])
    Price.objects.filter(pk=price.pk).update(valid_from=MONDAY)

    def output_at(at: datetime) -> Decimal | None:
        rates = pricing.rates_at("routeway", "deepseek-v4-flash", at)
        return rates.output if rates else None

    assert output_at(MONDAY + timedelta(hours=23, minutes=59)) == 2
    assert output_at(MONDAY + timedelta(hours=24)) == Decimal("0.25")
