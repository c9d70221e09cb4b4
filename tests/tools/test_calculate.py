"""Sums are right to the last digit, whatever is written; what cannot be worked out says why."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.tools.calculate import (
    DEEPEST,
    DIGITS_SHOWN,
    LARGEST_EXPONENT,
    LONGEST_EXPRESSION,
    Unreadable,
    calculate,
)


def _joined(
    tree: tuple[tuple[str, Fraction], str, tuple[str, Fraction]],
) -> tuple[str, Fraction]:
    (left, a), sign, (right, b) = tree
    return f"({left} {sign} {right})", {"+": a + b, "-": a - b, "*": a * b}[sign]


_decimals = st.decimals(min_value=-10_000, max_value=10_000, places=4, allow_nan=False, allow_infinity=False)
_trees = st.recursive(
    _decimals.map(lambda n: (f"({n:f})", Fraction(n))),
    lambda parts: st.tuples(parts, st.sampled_from("+-*"), parts).map(_joined),
    max_leaves=10,
)


@given(_trees)
def test_sums_differences_and_products_are_exact_as_far_as_they_are_shown(
    tree: tuple[str, Fraction],
) -> None:
    text, expected = tree
    result = calculate(text)

    if result.startswith("≈"):
        found = Fraction(result.removeprefix("≈ "))
        assert abs(found - expected) <= abs(expected) * Fraction(10) ** (1 - DIGITS_SHOWN)
    else:
        assert Fraction(result) == expected


@given(_decimals, _decimals.filter(bool))
def test_quotients_are_right_to_fifty_digits(a: Decimal, b: Decimal) -> None:
    result = calculate(f"({a:f}) / ({b:f})")

    found, expected = Fraction(result.removeprefix("≈ ")), Fraction(a) / Fraction(b)
    assert abs(found - expected) <= abs(expected) * Fraction(10) ** (1 - DIGITS_SHOWN)
    assert result.startswith("≈") == (found != expected)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("0.1 + 0.2", "0.3"),
        ("12.5 % of 1,299", "162.375"),
        ("1,299.50 × 2", "2599"),
        ("2 + 3 * 4", "14"),
        ("-2^2", "-4"),
        ("2^3^2", "512"),
        ("2**-1", "0.5"),
        ("200 + 10%", "200.1"),
        ("(1 + 2) ÷ 4 − 1", "-0.25"),
        ("1 / 3 * 3", "≈ 1"),
        ("max(1,299)", "299"),
        ("min(3; 2, 5)", "2"),
        ("round(2.5)", "3"),
        ("round(-1.005, 2)", "-1.01"),
        ("floor(-1.5) + ceil(-1.5)", "-3"),
        ("mod(-7, 3)", "2"),
        ("abs(-0)", "0"),
        ("sqrt(16)", "4"),
        ("2^100", "1267650600228229401496703205376"),
        ("10^70", "1E70"),
        (".5 + 1.", "1.5"),
        ("1e3 + 1", "1001"),
    ],
)
def test_it_reads_what_people_write(text: str, result: str) -> None:
    assert calculate(text) == result


def test_roots_are_marked_as_rounded() -> None:
    assert calculate("sqrt(2)").startswith("≈ 1.4142135623730950488016887242096980785696718753769")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("1 / 0", "Division by zero"),
        ("0 ^ 0", "zero"),
        ("sqrt(-1)", "no result"),
        ("mod(1, 0)", "no result"),
        ("9^9^9^9", "beyond"),
        ("(10^900)^(10^900)", "beyond"),
        ("1e-999 * 1e-999", "nearer to zero"),
        ("0^-1", "Division by zero"),
        ("1/(0^-1)", "Division by zero"),
        ("min(7, 0^-1)", "Division by zero"),
        ("floor(0^-1)", "Division by zero"),
        ("round(0^-1, 2)", "Division by zero"),
        ("1e-999/1e3", "nearer to zero"),
        ("2 +", "ends where"),
        ("(1 + 2", "closing bracket"),
        ("1 2", "not expected after 1"),
        ("10 % 3", "mod(a, b)"),
        ("sqrt 4", "Brackets"),
        ("sqrt(4, 5)", "takes 1 numbers"),
        ("round(1, 0.5)", "whole number"),
        ("__import__('os')", "cannot be read"),
        ("open(1)", "not known"),
        ("1 + x", "not known"),
        ("1,29", "not expected"),
        ("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1), "levels deep"),
        ("-" * (DEEPEST + 1) + "1", "levels deep"),
        ("1" * (LONGEST_EXPRESSION + 1), "longer"),
    ],
)
def test_what_cannot_be_worked_out_says_why(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says.replace("(", r"\(").replace(")", r"\)")):
        calculate(text)


@given(st.text(alphabet="0123456789.+-*/^%(),; eaxminsqrtof×÷", max_size=80))
def test_whatever_is_written_ends_in_a_result_or_a_sentence(text: str) -> None:
    try:
        result = calculate(text)
    except Unreadable as fault:
        assert str(fault).endswith(".")
    else:
        assert Decimal(result.removeprefix("≈ ")).adjusted() <= LARGEST_EXPONENT
        assert len(result) < 130


@pytest.mark.parametrize(
    ("text", "result"),
    [("floor(1/3*3)", "≈ 1"), ("ceil(1/3*3)", "≈ 1"), ("round(1/3*3*2.5)", "≈ 3"), ("1e-999/10", "1E-1000")],
)
def test_what_was_rounded_is_cut_where_it_should_have_been(text: str, result: str) -> None:
    assert calculate(text) == result
