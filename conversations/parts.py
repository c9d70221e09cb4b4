"""Which part of a branch a page carries: its end, what stands before it, or what stands around one message.

A page need not carry a long conversation whole: what is earlier is fetched in pieces as its reader goes there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

# Messages at once: several windows full.
PIECE = 60
# So many stand above a message that was asked for.
BEFORE_IT = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Some messages of a branch, in order, and how many stand before and behind them."""

    ids: Sequence[uuid.UUID]
    earlier: int
    later: int


NOTHING = Part(ids=(), earlier=0, later=0)


def end_of(path: Sequence[uuid.UUID]) -> Part:
    """The last messages, which a page shows first."""
    return _between(path, len(path) - PIECE, len(path))


def before(path: Sequence[uuid.UUID], known: uuid.UUID) -> Part:
    """What stands right before a message; the end, where that is not on the branch."""
    if known not in path:
        return end_of(path)
    place = path.index(known)
    return _between(path, place - PIECE, place)


def around(path: Sequence[uuid.UUID], wanted: uuid.UUID) -> Part:
    """The end if the message is in it, or else a part that begins a little before it."""
    at_end = end_of(path)
    if wanted in at_end.ids or wanted not in path:
        return at_end
    start = max(0, path.index(wanted) - BEFORE_IT)
    return _between(path, start, start + PIECE)


def starting(path: Sequence[uuid.UUID], first: uuid.UUID) -> Part:
    """A message and all that follows it; the end, where that is not on the branch."""
    return _between(path, path.index(first), len(path)) if first in path else end_of(path)


def behind(path: Sequence[uuid.UUID], known: uuid.UUID | None) -> Part | None:
    """All that follows a message; None where that is not on the branch."""
    if known not in path:
        return None
    return _between(path, path.index(known) + 1, len(path))


def _between(path: Sequence[uuid.UUID], start: int, end: int) -> Part:
    start = max(0, start)
    return Part(ids=path[start:end], earlier=start, later=len(path) - end)
