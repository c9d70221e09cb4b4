"""The demo at sums: where it may calculate it asks for that, and then says what came of it."""

import re
from collections.abc import Mapping
from typing import Any

_OPERATION = r"\s*(?:[-+*/^×÷−]|% of|of)\s*"
_NUMBER = r"\(*\s*\d[\d.,]*\s*%?\s*\)*"
_SUM = re.compile(rf"{_NUMBER}(?:{_OPERATION}{_NUMBER})+")
_WORDS = {" times ": " × ", " plus ": " + ", " minus ": " − ", " divided by ": " ÷ "}


def expression_for(body: Mapping[str, Any]) -> str:
    """The sum in the last question, where the model may have it worked out; else ""."""
    last = body["messages"][-1]
    names = [tool["function"]["name"] for tool in body.get("tools") or ()]
    if last.get("role") != "user" or "calculate" not in names or body.get("tool_choice") == "none":
        return ""
    question = str(last.get("content"))
    for word, sign in _WORDS.items():
        question = question.replace(word, sign)
    found = _SUM.search(question)
    return found.group().strip(" .,") if found else ""


def result_in(body: Mapping[str, Any]) -> str:
    """What the tool said, where that is what the model is told last; else ""."""
    last = body["messages"][-1]
    return str(last.get("content")) if last.get("role") == "tool" else ""
