"""JSON as providers send it, made safe to keep: every string is valid Unicode without NUL (Postgres refuses
both lone surrogates and NUL), invalid bytes have become U+FFFD."""

import json
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class Unparseable(ValueError):
    """Not JSON by any reading."""


def parsed(data: bytes) -> Any:
    """The value in `data`. Raises Unparseable."""
    if b"\\u0000" not in data:
        try:
            return orjson.loads(data)
        except orjson.JSONDecodeError:
            pass  # orjson is strict about bytes, surrogates and control characters; below is not
    return _leniently(data)


def parsed_exactly(data: bytes) -> Any:
    """The same, but every fraction is the Decimal that was written. Slower: for events with money."""
    return _leniently(data, parse_float=Decimal)


def clean(text: str) -> str:
    """`text` without NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", _REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _leniently(data: bytes, **options: Any) -> Any:
    try:
        return _cleaned(json.loads(data.decode("utf-8", "replace"), strict=False, **options))
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise Unparseable(str(error)) from error


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, float) and not isfinite(value):
        return None  # NaN and Infinity are not JSON, and no database takes them for it
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    return value
