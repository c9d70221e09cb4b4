"""What a provider says of a fault, taken apart: numbers, words, seconds. Nothing of its shape is taken for granted."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from conversations.providers.parsing import Unparseable, clean, parsed

_LONGEST_DETAIL = 300
_LONGEST_WAIT_SECONDS = 86_400.0
_KEY_LIKE = re.compile(r"\b(?:sk|rw|clsk)-[\w*.…-]{4,}|\bBearer\s+\S+", re.IGNORECASE)
_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def error_in(body: bytes) -> Any:
    """Whatever in `body` describes the fault: an object if it can be had, else its text."""
    try:
        value = parsed(body)
    except Unparseable:
        return body[: 64 * _LONGEST_DETAIL].decode("utf-8", "replace")
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict) and value.get("error"):
        return value["error"]
    return value


def words_of(error: Any) -> str:
    """The provider's message, with the message of the host behind it where there is one."""
    if not isinstance(error, dict):
        return "" if error is None else str(error)
    said = [error.get("message") or error.get("detail") or error.get("msg") or ""]
    kind = dig(error, "metadata", "error_type") or error.get("code") or error.get("type")
    host = dig(error, "metadata", "provider_name")
    said += [f"[{kind}]" if kind else "", str(host or ""), str(dig(error, "metadata", "raw") or "")]
    return " ".join(str(part) for part in said if part)


def status_in(error: Any) -> int | None:
    """The HTTP status that it names, as a number or as text."""
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str) and len(code) == 3 and code.isdecimal():
        code = int(code)
    return code if type(code) is int and 400 <= code <= 599 else None


def availability(error: Any, name: str) -> Any:
    """What OpenRouter says of whether, and when, it can be asked; it stands beside the message or with its details."""
    said = dig(error, "availability", name)
    return dig(error, "metadata", "availability", name) if said is None else said


def dig(value: Any, *path: str) -> Any:
    """What stands at this path; None where it ends before."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def presentable(words: str, key: str) -> str:
    """`words` in one short line without markup and without anything like a key."""
    words = words[: 64 * _LONGEST_DETAIL]
    if key:
        words = words.replace(key, "[key]")
    words = _KEY_LIKE.sub("[key]", _TAG.sub(" ", clean(words)))
    words = " ".join(words.split())
    return words if len(words) <= _LONGEST_DETAIL else words[: _LONGEST_DETAIL - 1] + "…"


def retry_after(value: Any) -> float | None:
    """Seconds to wait, from a Retry-After header (a number or a date); None where nothing usable is said."""
    if isinstance(value, bool) or value in ("", None):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        try:
            moment = parsedate_to_datetime(str(value))
        except (TypeError, ValueError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    if seconds != seconds:  # NaN
        return None
    return min(max(seconds, 0.0), _LONGEST_WAIT_SECONDS)
