"""The worst that a reply can cost, and how long it may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson

from accounts.ledger import CostBound
from accounts.models import CostSource
from conversations.generation.routes import Way
from conversations.generation.weighing import Weight
from conversations.models import Attempt
from conversations.providers.base import Effort, ToolOffer, Turn

# Tokens. Reasoning counts as output, so thinking needs room; the same number is sent as `max_tokens`.
LONGEST_REPLY = {Effort.OFF: 8_192, Effort.LOW: 32_768, Effort.HIGH: 32_768, Effort.MAX: 65_536}
# Less than this is not worth starting.
USEFUL_REPLY = 1_024
# What a chat template adds for each message, generously; measured at 2 to 3 for DeepSeek V4.
TEMPLATE_TOKENS = 16
# And what it says of tools before it lists them; measured at about 240.
TOOLS_TOKENS = 512
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


def input_bound_of(branch: Weight, *, added: Sequence[str] = (), tools: Sequence[ToolOffer] = ()) -> int:
    """Tokens that the branch cannot exceed as a prompt, with the texts that are added to it for this reply: what it
    is told, what it goes on from, and the tools it may call. An earlier count may hold some of them already; the
    bound is then above it.

    The provider's own count where there is one, and UTF-8 bytes for what came after it. All bytes are the only
    guarantee there is (a token is never less than a byte), so that no count can raise the bound above them.
    """
    since = branch.counted + _most_tokens(branch.bytes_since, branch.messages_since)
    known = min(since, _most_tokens(branch.bytes, branch.messages))
    more = _most_tokens(bytes_of(added), len(added)) if added else 0
    return known + more + tokens_of_tools(tools)


def tokens_of_tools(tools: Sequence[ToolOffer]) -> int:
    """Tokens that their definitions cannot exceed; 0 without any."""
    return TOOLS_TOKENS + sum(map(_tokens_of_offer, tools)) if tools else 0


def tokens_of_turns(turns: Sequence[Turn]) -> int:
    """Tokens that these turns cannot exceed."""
    texts = [[turn.text, turn.reasoning, turn.call_id, *_called(turn)] for turn in turns]
    return _most_tokens(sum(map(bytes_of, texts)), sum(map(len, texts)))


def _called(turn: Turn) -> list[str]:
    return [call.id + call.name + call.arguments for call in turn.tool_calls]


def _tokens_of_offer(tool: ToolOffer) -> int:
    described = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return len(orjson.dumps(described)) + TEMPLATE_TOKENS


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


def counted_in(attempt: Attempt) -> int | None:
    """Prompt and answer of a settled call as its provider counted them; None where it did not."""
    is_told = attempt.cost_source in (CostSource.REPORTED, CostSource.PRICED, CostSource.LOOKED_UP)
    if is_told and attempt.prompt_tokens and attempt.completion_tokens:
        return int(attempt.prompt_tokens + attempt.completion_tokens)
    return None
