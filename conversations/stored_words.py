"""Sentences that stand in rows, in the language of whoever reads them.

A worker cannot know who will read why a reply failed, so rows keep English. What is shown is recognised by the
sentences below and those of `providers.sentences`, translated, and filled in again. Other whole sentences that have a
translation are translated too; anything else stays as it is.
"""

import re
from functools import cache

from django.utils.translation import gettext

from conversations.providers.sentences import SENTENCES, said

OUR_FAULT = said("Parley made a mistake here. What was written is kept; retry, or tell your administrator.")
QUEUE_STOPPED = said("You stopped the reply, so what waits is not sent by itself.")
QUEUE_INTERRUPTED = said("The reply was interrupted, so what waits is not sent by itself.")
QUEUE_FAILED = said("The reply failed, so what waits is not sent by itself.")
QUEUE_FAILED_BY = said("The reply failed, so what waits is not sent by itself. {fault}")
QUEUE_SUSPENDED = said("The account was suspended, so what waits was not sent.")
QUEUE_DELETED = said("The conversation was deleted, so what waits was not sent.")
QUEUE_OUR_FAULT = said(
    "Parley made a mistake when it sent the next one. It still waits: go on, or tell your administrator."
)
HELPER_CUT = said("The worker stopped while it was asked.")
HELPER_LEFT = said("Nobody came to ask.")
HELPER_FAULT = said("It could not be asked. The server’s log says why.")
PROVIDER_REMOVED = said("The provider was removed.")
KEY_SEALED = said("The stored key cannot be read with ENCRYPTION_KEYS. Paste it again.")
KEY_NOT_TESTED = said("The key could not be tested. The server's log says why.")
KEY_NOT_JUDGED = said(
    "{fault} The key was not judged; it is kept. Check this machine's network and the address, then test again."
)
NEW_KEY_FAILED = said("The new key: {fault} The one before goes on.")

_PLACE = re.compile(r"\{(\w+)\}")


def spoken(stored: str) -> str:
    """What a row says, for whoever reads it now."""
    for pattern, sentence in _patterns():
        found = pattern.fullmatch(stored)
        if found is not None:
            return _filled(gettext(sentence), found.groupdict())
    return gettext(stored) if stored else ""


def _filled(sentence: str, values: dict[str, str]) -> str:
    return _PLACE.sub(lambda place: spoken(values.get(place[1], place[0])), sentence)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    # Of two that fit, the one that says more: it has fewer words left for its places.
    return [(_pattern(sentence), sentence) for sentence in sorted(SENTENCES, key=len, reverse=True)]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)  # literal, name, literal, name, …
    literal = [re.escape(part) for part in parts[::2]]
    places = [f"(?P<{name}>{'[0-9.]+' if name == 'count' else '.+?'})" for name in parts[1::2]]
    return re.compile("".join(a + b for a, b in zip(literal, [*places, ""], strict=True)), re.DOTALL)
