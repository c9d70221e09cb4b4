"""`make messages`: collects every sentence for people, and brings the catalogues in `locale/` up to date.

    python -m chatapp.languages.catalogues [language …]

Named languages are begun. What is written: `locale/*.pot`, each `.po`, and beside it the `.mo` that is read when
Parley runs. Nothing but Babel is needed, no gettext tools; running Parley needs neither.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog, TranslationError
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from chatapp.languages import PAGE_SENTENCES, SENTENCES

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PLACE = BASE_DIR / "locale"
PYTHON = ("accounts", "chatapp", "conversations")
PYTHON_WORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "said": None,  # conversations.providers.sentences
    "npgettext": ((1, "c"), 2, 3),
}
PAGE_WORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {"t": None, "tn": (1, 2)}
NOTES = ("Translators:",)


def main(*begun: str) -> int:
    """Collect, update and compile; 1 when a translation would break where it is used."""
    for language in begun:
        (PLACE / to_locale(language) / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    mistakes = []
    for domain, collected in ((SENTENCES, sentences()), (PAGE_SENTENCES, page_sentences())):
        _write(PLACE / f"{domain}.pot", collected)
        for place in sorted(PLACE.glob("*/LC_MESSAGES")):
            mistakes += _update(place / f"{domain}.po", collected)
    sys.stderr.writelines(f"{mistake}\n" for mistake in mistakes)
    return 1 if mistakes else 0


def sentences() -> Catalog:
    """Those of Python and the templates."""
    catalog = _empty()
    for directory in PYTHON:
        for path in _files(directory, ".py"):
            _collect(catalog, path, path.read_bytes(), "python")
    for path in _files("templates", ".html", ".txt"):
        _collect(catalog, path, _as_python(path), "python")
    return catalog


def page_sentences() -> Catalog:
    """Those of the pages' scripts. Babel reads TypeScript as JavaScript: to find calls, that is enough."""
    catalog = _empty()
    for path in _files("static/src", ".ts"):
        _collect(catalog, path, path.read_bytes(), "javascript")
    return catalog


def _empty() -> Catalog:
    return Catalog(project="Parley", charset="utf-8")


def _files(directory: str, *endings: str) -> Iterator[Path]:
    yield from sorted(path for path in (BASE_DIR / directory).rglob("*") if path.suffix in endings)


def _as_python(path: Path) -> bytes:
    """What Django makes of a template for gettext's tools; a line's indentation would mean something here."""
    lines = templatize(path.read_text(), origin=str(path)).splitlines()
    return "\n".join(line.strip() for line in lines).encode()


def _collect(catalog: Catalog, path: Path, source: bytes, language: str) -> None:
    keywords = PAGE_WORDS if language == "javascript" else PYTHON_WORDS
    options = {"jsx": False, "parse_template_string": True, "encoding": "utf-8"}
    found = extract.extract(language, BytesIO(source), keywords, NOTES, options)
    for line, message, comments, context in found:
        place = [(path.relative_to(BASE_DIR).as_posix(), line)]
        catalog.add(message, locations=place, auto_comments=comments, context=context)


def _update(path: Path, collected: Catalog) -> list[str]:
    """What is wrong with it; a catalogue with mistakes is not compiled."""
    catalog = Catalog(locale=path.parent.parent.name, project="Parley", charset="utf-8")
    if path.exists():
        with path.open("rb") as file:
            catalog = pofile.read_po(file, locale=catalog.locale, domain=path.stem)
    catalog.update(collected, no_fuzzy_matching=True)
    catalog.fuzzy = False
    _write(path, catalog)
    mistakes = [f"{path.relative_to(BASE_DIR)}: {mistake}" for mistake in _mistakes(catalog)]
    if not mistakes:
        _compile(path.with_suffix(".mo"), catalog)
    return mistakes


def _compile(path: Path, catalog: Catalog) -> None:
    """What is translated. A language with nothing yet is not offered; half a plural would be said as nothing."""
    done = Catalog(locale=catalog.locale, charset="utf-8")
    for message in catalog:
        said = [message.string] if isinstance(message.string, str) else message.string or [""]
        if message.id and all(said):
            done.add(message.id, message.string, context=message.context)
    if len(done):
        with path.open("wb") as file:
            mofile.write_mo(file, done)


def _mistakes(catalog: Catalog) -> Iterator[str]:
    """A named place that was lost or made up: the sentence could not be filled in."""
    errors: list[TranslationError]
    for message, errors in catalog.check():
        if message.string and any(message.string):
            yield from (f"“{message.id}”: {error}" for error in errors)


def _write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as file:
        pofile.write_po(file, catalog, width=110, sort_output=True, omit_header=False)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
