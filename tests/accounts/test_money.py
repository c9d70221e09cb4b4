"""Figures as people read them."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import accounts
from accounts import money

MODULES = [
    path for path in sorted(Path(accounts.__path__[0]).rglob("*.py")) if path.parent.name != "migrations"
]


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "free"),
        ("0.000000000001", "$0.000000000001"),
        ("0.00000028", "$0.00000028"),
        ("0.00079", "$0.00079"),
        ("0.000786", "$0.00079"),
        ("0.000781", "$0.00079"),
        ("0.0001", "$0.00010"),
        ("0.00996", "$0.010"),
        ("0.01", "$0.010"),
        ("0.0271", "$0.028"),
        ("0.5", "$0.500"),
        ("0.9996", "$1.00"),
        ("1", "$1.00"),
        ("4.121", "$4.13"),
        ("38.12", "$38.12"),
        ("1234.5", "$1,234.50"),
        ("-0.000123", "−$0.00012"),
    ],
)
def test_what_was_spent_rounds_up_to_a_readable_figure(amount: str, shown: str) -> None:
    assert money.format_cost(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("4.129", "$4.12"),
        ("5", "$5.00"),
        ("0.128", "$0.12"),
        ("0.01", "$0.01"),
        ("0.00999", "$0.0099"),
        ("0.0000123", "$0.000012"),
        ("1234.567", "$1,234.56"),
        ("0", "nothing"),
        ("-0.5", "nothing"),
    ],
)
def test_what_is_left_rounds_down_and_is_never_negative(amount: str, shown: str) -> None:
    assert money.format_left(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("0.2801", "$0.29"), ("0.28", "$0.28"), ("0.0041", "$0.0041"), ("0.009999", "$0.010"), ("0", "nothing")],
)
def test_the_worst_case_rounds_up_to_cents(amount: str, shown: str) -> None:
    assert money.format_worst(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("5", "$5.00"), ("100.000000000000", "$100.00"), ("0.005", "$0.005"), ("10", "$10.00"), ("0", "$0")],
)
def test_a_limit_is_shown_as_it_was_set(amount: str, shown: str) -> None:
    assert money.format_limit(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.14", "$0.14"),
        ("0.0028", "$0.0028"),
        ("0.003625000000", "$0.003625"),
        ("1.2", "$1.20"),
        ("0", "free"),
    ],
)
def test_a_price_is_shown_unrounded(amount: str, shown: str) -> None:
    assert money.format_rate(Decimal(amount)) == shown


def test_the_exact_figure_has_all_its_places() -> None:
    assert money.exact(Decimal("0.000790000000")) == "$0.00079"
    assert money.exact(Decimal("1234.5")) == "$1,234.50"


@given(st.decimals(min_value=0, max_value=99_999_999, places=12))
def test_no_amount_reads_as_no_money_unless_it_is_none(amount: Decimal) -> None:
    for shown in (money.format_cost(amount), money.format_left(amount), money.format_worst(amount)):
        if amount:
            assert Decimal(shown.removeprefix("$").replace(",", "")) > 0
        else:
            assert shown in ("free", "nothing")


@given(st.decimals(min_value=0, max_value=99_999_999, places=12))
def test_spent_never_reads_less_and_left_never_more_than_it_is(amount: Decimal) -> None:
    if amount:
        assert Decimal(money.format_cost(amount)[1:].replace(",", "")) >= amount
        assert Decimal(money.format_left(amount)[1:].replace(",", "")) <= amount


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (840, "840"),
        (999, "999"),
        (1_000, "1k"),
        (5_886, "5.9k"),
        (99_949, "99.9k"),
        (99_950, "100k"),
        (131_072, "131k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_048_576, "1M"),
        (2_000_000, "2M"),
    ],
)
def test_token_counts_at_a_glance(count: int, shown: str) -> None:
    assert money.tokens_short(count) == shown


def test_token_counts_to_the_last_one() -> None:
    assert money.format_tokens(4_096) == "4,096"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.2, "1 s"),
        (8, "8 s"),
        (12.4, "12 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (72, "1 min 12 s"),
        (3600, "60 min"),
    ],
)
def test_times_are_seconds_and_from_a_minute_on_minutes(seconds: float, shown: str) -> None:
    assert money.seconds_short(seconds) == shown


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_float_can_enter_where_money_is_counted(path: Path) -> None:
    tree = ast.parse(path.read_text())

    durations = {
        id(node)
        for arg in ast.walk(tree)
        if isinstance(arg, ast.arg) and arg.arg == "seconds" and arg.annotation
        for node in ast.walk(arg.annotation)
    }
    floats = [
        f"line {node.lineno}"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float" and id(node) not in durations)
    ]

    assert floats == []
