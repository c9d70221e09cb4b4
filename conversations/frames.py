"""What a browser says on its socket, checked: `events.Ask` has the words."""

import uuid
from typing import Any

import orjson

from conversations import streams
from conversations.events import Ask

MOST_FRAME_BYTES = 4_096


class BadFrame(Exception):
    """What came is not a frame of ours; `str()` says why."""


def decoded(text: str | None) -> dict[str, Any]:
    """The frame, its type one of `Ask`. Raises BadFrame."""
    if text is None or len(text) > MOST_FRAME_BYTES:
        raise BadFrame(f"Expected text of at most {MOST_FRAME_BYTES} bytes.")
    try:
        frame = orjson.loads(text)
    except ValueError:
        raise BadFrame("Expected JSON.") from None
    if not isinstance(frame, dict) or frame.get("type") not in list(Ask):
        raise BadFrame(f"Expected an object whose type is one of: {', '.join(Ask)}.")
    return frame


def id_in(frame: dict[str, Any], name: str) -> str:
    """An id in it, written as we write it. Raises BadFrame."""
    try:
        return str(uuid.UUID(frame.get(name)))
    except (ValueError, TypeError, AttributeError):
        raise BadFrame(f"Expected {name} to be an id.") from None


def number_in(frame: dict[str, Any], name: str) -> int:
    """A number from 0 in it. Raises BadFrame."""
    value = frame.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= streams.END_SEQ:
        raise BadFrame(f"Expected {name} to be a number from 0.")
    return value
