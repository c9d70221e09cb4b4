"""What tokens cost, to the last place."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import pricing
from accounts.pricing import CostSplit, Rates, Tokens

RATES = Rates(
    input=Decimal("0.14"),
    cache_read=Decimal("0.0028"),
    cache_write=Decimal("0.2"),
    output=Decimal("0.28"),
    is_billed=True,
    price_id="p",
    source="ours",
)

counts = st.integers(min_value=0, max_value=2_000_000)
some_tokens = st.builds(Tokens, counts, counts, counts, counts, counts)
prices = st.decimals(min_value=0, max_value=1000, places=12)
some_rates = st.builds(
    Rates, prices, prices, prices, prices, is_billed=st.just(True), price_id=st.just("p"), source=st.just("")
)


def test_each_kind_of_token_has_its_own_price() -> None:
    tokens = Tokens(prompt=1000, cached=600, cache_write=100, completion=50, reasoning=20)

    assert pricing.cost_of(tokens, RATES) == Decimal("0.00007768")
    assert pricing.cost_by_kind(tokens, RATES) == CostSplit(
        cached=Decimal("0.00000168"),
        new=Decimal("0.000062"),
        thinking=Decimal("0.0000056"),
        answer=Decimal("0.0000084"),
    )


def test_a_single_cached_token_is_not_rounded_away() -> None:
    assert pricing.cost_of(Tokens(prompt=1, cached=1), RATES) == Decimal("0.0000000028")


def test_an_unbilled_price_is_shown_and_not_charged() -> None:
    demo = Rates.from_json(RATES.as_json() | {"is_billed": False})

    assert pricing.cost_of(Tokens(prompt=1000), demo) == Decimal("0.00014")
    assert pricing.charge_of(Tokens(prompt=1000), demo) == 0


@pytest.mark.parametrize(
    ("given_counts", "cleaned"),
    [
        ((10, 20, 5, 3, 9), Tokens(10, 10, 0, 3, 3)),
        ((10, 4, 20, 3, 3), Tokens(10, 4, 6, 3, 3)),
        ((-1, -2, -3, -4, -5), Tokens(0, 0, 0, 0, 0)),
        ((0, 5, 5, 0, 5), Tokens()),
    ],
)
def test_impossible_counts_are_cleaned(given_counts: tuple[int, ...], cleaned: Tokens) -> None:
    assert Tokens(*given_counts) == cleaned


@given(some_tokens, some_rates)
def test_the_kinds_add_up_to_the_cost(tokens: Tokens, rates: Rates) -> None:
    assert pricing.cost_by_kind(tokens, rates).total == pricing.cost_of(tokens, rates)


@given(some_tokens)
def test_the_priced_tokens_add_up_to_those_reported(tokens: Tokens) -> None:
    assert tokens.cached + tokens.new + tokens.reasoning + tokens.answer == tokens.total
    assert tokens.cache_write <= tokens.new


@given(st.decimals(min_value=0, max_value=10_000, places=12), some_tokens, st.none() | some_rates)
def test_a_reported_total_is_split_without_losing_any_of_it(
    total: Decimal, tokens: Tokens, rates: Rates | None
) -> None:
    split = pricing.split_reported(total, tokens, rates)

    assert split.total == total
    assert all(part >= 0 for part in split.parts)


def test_a_reported_total_is_split_as_our_prices_would() -> None:
    tokens = Tokens(prompt=1000, cached=600, completion=50, reasoning=20)
    ours = pricing.cost_by_kind(tokens, RATES)

    assert pricing.split_reported(ours.total, tokens, RATES) == ours
    assert pricing.split_reported(2 * ours.total, tokens, RATES).answer == 2 * ours.answer


@given(some_rates)
def test_rates_survive_being_stored_with_an_attempt(rates: Rates) -> None:
    assert Rates.from_json(rates.as_json()) == rates
