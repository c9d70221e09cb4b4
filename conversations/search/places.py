"""Where in a text what was looked for stands together; a page's scripts do the same (`models/sought.ts`)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from conversations.search.asked import Asked


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """From where to where one of the terms stands, and which of them it is."""

    start: int
    end: int
    term: int


def closest(text: str, asked: Asked) -> tuple[int, int] | None:
    """The shortest stretch with each of the terms that the text has, the first of several; None if it has none."""
    if len(asked.wanted) == 1:
        hit = re.search(asked.wanted[0].pattern(), text)
        return hit.span() if hit else None
    places = sorted(_places(text, asked))
    terms = {place.term for place in places}
    found: tuple[int, int] | None = None
    # The latest place of each term, the one that was passed longest ago first.
    latest: dict[int, Place] = {}
    for place in places:
        latest.pop(place.term, None)
        latest[place.term] = place
        if len(latest) == len(terms):
            start = next(iter(latest.values())).start
            if found is None or place.end - start < found[1] - found[0]:
                found = start, place.end
    return found


def _places(text: str, asked: Asked) -> Iterator[Place]:
    for number, term in enumerate(asked.wanted):
        for hit in re.finditer(term.pattern(), text):
            yield Place(*hit.span(), number)
