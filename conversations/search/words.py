"""Text as the words it is found by, in any language; the same for what is kept and for what is asked.

Case, accents and the width of letters make no difference. Scripts that put no spaces between words (Chinese, Japanese,
Thai) are cut into pairs of characters, each beginning with the next one. Postgres does none of this: its parser takes
a run of Chinese for one word, addresses and paths apart in ways of its own, and knows only the letters of its locale.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

LONGEST_WORD = 60

# Scripts without spaces, and Korean, whose endings are written together with the word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3007\u3041-\u3096\u3099-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_ACCENTS = "\u0300-\u036f"
# Where marks are that combine, and how many of them a letter keeps: sorting them takes the square of their number.
_COMBINING, _MOST_MARKS = range(0x370, 0x1F000), 30
# Where letters are that differ from another one in case, accent or width alone.
_VARIANTS = (range(0x30, 0x530), range(0x1E00, 0x2000), range(0xFF10, 0xFFA0))


def _marks() -> str:
    """What stands on or beside letters, as vowels do in Hindi and Arabic, and is no letter to Python."""
    found = [code for code in range(0x370, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc")]
    return "".join(map(chr, found))


def _combining() -> str:
    """What Unicode sorts where several stand on one letter, and an accent that is only taken off."""
    decomposed = (unicodedata.normalize("NFKD", chr(code)) for code in _COMBINING)
    found = (
        chr(code) for code, text in zip(_COMBINING, decomposed, strict=True) if unicodedata.combining(text[0])
    )
    return _ACCENTS + "".join(found)


_MARKS = _marks()
_PIECE = re.compile(f"[{_UNSPACED}]+|[^\\W_{_UNSPACED}]+(?:[{_MARKS}]+[^\\W_{_UNSPACED}]*)*")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
# Not within a word; a script without spaces has no such places.
NOT_BEFORE, NOT_BEHIND = f"(?<![^\\W_{_UNSPACED}])", f"(?![^\\W_{_UNSPACED}])"
_ACCENT = re.compile(f"[{_ACCENTS}]+")
_COMBINES = f"[{_combining()}]"
_TOO_MANY_MARKS = re.compile(f"({_COMBINES}{{{_MOST_MARKS}}}){_COMBINES}+")
# Between two words. Exactly one place ends it, and nothing is tried twice (the possessive `*+`).
BETWEEN = f"(?:_|[^\\w{_UNSPACED}])*+"


def folded(text: str) -> str:
    """The text without what makes no difference."""
    if not text.isascii():
        text = _TOO_MANY_MARKS.sub(r"\1", text)
        # Accents come off their letters; whatever else came apart (Korean, Japanese) is put together again.
        text = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFKD", text)))
    return text.casefold()


def pieces_in(text: str) -> list[str]:
    """The text's words, folded; a run of a script without spaces is one piece."""
    return _PIECE.findall(folded(text))


def is_unspaced(piece: str) -> bool:
    """True for a run of a script without spaces."""
    return piece >= "\u0e00" and _IS_UNSPACED.match(piece) is not None


def pairs_of(run: str) -> list[str]:
    """What a run of a script without spaces is found by; one character alone is found as the beginning of a pair."""
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def placed_words(text: str) -> Iterator[tuple[str, int]]:
    """Every word with its place, from 1. The last character of a run is found by itself too, at the last pair's."""
    place = 0
    for piece in pieces_in(text):
        if not is_unspaced(piece):
            place += 1
            yield piece[:LONGEST_WORD], place
            continue
        for pair in pairs_of(piece):
            place += 1
            yield pair, place
        if len(piece) > 1:
            yield piece[-1], place


def pattern_of(piece: str) -> str:
    """A regular expression of all ways to write a folded word. Accents are passed over once and for all."""
    return _pattern(piece, accents=f"[{_ACCENTS}]*+")


def pattern_in_postgres(piece: str) -> str:
    """The same for Postgres, which knows no `*+`."""
    return _pattern(piece, accents=f"[{_ACCENTS}]*")


def _pattern(piece: str, *, accents: str) -> str:
    letters = [f"[{_variants().get(letter, '')}{letter}]{accents}" for letter in piece]
    pair = 2 * f"[{_variants().get('s', '')}s]{accents}"
    return "".join(letters).replace(pair, f"(?:ß|ẞ|{pair})")


@cache
def _variants() -> dict[str, str]:
    """By folded letter, the others that become it."""
    found: dict[str, str] = {}
    for code in (code for codes in _VARIANTS for code in codes):
        letter = chr(code)
        if letter.isalnum() and letter != (same := folded(letter)):
            found[same] = found.get(same, "") + letter
    return found
