"""`make messages` finds every sentence, keeps what was translated, and refuses what would break a page."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.catalog import Catalog

from chatapp import languages
from chatapp.languages import catalogues

# Not the end of another name, and not a method: `cut(`, `x.t(`.
CALL = re.compile(r"(?<![\w.$])tn?\(")
BLOCK = "{% blocktranslate"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogues, "BASE_DIR", tmp_path)
    monkeypatch.setattr(catalogues, "PLACE", tmp_path / "locale")
    _write(
        tmp_path / "accounts/a.py",
        'from x import gettext as _\n\n\ndef f():\n    return _("Hello %(name)s.")\n',
    )
    _write(
        tmp_path / "templates/a.html",
        "{% load i18n %}\n    <p>{% translate 'Good day.' %}</p>\n"
        "  {% blocktranslate count n=n trimmed %}\n    One\n    day.\n"
        "  {% plural %}\n    {{ n }} days.\n  {% endblocktranslate %}\n",
    )
    _write(
        tmp_path / "static/src/a.ts",
        "const a = <T>(b: T): T => b;\n"
        'const c = `<b>${t("Inside")}</b>`;\n'
        'export const d = (e?: Map<string, number>) => tn("%(count)s file", "%(count)s files", e!.size / 2);\n',
    )
    return tmp_path / "locale"


def test_sentences_are_collected_from_python_templates_and_typescript(place: Path) -> None:
    place.mkdir()
    assert catalogues.main() == 0

    assert ids_of(place / "django.pot") == {"Hello %(name)s.", "Good day.", ("One day.", "%(n)s days.")}
    assert ids_of(place / "djangojs.pot") == {"Inside", ("%(count)s file", "%(count)s files")}


def test_a_language_is_begun_translated_compiled_and_brought_up_to_date(place: Path) -> None:
    assert catalogues.main("pt-br") == 0
    assert [code for code, _ in languages.offered(place)] == ["en-gb"]
    path = place / "pt_BR/LC_MESSAGES/django.po"
    translate(path, {"Hello %(name)s.": "Olá, %(name)s.", "Good day.": "Bom dia."})
    _write(
        place.parent / "templates/a.html",
        "{% load i18n %}{% translate 'Good day.' %}{% translate 'New.' %}"
        "{% blocktranslate count n=n %}One thing.{% plural %}{{ n }} things.{% endblocktranslate %}",
    )

    assert catalogues.main() == 0

    assert languages.offered(place) == [("en-gb", "English"), ("pt-br", "Português Brasileiro")]
    with path.with_suffix(".mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.gettext("Hello %(name)s.") == "Olá, %(name)s."
    assert compiled.gettext("Good day.") == "Bom dia."
    assert compiled.gettext("New.") == "New."
    assert compiled.ngettext("One thing.", "%(n)s things.", 3) == "%(n)s things."


def test_a_translation_that_lost_a_named_place_is_refused_and_named(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogues.main("de")
    path = place / "de/LC_MESSAGES/django.po"
    translate(path, {"Good day.": "Guten Tag."})
    catalogues.main()
    compiled = path.with_suffix(".mo").read_bytes()
    translate(path, {"Hello %(name)s.": "Hallo %(nam)s."})

    assert catalogues.main() == 1

    assert "locale/de/LC_MESSAGES/django.po: “Hello %(name)s.”" in capsys.readouterr().err
    assert path.with_suffix(".mo").read_bytes() == compiled


def test_nothing_that_the_scripts_say_is_missed() -> None:
    found = sum(len(message.locations) for message in catalogues.page_sentences() if message.id)
    sources = [path.read_text() for path in (catalogues.BASE_DIR / "static/src").rglob("*.ts")]
    assert found == sum(len(CALL.findall(source)) for source in sources)


def test_nothing_that_the_templates_say_is_missed() -> None:
    templates = [path for path in (catalogues.BASE_DIR / "templates").rglob("*") if path.is_file()]
    written = sum(len(re.findall(r"{% (?:block)?translate\b", path.read_text())) for path in templates)
    found = [place for message in catalogues.sentences() for place, _ in message.locations]
    assert sum(place.startswith("templates/") for place in found) >= written > 0


def ids_of(path: Path) -> set[str | tuple[str, ...]]:
    return {_id(message.id) for message in _read(path) if message.id}


def translate(path: Path, words: dict[str, str]) -> None:
    catalog = _read(path)
    for message in catalog:
        if isinstance(message.id, str) and message.id in words:
            message.string = words[message.id]
    with path.open("wb") as file:
        pofile.write_po(file, catalog)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file)


def _id(given: str | list[str] | tuple[str, ...]) -> str | tuple[str, ...]:
    return given if isinstance(given, str) else tuple(given)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
