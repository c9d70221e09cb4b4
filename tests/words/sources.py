"""Sentences in the sources that nobody can translate, found by how they look."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from chatapp.languages.catalogues import BASE_DIR, PYTHON, PYTHON_WORDS

# Three words or more from a capital to a full stop: a reader is spoken to.
SENTENCE = re.compile(r"^[A-Z“%{≈][^\n]*\s\S+\s[^\n]*[.?!…]\W*$", re.DOTALL)
_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->", re.DOTALL)
_TRANSLATED = re.compile(r"{%-?\s*blocktranslate\b.*?{%-?\s*endblocktranslate\s*%}", re.DOTALL)
_COMMENT = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_SPOKEN = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"')
_WORD = re.compile(r"[^\W\d_]{2,}")


def sentences_in(path: Path) -> Iterator[str]:
    """Those of a Python file outside gettext, docstrings and the log."""
    tree = ast.parse(path.read_text())
    known = {id(part) for node in ast.walk(tree) if _is_not_for_people(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in known:
            continue
        if isinstance(node, ast.JoinedStr):
            known |= {id(part) for part in ast.walk(node)}
        text = _text_of(node)
        if SENTENCE.match(text):
            yield f"{path.relative_to(BASE_DIR)}:{getattr(node, 'lineno', 0)}: {text}"


def python_files() -> Iterator[Path]:
    for directory in PYTHON:
        yield from sorted((BASE_DIR / directory).rglob("*.py"))


def words_in_template(text: str) -> list[str]:
    """What stands in a template by itself: text and attributes that are read."""
    bare = _TAG.sub("\0", _TRANSLATED.sub("\0", _COMMENT.sub("", text)))
    spoken = [*_SPOKEN.findall(bare), *_MARKUP.split(bare)]
    pieces = [piece.strip() for one in spoken for piece in one.split("\0")]
    return [piece for piece in pieces if _WORD.search(piece)]


def sentences_in_script(text: str) -> list[str]:
    """String literals of a script that are sentences and stand neither in `t(` or `tn(` nor in an Error."""
    code = re.sub(r"/\*.*?\*/|^\s*//.*$", "", text, flags=re.DOTALL | re.MULTILINE)
    code = re.sub(r"\b(?:tn?|Error)\(\s*(?:\"[^\"]*\"[\s,]*|`[^`]*`[\s,]*)+", "(", code)
    return [literal for literal in re.findall(r"[\"`]([^\"`\n]*)[\"`]", code) if SENTENCE.match(literal)]


def _text_of(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_not_for_people(node: ast.AST) -> bool:
    """What gettext has, what explains the code, and what goes to the log."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return isinstance(node.func.value, ast.Name) and node.func.value.id == "log"
    return isinstance(node.func, ast.Name) and node.func.id in PYTHON_WORDS
