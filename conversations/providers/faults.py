"""Every way a call can fail, as a ProviderError: a sentence for the reader, the provider's words for the log.

What providers write is not for readers: it may be HTML, another company's advice, or our own key.
"""

import re
from collections.abc import Mapping
from math import ceil
from typing import Any

from conversations.providers import complaints, sentences
from conversations.providers.base import Endpoint, FaultCode, ProviderError
from conversations.providers.complaints import dig

_SENTENCES = {
    FaultCode.UNREACHABLE: sentences.UNREACHABLE,
    FaultCode.REFUSED_KEY: sentences.REFUSED_KEY,
    FaultCode.NO_CREDIT: sentences.NO_CREDIT,
    FaultCode.FORBIDDEN: sentences.FORBIDDEN,
    FaultCode.NOT_FOUND: sentences.NOT_FOUND,
    FaultCode.BAD_REQUEST: sentences.BAD_REQUEST,
    FaultCode.TOO_LONG: sentences.TOO_LONG,
    FaultCode.RATE_LIMITED: sentences.RATE_LIMITED,
    FaultCode.OVERLOADED: sentences.OVERLOADED,
    FaultCode.STALLED: sentences.STALLED,
    FaultCode.CUT: sentences.CUT,
    FaultCode.BROKEN: sentences.BROKEN,
    FaultCode.UNREADABLE: sentences.UNREADABLE_CALL,
    FaultCode.EMPTY: sentences.EMPTY,
}
_RETRYABLE = {
    FaultCode.UNREACHABLE,
    FaultCode.RATE_LIMITED,
    FaultCode.OVERLOADED,
    FaultCode.STALLED,
    FaultCode.CUT,
    FaultCode.BROKEN,
    FaultCode.EMPTY,
}
_BY_STATUS = {
    401: FaultCode.REFUSED_KEY,
    402: FaultCode.NO_CREDIT,
    403: FaultCode.FORBIDDEN,
    404: FaultCode.NOT_FOUND,
    408: FaultCode.OVERLOADED,
    413: FaultCode.TOO_LONG,
    425: FaultCode.OVERLOADED,
    429: FaultCode.RATE_LIMITED,
}
# Providers' own words, where the status says too little. Read in this order; the first that fits counts.
_BY_WORDS = (
    (
        re.compile(
            r"context.?(length|window|size)|maximum context|token_limit_exceeded|too many (input )?tokens"
            r"|(prompt|input) is too long",
            re.IGNORECASE,
        ),
        FaultCode.TOO_LONG,
    ),
    (
        re.compile(
            r"insufficient.?(balance|credit|fund|quota)|out of credit|no credits?\b|payment.?required",
            re.IGNORECASE,
        ),
        FaultCode.NO_CREDIT,
    ),
)
_BY_KIND = (  # for faults in mid-stream, which carry a word instead of a status
    (re.compile(r"rate.?limit|too many requests", re.IGNORECASE), FaultCode.RATE_LIMITED),
    (re.compile(r"overload|unavailable|server_error|timeout", re.IGNORECASE), FaultCode.OVERLOADED),
    (re.compile(r"authentication|invalid_api_key", re.IGNORECASE), FaultCode.REFUSED_KEY),
    (re.compile(r"moderation|content.?(filter|policy)|permission", re.IGNORECASE), FaultCode.FORBIDDEN),
)


def fault(
    endpoint: Endpoint,
    code: FaultCode,
    sentence: str = "",
    *,
    detail: str = "",
    status: int | None = None,
    is_retryable: bool | None = None,
    retry_after: float | None = None,
    unshown: str = "",
) -> ProviderError:
    """The error for `code`; `sentence` where more can be said than the usual one ("{name}" is filled in)."""
    return ProviderError(
        code,
        (sentence or _SENTENCES[code]).replace("{name}", endpoint.name),
        detail=complaints.presentable(detail, endpoint.api_key),
        status=status,
        is_retryable=code in _RETRYABLE if is_retryable is None else is_retryable,
        retry_after=retry_after,
        unshown=unshown,
    )


def sentence_for(code: str, name: str) -> str:
    """The usual sentence for a fault by its code as it is stored; "" for one that is not a provider's."""
    return _SENTENCES[FaultCode(code)].replace("{name}", name) if code in _SENTENCES else ""


def refusal(endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    """The error for a status other than 200."""
    if 300 <= status < 400:
        detail = f"Redirect to {headers.get('location', 'nowhere')}"
        return fault(
            endpoint,
            FaultCode.UNREACHABLE,
            sentences.REDIRECTS,
            detail=detail,
            status=status,
            is_retryable=False,
        )
    error = complaints.error_in(body)
    words = complaints.words_of(error)
    wait = complaints.retry_after(headers.get("retry-after", ""))
    if wait is None:
        wait = complaints.retry_after(complaints.availability(error, "retry_after"))
    if dig(error, "metadata", "reason") == "in_flight_budget_exhausted":  # passes when other replies end
        code = FaultCode.RATE_LIMITED
    elif complaints.availability(error, "code") == "model_not_found":
        code = FaultCode.NOT_FOUND
    elif dig(error, "metadata", "limit_source"):  # of a key or workspace, set there by whoever owns it
        code = FaultCode.NO_CREDIT
    else:
        code = _code_of(status, words)
    return fault(
        endpoint,
        code,
        _closer_sentence(code, error, words, wait),
        detail=words,
        status=status,
        retry_after=wait,
    )


def reported(endpoint: Endpoint, error: Any) -> ProviderError:
    """The error for a fault that the provider wrote into a stream it had begun with a 200."""
    words = complaints.words_of(error)
    status = complaints.status_in(error)
    if status is not None:
        code = _code_of(status, words)
    else:
        kinds = " ".join(
            str(dig(error, *path)) for path in (("code",), ("type",), ("metadata", "error_type"))
        )
        code = _code_by(_BY_WORDS, f"{kinds} {words}") or _code_by(_BY_KIND, kinds) or FaultCode.BROKEN
    sentence = sentences.OWN_FAULT if code is FaultCode.BROKEN else ""
    wait = complaints.retry_after(complaints.availability(error, "retry_after"))
    return fault(
        endpoint,
        code,
        sentence or _closer_sentence(code, error, words, wait),
        detail=words,
        status=status,
        retry_after=wait,
    )


def _code_of(status: int, words: str) -> FaultCode:
    if status >= 500:
        return FaultCode.OVERLOADED
    if status in (400, 402, 403, 413, 422, 429):
        by_words = _code_by(_BY_WORDS, words)
        if by_words is not None:
            return by_words
    return _BY_STATUS.get(status, FaultCode.BAD_REQUEST)


def _code_by(patterns: tuple[tuple[re.Pattern[str], FaultCode], ...], words: str) -> FaultCode | None:
    return next((code for pattern, code in patterns if pattern.search(words)), None)


def _closer_sentence(code: FaultCode, error: Any, words: str, wait: float | None) -> str:
    if code is FaultCode.FORBIDDEN and (
        dig(error, "metadata", "reasons") or dig(error, "metadata", "flagged_input") or "moderation" in words
    ):
        return sentences.AGAINST_RULES
    if code is FaultCode.NO_CREDIT and dig(error, "metadata", "limit_source"):
        return sentences.KEY_SPENT
    if code is FaultCode.RATE_LIMITED and wait:
        return sentences.RATE_LIMITED_FOR.replace("{time}", _spoken(wait))
    if code is FaultCode.OVERLOADED and wait:
        return sentences.OVERLOADED_FOR.replace("{time}", _spoken(wait))
    if code is FaultCode.NOT_FOUND and "endpoint" in words.lower():
        return sentences.NOBODY_WITHIN_LIMITS
    return ""


def _spoken(seconds: float) -> str:
    """Rounded up: whoever waits that long is not too early."""
    if seconds > 7_200:
        return sentences.HOURS.format(count=ceil(seconds / 3_600))
    if seconds > 120:
        return sentences.MINUTES.format(count=ceil(seconds / 60))
    if seconds <= 1:
        return sentences.A_SECOND
    return sentences.SECONDS.format(count=ceil(seconds))
