"""The seam between us and whoever runs a model: plain values and one method.

Nothing here or in the adapters knows Django, money or sockets.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol


class Effort(StrEnum):
    """How hard a model is asked to think."""

    OFF = "off"
    LOW = "low"
    HIGH = "high"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """A tool that the model may call: what it is told of it, and the JSON schema of the arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call as a model wrote it; `arguments` is its very text, JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a prompt. An assistant's with `tool_calls` is followed by one of role "tool" for each of them,
    which has the call's id and its result as text."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    reasoning: str = ""
    reasoning_details: tuple[Mapping[str, Any], ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked. `max_tokens` includes reasoning and is what the money hold was made for."""

    model: str  # the upstream name
    turns: tuple[Turn, ...]
    max_tokens: int
    effort: Effort
    user_ref: str  # a stable pseudonym, never an e-mail address
    conversation_ref: str
    # Dollars per 1M tokens the hold was made at; a router may be told not to go above them.
    highest_input_price: Decimal | None = None
    highest_output_price: Decimal | None = None
    # How freely it picks its words; None = as the provider has it. Never set while the model thinks.
    temperature: Decimal | None = None
    top_p: Decimal | None = None
    tools: tuple[ToolOffer, ...] = ()
    # False: they stand there, since the turns speak of them, but it is to answer now.
    may_call: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to reach a provider. `switches` are departures from its dialect."""

    name: str  # "OpenRouter", for people
    base_url: str
    api_key: str = field(repr=False)
    referer: str = ""
    switches: Mapping[str, Any] = field(default_factory=dict)


# --- what an adapter yields, in order of arrival ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """Once, when the provider has named its answer; later ones fill what was empty."""

    upstream_id: str = ""
    model: str = ""
    served_by: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str
    details: tuple[Mapping[str, Any], ...] = ()  # to be merged and stored verbatim


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    index: int | None  # None = the server gave none
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The provider's count so far; the last one wins, they are never added.

    `cached_tokens` and `cache_write_tokens` are part of `prompt_tokens`, `reasoning_tokens` of
    `completion_tokens`. `cost` is dollars, where the provider states it.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The provider ended by itself. `reason` is one of stop, length, content_filter, tool_calls, or raw."""

    reason: str
    raw: str = ""


ProviderEvent = Started | TextDelta | ReasoningDelta | ToolCallDelta | UsageReport | Finish


# --- errors -------------------------------------------------------------------------------------------------


class FaultCode(StrEnum):
    """Why a call failed, as stored with the attempt and the generation."""

    UNREACHABLE = "unreachable"  # no connection, or it broke before anything of a reply
    REFUSED_KEY = "refused_key"  # 401
    NO_CREDIT = "no_credit"  # 402, or its words
    FORBIDDEN = "forbidden"  # 403: moderation, key limits
    NOT_FOUND = "not_found"  # 404: no such model, no endpoint left
    BAD_REQUEST = "bad_request"  # 400, 422
    TOO_LONG = "too_long"  # the prompt does not fit the context
    RATE_LIMITED = "rate_limited"  # 429
    OVERLOADED = "overloaded"  # 5xx
    STALLED = "stalled"  # one of our clocks ran out
    CUT = "cut"  # the stream ended without a finish reason
    BROKEN = "broken"  # nothing parseable, or the provider's own error in mid-stream
    UNREADABLE = "unreadable"  # it answered, and what it asked tools for cannot be read
    EMPTY = "empty"  # a success without a single token
    NO_ROUTE = "no_route"  # nobody is connected who runs this model
    INTERNAL = "internal"  # our own fault


class ProviderError(Exception):
    """A failed call. `str()` is a sentence for the reader: no key, no raw body, no HTML.

    `detail` is the provider's own words, cut short, for the log and administrators. `is_retryable` says
    that another attempt may help if no token had arrived; `retry_after` is seconds where the provider said.
    `unshown` is what it wrote that nobody is to see: it counts for the price.
    """

    def __init__(
        self,
        code: FaultCode,
        sentence: str,
        *,
        detail: str = "",
        status: int | None = None,
        is_retryable: bool = False,
        retry_after: float | None = None,
        unshown: str = "",
    ) -> None:
        super().__init__(sentence)
        self.unshown = unshown
        self.code = code
        self.detail = detail
        self.status = status
        self.is_retryable = is_retryable
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds: to connect, to the first data event, between data events, for all of it."""

    connect: float = 10
    first_data: float = 120
    next_data: float = 60
    whole_turn: float = 900


class Adapter(Protocol):
    """One provider's dialect."""

    def stream(self, prompt: Prompt) -> AsyncGenerator[ProviderEvent, None]:
        """The answer as it comes. Raises ProviderError. Closing the generator closes the connection, which is
        the cancel signal: do it in the task that iterates."""
        ...

    async def check(self) -> None:
        """Raise ProviderError unless the key is accepted. Costs nothing."""
        ...

    async def look_up(self, upstream_id: str) -> UsageReport | None:
        """What an earlier answer took, by the provider's id of it; None where it does not say. Costs nothing.

        Raises ProviderError.
        """
        ...
