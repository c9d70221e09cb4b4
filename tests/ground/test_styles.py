"""What a style sheet may not ask of a browser."""

import re
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[2] / "static" / "src" / "css").rglob("*.css"))

# `tr:has(+ .more) > *`, or as well `.field:has(> b) { & > * {} }`: anything at all may be what it means, so that
# whatever comes into any page has all of it styled anew, and a long reply took three times as long to draw.
MEANS_ANYTHING = re.compile(
    r":has\([^{}]*(?:\*\s*[,{]|\{(?:[^{}]|\{[^{}]*\})*?&[^{};]*\*\s*[,{])",
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_rule_has_every_change_of_a_page_style_all_of_it_anew(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)

    assert not MEANS_ANYTHING.search(rules)


def test_such_a_rule_would_be_found() -> None:
    assert MEANS_ANYTHING.search(".routes { tr:has(+ .more) > * { border: 0 } }")
    assert MEANS_ANYTHING.search(".field:has(> b) { gap: 0; & > i { gap: 0 } & > * { gap: 0 } }")
    assert not MEANS_ANYTHING.search(".field:has(> b) { gap: 0; & > i { gap: 0 } } .a { & > * { gap: 0 } }")
    assert not MEANS_ANYTHING.search(".routes tr:has(+ .more) { border: 0 } .a > * { }")
