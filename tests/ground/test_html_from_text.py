"""Text becomes HTML in one place, and the last thing done to it there is the sanitiser's."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IN_SCRIPTS = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|setHTML\w*|parseHTMLUnsafe|createContextualFragment|srcdoc"
    r"|document\.write\w*|text/html|createPolicy|DOMPurify\.sanitize)\b"
)
IN_PYTHON = re.compile(r"\b(mark_safe|format_html\w*|SafeString|SafeData|__html__|html_safe)\b")
IN_TEMPLATES = re.compile(r"\|\s*safe(seq)?\b|\bautoescape\s+off\b")


def found(pattern: re.Pattern[str], *globs: str) -> list[str]:
    """Each place in which text is taken for HTML: the file, and what does it."""
    files = sorted({file for each in globs for file in ROOT.glob(each)})
    assert files
    return [
        f"{file.relative_to(ROOT)}: {place[0]}"
        for file in files
        for place in pattern.finditer(file.read_text())
    ]


def test_a_script_makes_html_of_text_in_the_sanitiser_and_nowhere_else() -> None:
    the_place = "static/src/render/sanitise.ts"
    by_the_browser = ["setHTML"] * 3  # whether it has one, its type, and what it does
    done_there = [*by_the_browser, "createPolicy", "innerHTML", "DOMPurify.sanitize"]
    assert found(IN_SCRIPTS, "static/src/**/*.ts") == [f"{the_place}: {deed}" for deed in done_there]


def test_python_declares_no_text_to_be_html() -> None:
    assert found(IN_PYTHON, *(f"{app}/**/*.py" for app in ("accounts", "chatapp", "conversations"))) == []


def test_no_page_takes_text_for_html() -> None:
    assert found(IN_TEMPLATES, "templates/**/*.html") == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (IN_SCRIPTS, "box.innerHTML = name;"),
        (IN_SCRIPTS, 'document.write("<p>")'),
        (IN_PYTHON, "return mark_safe(name)"),
        (IN_TEMPLATES, "{{ name|safe }}"),
        (IN_TEMPLATES, "{% autoescape off %}"),
    ],
)
def test_such_a_place_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)
