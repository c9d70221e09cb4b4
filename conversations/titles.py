"""What every title is, whoever gave it: one line, of which something can be seen, and which turns nothing round."""

import unicodedata

# They set the direction of what comes after, beyond their own text: in a tab's name or a sentence nothing holds them.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def in_a_line(text: str) -> str:
    """The text in one line, without what turns the direction of writing. Letters go their own way without it."""
    return " ".join(text.translate(_TURNING).split())


def can_be_seen(title: str) -> bool:
    """True if there is a letter, a number or a sign in it."""
    return any(unicodedata.category(letter)[0] in "LNPSM" for letter in title)
