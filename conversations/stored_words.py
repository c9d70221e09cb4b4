"""Sentences that stand in rows, in the language of whoever reads them.

A worker cannot know who will read why a reply failed, so rows keep English. What is shown is recognised by the
sentences below and those of `providers.sentences`, translated, and filled in again. Other whole sentences that have a
translation are translated too; anything else stays as it is.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

from conversations.providers import sentences

OUR_FAULT = gettext_noop(
    "Parley made a mistake here. What was written is kept; retry, or tell your administrator."
)
QUEUE_STOPPED = gettext_noop("You stopped the reply, so what waits is not sent by itself.")
QUEUE_INTERRUPTED = gettext_noop("The reply was interrupted, so what waits is not sent by itself.")
QUEUE_FAILED = gettext_noop("The reply failed, so what waits is not sent by itself.")
QUEUE_FAILED_BY = gettext_noop("The reply failed, so what waits is not sent by itself. {fault}")
QUEUE_SUSPENDED = gettext_noop("The account was suspended, so what waits was not sent.")
QUEUE_DELETED = gettext_noop("The conversation was deleted, so what waits was not sent.")
QUEUE_OUR_FAULT = gettext_noop(
    "Parley made a mistake when it sent the next one. It still waits: go on, or tell your administrator."
)
HELPER_CUT = gettext_noop("The worker stopped while it was asked.")
HELPER_LEFT = gettext_noop("Nobody came to ask.")
HELPER_FAULT = gettext_noop("It could not be asked. The server’s log says why.")
PROVIDER_REMOVED = gettext_noop("The provider was removed.")
KEY_SEALED = gettext_noop("The stored key cannot be read with ENCRYPTION_KEYS. Paste it again.")
KEY_NOT_TESTED = gettext_noop("The key could not be tested. The server's log says why.")
KEY_NOT_JUDGED = gettext_noop(
    "{fault} The key was not judged; it is kept. Check this machine's network and the address, then test again."
)
NEW_KEY_FAILED = gettext_noop("The new key: {fault} The one before goes on.")

_PLACE = re.compile(r"\{(\w+)\}")
_OWN = (
    *(OUR_FAULT, QUEUE_STOPPED, QUEUE_INTERRUPTED, QUEUE_FAILED, QUEUE_FAILED_BY, QUEUE_SUSPENDED),
    *(QUEUE_DELETED, QUEUE_OUR_FAULT, HELPER_CUT, HELPER_LEFT, HELPER_FAULT, PROVIDER_REMOVED, KEY_SEALED),
    *(KEY_NOT_TESTED, KEY_NOT_JUDGED, NEW_KEY_FAILED),
)


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
    known = [*_OWN, *sentences.SENTENCES]
    # Of two that fit, the one that says more: it has fewer words left for its places.
    return [(_pattern(sentence), sentence) for sentence in sorted(known, key=len, reverse=True)]


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _PLACE.split(sentence)  # literal, name, literal, name, …
    literal = [re.escape(part) for part in parts[::2]]
    places = [f"(?P<{name}>{'[0-9.]+' if name == 'count' else '.+?'})" for name in parts[1::2]]
    return re.compile("".join(a + b for a, b in zip(literal, [*places, ""], strict=True)), re.DOTALL)
