"""How money, tokens and seconds are written for people.

What was spent rounds up, what is left rounds down, nothing ever reads "$0.00".
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

# Money is kept to this place and rounded further only for show.
PICO = Decimal("0.000000000001")

# After it a no-break space: a figure at a line's end takes its sign along.
_ABOUT = "≈\N{NO-BREAK SPACE}"
_CENT = Decimal("0.01")
_MILL = Decimal("0.001")
_DOLLAR = Decimal(1)
_THOUSAND = 1_000
_MILLION = 1_000_000
_BILLION = 1_000_000_000
_SECONDS_PER_MINUTE = 60


def format_cost(amount: Decimal) -> str:
    """What was spent: "$0.00079", "$0.028", "$4.13", "free"."""
    if amount == 0:
        return _("free")
    return _dollars(rounded_up(amount))


def format_spent(amount: Decimal, *, is_estimated: bool = False) -> str:
    """What was spent in all, marked where an estimate is part of it: "$4.13", "≈ $4.13", "nothing"."""
    if amount <= 0:
        return _("nothing")
    return marked(format_cost(amount), is_estimated=is_estimated)


def marked(figure: str, *, is_estimated: bool = True) -> str:
    """A figure in words as what it is: "≈ $4.13" where it is an estimate or holds one."""
    return f"{_ABOUT}{figure}" if is_estimated else figure


def format_left(amount: Decimal) -> str:
    """What may still be spent, as in "$4.12 left"; "nothing" when there is none."""
    if amount <= 0:
        return _("nothing")
    return _dollars(amount.quantize(_CENT if amount >= _CENT else quantum_of(amount), ROUND_FLOOR))


def format_worst(amount: Decimal) -> str:
    """What something may cost at most: in cents, like what is left, but rounded up."""
    if amount == 0:
        return _("nothing")
    return _dollars(amount.quantize(_CENT, ROUND_CEILING) if amount >= _CENT else rounded_up(amount))


def format_limit(amount: Decimal) -> str:
    """A figure somebody set, unrounded: "$5.00", "$0.005", and "$0" for none."""
    if amount == 0:
        return "$0"
    whole = amount.normalize()
    return _dollars(whole.quantize(min(_CENT, Decimal(1).scaleb(int(whole.as_tuple().exponent)))))


def format_rate(amount: Decimal) -> str:
    """A price per 1M tokens, unrounded: "$0.14", "$0.0028", "free"."""
    return format_limit(amount) if amount else _("free")


def exact(amount: Decimal) -> str:
    """The figure as it is kept, to the last place that says something, cents at least: "$0.00079", "$1.50"."""
    return format_limit(amount.quantize(PICO))


def rounded_up(amount: Decimal) -> Decimal:
    """The amount as a cost is shown: rounded up to the step for its size."""
    rounded = amount.quantize(quantum_of(amount), ROUND_CEILING)
    return rounded.quantize(quantum_of(rounded))  # up to a full dollar or cent, it has outgrown its step


def quantum_of(amount: Decimal) -> Decimal:
    """The smallest step shown for a cost of this size: two digits under a cent, then mills, then cents."""
    size = abs(amount)
    if size >= _DOLLAR:
        return _CENT
    if size >= _CENT or size == 0:
        return _MILL
    return max(PICO, Decimal(1).scaleb(size.adjusted() - 1))


def format_tokens(count: int) -> str:
    """A count to the last token: "4,096"."""
    return f"{count:,}"


def tokens_short(count: int) -> str:
    """A count at a glance: "840", "5.9k", "131k", "1M", "1.6B". `shortCount` of the page's scripts says the same."""
    if count < _THOUSAND:
        return str(count)
    if count < 99_950:
        return f"{_rounded(count, _THOUSAND, '0.1')}k"
    if count < 999_500:
        return f"{_rounded(count, _THOUSAND, '1')}k"
    if count < 999_950_000:
        return f"{_rounded(count, _MILLION, '0.1')}M"
    return f"{_rounded(count, _BILLION, '0.1')}B"


def seconds_short(seconds: float) -> str:
    """How long something took: "8 s", "1 min 12 s"; never less than a second."""
    whole = max(1, round(seconds))
    if whole < _SECONDS_PER_MINUTE:
        return f"{whole} s"
    minutes, rest = divmod(whole, _SECONDS_PER_MINUTE)
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def _dollars(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}${abs(amount):,f}"


def _rounded(count: int, unit: int, step: str) -> str:
    return f"{(Decimal(count) / unit).quantize(Decimal(step), ROUND_HALF_UP).normalize():f}"
