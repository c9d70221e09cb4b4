"""What somebody looks for, as they typed it: words, "words in a row", and -what is not to be in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from conversations.search import words

LONGEST = 200
# Somebody who types one letter means to go on typing.
_BEGINNING = 2
_CHUNK = re.compile(r'(-?)"([^"]*)("?)|(-?)(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂「」", '"'))


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that is to be in a text, or not to be in it."""

    pieces: tuple[str, ...]  # folded, at least one
    in_a_row: bool
    may_go_on: bool  # its last word may be the beginning of a longer one

    def query(self) -> str:
        """As a part of a tsquery. Words hold letters, digits and marks alone, so that quotes are enough."""
        found = [
            word
            for piece in self.pieces
            for word in (words.pairs_of(piece) if words.is_unspaced(piece) else [piece[: words.LONGEST_WORD]])
        ]
        # Pairs of one run that stand apart are rare, and places end after 16,383 words.
        together = " <-> " if self.in_a_row or not any(map(words.is_unspaced, self.pieces)) else " & "
        quoted = [f"'{word}'" for word in found]
        if self._last_goes_on:
            quoted[-1] += ":*"
        return f"({together.join(quoted)})"

    def pattern(self) -> str:
        """A regular expression that finds it in a text."""
        start = words.NOT_BEFORE if self._is_bounded_before else ""
        end = words.NOT_BEHIND if self._is_bounded_behind else ""
        return start + words.BETWEEN.join(map(words.pattern_of, self.pieces)) + end

    def on_page(self) -> dict[str, Any]:
        """The same for a page's scripts, which find it in what they have drawn (`models/sought.ts`)."""
        return {
            "words": self.pieces,
            "begins": self._is_bounded_before,
            "ends": self._is_bounded_behind,
        }

    def pattern_in_postgres(self) -> str:
        """The same for a title, where it may stand within a word."""
        return "[^[:alnum:]]*".join(map(words.pattern_in_postgres, self.pieces))

    @property
    def _is_bounded_before(self) -> bool:
        return not words.is_unspaced(self.pieces[0])

    @property
    def _is_bounded_behind(self) -> bool:
        return not (self._last_goes_on or words.is_unspaced(self.pieces[-1]))

    @property
    def _last_goes_on(self) -> bool:
        last = self.pieces[-1]
        if words.is_unspaced(last):
            return len(last) == 1
        return self.may_go_on and len(last) >= _BEGINNING


@dataclass(frozen=True)
class Asked:
    """All of it. With nothing that is wanted, nothing is found."""

    text: str

    @cached_property
    def wanted(self) -> tuple[Term, ...]:
        return tuple(term for is_unwanted, term in self._terms if not is_unwanted)

    @cached_property
    def unwanted(self) -> tuple[Term, ...]:
        return tuple(term for is_unwanted, term in self._terms if is_unwanted)

    def query(self) -> str:
        """As a tsquery."""
        parts = [term.query() for term in self.wanted] + [f"!{term.query()}" for term in self.unwanted]
        return " & ".join(parts)

    @cached_property
    def _terms(self) -> tuple[tuple[bool, Term], ...]:
        return tuple(self._read())

    def _read(self) -> Iterator[tuple[bool, Term]]:
        text = self.text.translate(_QUOTES)[:LONGEST].rstrip()
        for chunk in _CHUNK.finditer(text):
            minus, quoted, closing, other_minus, bare = chunk.groups()
            is_unwanted = bool(minus or other_minus)
            pieces = tuple(words.pieces_in(quoted if bare is None else bare))
            is_last = chunk.end() == len(text)
            goes_on = is_last and not is_unwanted and not closing
            if pieces:
                yield is_unwanted, Term(pieces, in_a_row=bare is None, may_go_on=goes_on)
