"""Exact decimal arithmetic on an expression written as people write it. Nothing is evaluated as code.

Whatever is written, the work is bounded: by the length of the text, by how deep it goes, by the digits that are kept
and by how large a number may become.
"""

import re
from collections.abc import Callable
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
    Subnormal,
    Underflow,
)

LONGEST_EXPRESSION = 1_000  # characters
DEEPEST = 50  # brackets, signs and powers within each other
DIGITS_KEPT = 100  # while it is worked out
DIGITS_SURE = 90  # of a rounded number, when it is cut to a place: floor(1 ÷ 3 × 3) is 1
DIGITS_SHOWN = 50  # so that 1 ÷ 3 × 3 is 1 again
LARGEST_EXPONENT = 1_000  # of ten: larger and smaller numbers are refused
LONGEST_PLAIN = 60  # digits written out; beyond them a power of ten is

_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?"
_GROUPED = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d*)?"  # 1,299.50
_OTHER = r"[A-Za-z]+|\*\*|[-+*/^%(),;]"
_TOKEN = re.compile(rf"\s*({_GROUPED}|{_NUMBER}|{_OTHER})")
# Between a function's brackets a comma separates: max(1,299) is about two numbers.
_TOKEN_IN_FUNCTION = re.compile(rf"\s*({_NUMBER}|{_OTHER})")
_SAME = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "\u00a0": " ", "\u202f": " "})
_ONE_HUNDRED = Decimal(100)


class Unreadable(ValueError):
    """An expression that cannot be worked out; `str()` says why, and where."""


def calculate(expression: str) -> str:
    """The result in digits, "≈ " before it where it is rounded. Raises Unreadable."""
    if len(expression) > LONGEST_EXPRESSION:
        raise Unreadable(f"The expression is longer than {LONGEST_EXPRESSION:,} characters.")
    sums = _Sums(expression.translate(_SAME))
    try:
        return _shown(sums.result(), sums.context)
    except DivisionByZero:
        raise Unreadable("Division by zero has no result.") from None
    except (Overflow, Underflow, Subnormal, Clamped):
        raise Unreadable(
            f"A number in it is beyond 10^{LARGEST_EXPONENT:,} or nearer to zero than 10^-{LARGEST_EXPONENT:,}."
        ) from None
    except InvalidOperation:
        raise Unreadable(
            "A step in it has no result, such as the square root of a negative number."
        ) from None


class _Sums:
    """A parser that works the result out as it reads, each rule a method."""

    def __init__(self, text: str) -> None:
        self.context = Context(
            prec=DIGITS_KEPT,
            Emax=LARGEST_EXPONENT,
            Emin=-LARGEST_EXPONENT,
            traps=[DivisionByZero, InvalidOperation, Overflow, Underflow, Subnormal],
        )
        self._tokens = _tokens(text)
        self._place = 0
        self._depth = 0

    def result(self) -> Decimal:
        value = self._sum()
        if self._next() is not None:
            raise self._unexpected()
        return value

    def _sum(self) -> Decimal:
        value = self._product()
        while (sign := self._taken("+", "-")) is not None:
            step = self.context.add if sign == "+" else self.context.subtract
            value = step(value, self._product())
        return value

    def _product(self) -> Decimal:
        value = self._signed()
        while (sign := self._taken("*", "/", "of")) is not None:
            step = self.context.divide if sign == "/" else self.context.multiply
            value = step(value, self._signed())
        return value

    def _signed(self) -> Decimal:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Unreadable(f"The expression goes more than {DEEPEST} levels deep.")
        sign = self._taken("+", "-")
        value = self._power() if sign is None else self._signed()
        self._depth -= 1
        return self.context.minus(value) if sign == "-" else value

    def _power(self) -> Decimal:
        base = self._percent()
        if self._taken("^", "**") is None:
            return base
        exponent = self._signed()  # 2^3^2 is 2^(3^2), and 2^-1 is a half
        if base.is_zero() and exponent.is_zero():
            raise Unreadable("Zero to the power of zero has no result.")
        if base.is_zero() and exponent.is_signed():  # Decimal calls it infinity, and signals nothing
            raise Unreadable("Division by zero has no result.")
        return self.context.power(base, exponent)

    def _percent(self) -> Decimal:
        value = self._single()
        while self._taken("%") is not None:
            value = self.context.divide(value, _ONE_HUNDRED)
        return value

    def _single(self) -> Decimal:
        word = self._next()
        if word is None:
            raise Unreadable("The expression ends where a number was expected.")
        if word[0].isdigit() or word[0] == ".":
            return self._number(word)
        if word == "(":
            self._place += 1
            value = self._sum()
            self._close()
            return value
        if word in _FUNCTIONS:
            return self._function(word)
        raise self._unexpected()

    def _number(self, word: str) -> Decimal:
        self._place += 1
        return self.context.create_decimal(word.replace(",", ""))

    def _function(self, name: str) -> Decimal:
        self._place += 1
        if self._taken("(") is None:
            raise Unreadable(f"Brackets are missing after {name}.")
        values = [self._sum()]
        while self._taken(",", ";") is not None:
            values.append(self._sum())
        self._close()
        fewest, most, work_out = _FUNCTIONS[name]
        if not fewest <= len(values) <= most:
            count = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise Unreadable(f"{name} takes {count} numbers, separated by commas.")
        return work_out(self.context, values)

    def _close(self) -> None:
        if self._taken(")") is None:
            if self._next() is None:
                raise Unreadable("A closing bracket is missing.")
            raise self._unexpected()

    def _next(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _taken(self, *wanted: str) -> str | None:
        word = self._next()
        if word not in wanted:
            return None
        self._place += 1
        return word

    def _unexpected(self) -> Unreadable:
        word = self._next() or ""
        before = self._tokens[self._place - 1] if self._place else ""
        if before == "%":
            return Unreadable(f"{word} cannot follow %. For a remainder, write mod(a, b).")
        if word[:1].isalpha() and word not in _FUNCTIONS:
            known = ", ".join(sorted(_FUNCTIONS))
            return Unreadable(f"{word[:40]} is not known here. There are {known}, and + - * / ^ % ( ).")
        return Unreadable(f"{word[:40]} was not expected {f'after {before[:40]}' if before else 'first'}.")


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    brackets: list[bool] = []  # the open ones; true for a function's
    place, text = 0, text.rstrip()
    while place < len(text):
        pattern = _TOKEN_IN_FUNCTION if brackets and brackets[-1] else _TOKEN
        found = pattern.match(text, place)
        if found is None:
            rest = text[place:].lstrip()
            raise Unreadable(f"{rest[0]!r} cannot be read here. Write numbers and + - * / ^ % ( ).")
        word = found.group(1).lower()
        if word == "(":
            brackets.append(bool(tokens) and tokens[-1] in _FUNCTIONS)
        elif word == ")" and brackets:
            brackets.pop()
        tokens.append(word)
        place = found.end()
    if not tokens:
        raise Unreadable("The expression is empty.")
    return tokens


# --- functions ------------------------------------------------------------------------------------------------


def _rounded(context: Context, values: list[Decimal]) -> Decimal:
    places = values[1] if len(values) > 1 else Decimal(0)
    if places != places.to_integral_value() or abs(places) > DIGITS_KEPT:
        raise Unreadable(f"round takes a whole number of places, {DIGITS_KEPT} at most.")
    return _to_place(context, values[0], -int(places), ROUND_HALF_UP)


def _to_place(context: Context, value: Decimal, exponent: int, rounding: str) -> Decimal:
    """Rounding that was asked for is exact: it is not marked."""
    if context.flags[Inexact]:
        value = Context(prec=DIGITS_SURE).plus(value)
    if value.adjusted() - exponent >= DIGITS_KEPT or value.as_tuple().exponent >= exponent:  # type: ignore[operator]
        return value
    return value.quantize(Decimal((0, (1,), exponent)), rounding, Context(prec=DIGITS_KEPT + 1))


def _remainder(context: Context, values: list[Decimal]) -> Decimal:
    """With the divisor's sign, as a clock has it."""
    value, divisor = values
    rest = context.remainder(value, divisor)
    return context.add(rest, divisor) if rest and rest.is_signed() != divisor.is_signed() else rest


def _largest(context: Context, values: list[Decimal]) -> Decimal:
    return max(values)


def _smallest(context: Context, values: list[Decimal]) -> Decimal:
    return min(values)


_Work = Callable[[Context, list[Decimal]], Decimal]
_MANY = LONGEST_EXPRESSION
_FUNCTIONS: dict[str, tuple[int, int, _Work]] = {
    "abs": (1, 1, lambda context, values: context.abs(values[0])),
    "ceil": (1, 1, lambda context, values: _to_place(context, values[0], 0, ROUND_CEILING)),
    "floor": (1, 1, lambda context, values: _to_place(context, values[0], 0, ROUND_FLOOR)),
    "max": (1, _MANY, _largest),
    "min": (1, _MANY, _smallest),
    "mod": (2, 2, _remainder),
    "round": (1, 2, _rounded),
    "sqrt": (1, 1, lambda context, values: context.sqrt(values[0])),
}


def _shown(value: Decimal, context: Context) -> str:
    shown = context.copy()
    shown.prec = DIGITS_SHOWN
    value = shown.plus(value).normalize(shown)
    mark = "≈ " if shown.flags[Inexact] else ""
    if value.is_zero():
        return f"{mark}0"
    is_plain = -LONGEST_PLAIN < value.adjusted() < LONGEST_PLAIN
    return mark + (f"{value:f}" if is_plain else f"{value:E}".replace("E+", "E"))
