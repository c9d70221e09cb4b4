"""What is shown of a text that was found: the place, and what is marked there. Never markup: text in parts."""

import re
from dataclasses import dataclass

from conversations.search.asked import Asked
from conversations.search.places import closest

LENGTH = 220
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text, and whether it is what was looked for."""

    text: str
    is_hit: bool


# What Markdown puts around words and at the beginning of lines, as far as it cannot be meant: 2**3 stays.
_DRESS = re.compile(
    r"(?<!\w)\*\*(?=\S)|(?<=\S)\*\*(?!\w)|`+|^#{1,6} |^ *[-*+] |^> |^\|?[-: |]{3,}$|^\| ?| ?\|$", re.MULTILINE
)

_LINK = re.compile(r"!?\[([^\[\]\n]+)\]\(([^()\s]+)\)")


def excerpt(text: str, asked: Asked, *, is_markdown: bool = False) -> list[Part]:
    """A line from where all that is looked for stands closest together; the beginning of a text that has none of it."""
    found = closest(text, asked)
    start = max(0, found[0] - _BEFORE) if found else 0
    if start and (space := re.search(r"\s", text[start : start + _BEFORE])):
        start += space.end()
    end = min(len(text), start + LENGTH)
    piece = text[start:end]
    if end < len(text) and (whole := re.match(r"(.*\s)\S{0,20}\Z", piece, re.DOTALL)):
        piece = whole[1]
    line = " ".join((_undressed(piece, asked) if is_markdown else piece).split())
    return marked(f"{'… ' if start else ''}{line}{' …' if end < len(text) else ''}", asked)


def _undressed(piece: str, asked: Asked) -> str:
    """Of a link its words alone, unless its address is what was looked for."""
    pattern = _pattern(asked)
    linked = _LINK.sub(lambda link: link[0] if pattern.search(link[2]) else link[1], piece)
    return _DRESS.sub("", linked)


def marked(line: str, asked: Asked) -> list[Part]:
    """All of a line, what was looked for apart from the rest."""
    parts: list[Part] = []
    done = 0
    for hit in _pattern(asked).finditer(line):
        parts += [Part(line[done : hit.start()], is_hit=False), Part(hit.group(), is_hit=True)]
        done = hit.end()
    return [part for part in [*parts, Part(line[done:], is_hit=False)] if part.text]


def _pattern(asked: Asked) -> re.Pattern[str]:
    return re.compile("|".join(term.pattern() for term in asked.wanted) or r"(?!)")
