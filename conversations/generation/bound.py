"""The worst that a reply can cost, and how long it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.ledger import CostBound
from conversations.generation.routes import Way
from conversations.generation.weighing import Weight
from conversations.providers.base import Effort

# Tokens. Reasoning counts as output, so thinking needs room; the same number is sent as `max_tokens`.
LONGEST_REPLY = {Effort.OFF: 8_192, Effort.LOW: 32_768, Effort.HIGH: 32_768, Effort.MAX: 65_536}
# Less than this is not worth starting.
USEFUL_REPLY = 1_024
# What a chat template adds for each message, generously; measured at 2 to 3 for DeepSeek V4.
TEMPLATE_TOKENS = 16
# For what is shown and for whether it fits, never for money: prose, code and CJK are 3.4 to 7 bytes a token.
USUAL_BYTES_PER_TOKEN = 3
# English prose. A text that fits only by this measure is let through: the provider knows, and says so for nothing.
SPARSE_BYTES_PER_TOKEN = 4

_PER_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Highest:
    """Dollars per 1M tokens: what a hold is made at, and what nobody who answers may exceed."""

    input: Decimal
    output: Decimal

    def covers(self, way: Way) -> bool:
        """True when this way costs no more at any hour."""
        mine = highest_of([way])
        return mine.input <= self.input and mine.output <= self.output


def input_bound_of(branch: Weight, *, added: Sequence[str] = ()) -> int:
    """Tokens that the branch cannot exceed as a prompt, with the texts that are added to it for this reply: what it
    is told, and what it goes on from. An earlier count may hold some of them already; the bound is then above it.

    The provider's own count where there is one, and UTF-8 bytes for what came after it. All bytes are the only
    guarantee there is (a token is never less than a byte), so that no count can raise the bound above them.
    """
    since = branch.counted + _most_tokens(branch.bytes_since, branch.messages_since)
    known = min(since, _most_tokens(branch.bytes, branch.messages))
    return known + (_most_tokens(bytes_of(added), len(added)) if added else 0)


def bytes_of(texts: Sequence[str]) -> int:
    """As UTF-8."""
    return sum(len(text.encode()) for text in texts)


def _most_tokens(size: int, messages: int) -> int:
    return size + (messages + 1) * TEMPLATE_TOKENS


def room_in(window: int, input_bound: int, text_bytes: int) -> int | None:
    """Tokens that a reply may have in a context window beside what is sent; None where that does not fit."""
    room = window - min(input_bound, text_bytes // USUAL_BYTES_PER_TOKEN)
    if room < USEFUL_REPLY:
        room = (window - likely_tokens(input_bound, text_bytes)) // 2
    return room if room >= USEFUL_REPLY else None


def likely_tokens(input_bound: int, text_bytes: int) -> int:
    """How long a text is, about: as said to people, never for money."""
    return min(input_bound, text_bytes // SPARSE_BYTES_PER_TOKEN)


def cost_bound(
    highest: Highest, *, effort: Effort, input_bound: int, room: int, reply_limit: int | None = None
) -> CostBound:
    """What the ledger is asked to hold, for a reply of `reply_limit` tokens at most where there is one, and of `room`
    in any case."""
    return CostBound(
        input_cost=input_bound * highest.input / _PER_MILLION,
        output_price=highest.output / _PER_MILLION,
        max_tokens=min(LONGEST_REPLY[effort], room, reply_limit or room),
        useful_tokens=min(USEFUL_REPLY, reply_limit or USEFUL_REPLY),
    )


def highest_of(ways: Sequence[Way]) -> Highest:
    """The dearest prices among these ways; nothing for those that are not billed."""
    billed = [way.dearest for way in ways if way.dearest.is_billed]
    return Highest(
        input=max((max(r.input, r.cache_write, r.cache_read) for r in billed), default=Decimal(0)),
        output=max((r.output for r in billed), default=Decimal(0)),
    )
