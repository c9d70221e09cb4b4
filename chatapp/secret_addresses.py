"""Addresses that are themselves a key: whoever reads one may open what it opens. Nothing we write may hold one."""

import re

PREFIXES = ("/s/", "/welcome/", "/join/", "/account/password/reset/key/")

# As they come in a path, and as a parameter of another address.
_SLASH = "(?:/|%2F)"
_SECRET = re.compile(
    "(" + "|".join(prefix.replace("/", _SLASH) for prefix in PREFIXES) + r")(?:(?!%2F)[^/?#&\s\"'<>\\])+",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """The text with "…" for whatever opens something."""
    return _SECRET.sub(r"\1…", text)
