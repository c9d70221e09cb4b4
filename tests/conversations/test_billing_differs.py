"""A provider whose bills are not what our price says is named to administrators, with the way to its price."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts import pricing
from accounts.models import CostSource, User
from accounts.pricing import Tokens
from conversations.catalogue_pages import billing
from conversations.models import Attempt, Generation, Model
from tests.conftest import ClientFor
from tests.conversations.test_models_and_routes import ask

TOKENS = Tokens(prompt=1_000, cached=400, cache_write=100, completion=500, reasoning=200)


@pytest.fixture
def office(client_for: ClientFor, admin: User, model: Model) -> Client:
    office = client_for(admin)
    assert ask(office) == 201
    return office


numbers = itertools.count(1)


def billed(
    times: str, *, source: str = CostSource.REPORTED, days_ago: int = 1, is_billed: bool = True
) -> Attempt:
    """A reply whose provider stated this many times what our price says."""
    rates = pricing.rates_at("scripted", "deepseek-v4-flash", timezone.now())
    assert rates is not None
    attempt = Attempt(
        generation=Generation.objects.get(),
        number=next(numbers),
        provider="scripted",
        provider_name="Scripted",
        upstream_model="deepseek-v4-flash",
        price=rates.as_json() | {"is_billed": is_billed},
        cost=pricing.cost_of(TOKENS, rates) * Decimal(times),
        cost_source=source,
        started_at=timezone.now() - timedelta(days=days_ago),
        finished_at=timezone.now(),
    )
    attempt.tokens = TOKENS
    attempt.save()
    return attempt


def test_more_than_one_per_cent_is_told_with_its_number_its_worst_and_its_price(office: Client) -> None:
    for times in ("1", "1.009", "1.02", "1.10"):
        billed(times)

    for page in ("/providers/", "/providers/models/"):
        text = office.get(page).text
        assert (
            "Scripted billed 6.0 % more than our price in 2 of 4 replies by deepseek-v4-flash in the last 7 days: "
            "$0.0032, by our price $0.0030. The worst: 10.0 % more than our price."
        ) in text
        assert 'href="/prices/#scripted-deepseek-v4-flash"' in text
    assert 'id="scripted-deepseek-v4-flash"' in office.get("/prices/").text


def test_less_is_told_too(office: Client) -> None:
    billed("0.5", source=CostSource.LOOKED_UP)

    assert "50.0 % less than our price in 1 of 1 reply" in office.get("/providers/").text


def test_bills_that_are_right_old_unbilled_or_our_own_sums_are_not_told(office: Client) -> None:
    billed("1.01")
    billed("2", days_ago=8)
    billed("2", is_billed=False)
    billed("2", source=CostSource.PRICED)
    billed("2", source=CostSource.ESTIMATED)

    assert billing.differences() == []
    assert "our price" not in office.get("/providers/").text


def test_what_is_rounded_away_is_no_difference(office: Client) -> None:
    attempt = billed("1")
    attempt.tokens = Tokens(prompt=1, completion=1)
    attempt.cost = Decimal("0.00000205")
    attempt.save()

    assert billing.differences() == []


def test_a_price_of_nothing_that_is_billed_is_told(office: Client) -> None:
    attempt = billed("1")
    attempt.price |= {"input": "0", "cache_read": "0", "cache_write": "0", "output": "0"}
    attempt.save()

    (found,) = billing.differences()
    assert found.ours == 0
    assert "where our price says nothing" in found.sentence
