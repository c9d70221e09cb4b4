"""A language made for tests: every sentence that can be translated stands in ⟦white brackets⟧."""

from pathlib import Path
from typing import Any

from babel.messages import mofile
from babel.messages.catalog import Catalog

from chatapp.languages import PAGE_SENTENCES, SENTENCES, SOURCE, catalogues

CODE = "qps"  # of the codes that are kept for private use
OPENS, CLOSES = "⟦", "⟧"
LANGUAGES = [(SOURCE, "English"), (CODE, "Bracketed")]


def settings_with(place: Path) -> dict[str, Any]:
    """Django's settings for a Parley that speaks it too; its catalogues are compiled into that directory."""
    directory = place / CODE / "LC_MESSAGES"
    directory.mkdir(parents=True)
    for domain, collected in (
        (SENTENCES, catalogues.sentences()),
        (PAGE_SENTENCES, catalogues.page_sentences()),
    ):
        with (directory / f"{domain}.mo").open("wb") as file:
            mofile.write_mo(file, _bracketed(collected))
    return {"LOCALE_PATHS": [place], "LANGUAGES": LANGUAGES}


def bracketed(sentence: str) -> str:
    """As a page in this language says it."""
    return f"{OPENS}{sentence}{CLOSES}"


def _bracketed(collected: Catalog) -> Catalog:
    catalog = Catalog(locale=CODE, charset="utf-8")
    for message in collected:
        if not message.id:
            continue
        said = bracketed(message.id) if isinstance(message.id, str) else tuple(map(bracketed, message.id))
        catalog.add(message.id, said, context=message.context)
    return catalog
