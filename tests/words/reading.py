"""What people can read on a page that nobody can translate: text outside the brackets of the tests' language."""

import re
from collections.abc import Collection, Iterable

from playwright.sync_api import Page

from tests.words.pseudo import CLOSES, OPENS

# What people and models wrote, figures that explain themselves, and names of things: never sentences of ours.
WRITTEN_BY_OTHERS = ", ".join(
    (
        "[data-part=text]",  # a reply; what we add to it is read by `ADDED`
        ".reasoning__text",
        "[data-part=said]",
        "[data-part=title]",
        "[data-part=conversation-title]",
        ".masthead__title",
        ".turn__name",
        ".request__reason",
        ".found__text",  # a piece of what was said, with what was looked for in it
        "[data-part=row-title]",
        "[data-part=row-line]",
        "[data-part=step-arguments]",  # what a model and a tool told each other
        "[data-part=step-result]",
        "code",
        "kbd",
        "time",
        ".fault-id",
        ".wordmark",
        "option:not(:checked)",
    )
)
ADDED = ".code__bar, .code__note"

# Text nodes in the order in which they are read, then the attributes that are read aloud or shown.
READ = """
([others, added]) => {
  const read = [];
  const isOthers = (element) => element.closest(others) && !element.closest(added);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest("script, style, template, noscript, svg, [hidden]")) continue;
    if (!element.checkVisibility()) continue;
    const text = isOthers(element) ? node.data.replace(/[^⟦⟧]/g, "") : node.data;
    read.push([text, element.className]);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt], [data-label]")) {
    if (element.closest("template, time, [data-part=title]") || !element.checkVisibility()) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"]) {
      const said = element.getAttribute(name);
      if (said) read.push([`${said}`, `${element.tagName.toLowerCase()}.${element.className}[${name}]`]);
    }
  }
  read.push([document.title, "title"]);
  return read;
}
"""

_WORD = re.compile(r"[^\W\d_]{2,}")
# Short for units, the names of months and days, which are written as dates are, addresses and providers' ids.
_FIGURES = re.compile(
    r"≈|\$[\d.,]+|\b\d[\d.,:]*\s?(?:ms|s|min|h|MB|kB|[kMB])?\b|\b(?:UTC|CSV|min|ms|MB|USD)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b"
    r"|\bhh:mm\b|\S+@\S+|\b[a-z]+-[0-9a-f]{32}\b|https?:\S+"
)


def untranslated(page: Page, names: Iterable[str], whole: Collection[str]) -> list[str]:
    """Each piece of text outside the brackets with the place where it stands.

    `names` are no sentences wherever they stand, `whole` where nothing else stands beside them.
    """
    known = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)))
    found, depth = [], 0
    for text, place in page.evaluate(READ, [WRITTEN_BY_OTHERS, ADDED]):
        outside = ""
        for character in text:
            if character == OPENS:
                depth += 1
            elif character == CLOSES:
                depth -= 1
            elif depth == 0:
                outside += character
        sentence = known.sub(" ", _FIGURES.sub(" ", outside)).strip(" .,:·()")
        if sentence not in whole and _WORD.search(sentence):
            found.append(f"{place}: {outside.strip()}")
    assert depth == 0, f"a sentence is cut off on {page.url}"
    return found
