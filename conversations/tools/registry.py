"""The tools that a model may be given, and the one way to run them. No Django, no network, no money.

A tool is a name, what the model is told of it, the shape of its arguments, and a function. The seam for tools that
live elsewhere (MCP servers) is `Tool.run` and `offered`: such a tool would be one more `Tool`, its name qualified by
its server, and whoever lists them would ask beside `_BUILT_IN`. Nothing of the kind is here yet: every tool works out
its result by itself, changes nothing, and sees nothing but its arguments.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from conversations.tools.calculate import Unreadable, calculate

LONGEST_ARGUMENTS = 8_000  # characters of JSON
LONGEST_ABOUT = 80  # characters
LONGEST_RESULT = 8_000  # characters: it is read, and paid for, with every further step


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` gives the result as text, or raises ToolFault with a sentence for the model."""

    name: str
    description: str  # for the model
    parameters: Mapping[str, Any]  # JSON schema
    run: Callable[[Mapping[str, Any]], str]
    about: Callable[[Mapping[str, Any]], str]  # what a call is about, in few words for the reader


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to, as the model and the reader see it."""

    text: str
    is_fault: bool = False


class ToolFault(Exception):
    """A tool has no result; `str()` says why."""


def offered(names: Iterable[str]) -> list[Tool]:
    """The tools with these names, in the order that they have here: the same every time, for the provider's cache."""
    wanted = set(names)
    return [tool for tool in _BUILT_IN if tool.name in wanted]


def about(name: str, arguments: str) -> str:
    """What a call is about, in a line; "" where that cannot be said. Never raises."""
    tool = next((tool for tool in _BUILT_IN if tool.name == name), None)
    try:
        words = tool.about(_read(arguments)) if tool else ""
    except ToolFault:
        return ""
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_ABOUT else line[:LONGEST_ABOUT] + "…"


def run(name: str, arguments: str, names: Iterable[str]) -> Outcome:
    """Run one call of a model, which may write anything. Never raises."""
    tool = next((tool for tool in offered(names) if tool.name == name), None)
    if tool is None:
        return Outcome(f"There is no tool named {name[:80]!r} here.", is_fault=True)
    try:
        text = tool.run(_read(arguments))
    except ToolFault as fault:
        return Outcome(str(fault), is_fault=True)
    if len(text) > LONGEST_RESULT:
        text = (
            f"{text[:LONGEST_RESULT]}\n[The rest, {len(text) - LONGEST_RESULT:,} characters, was left out.]"
        )
    return Outcome(text)


def _read(arguments: str) -> Mapping[str, Any]:
    if len(arguments) > LONGEST_ARGUMENTS:
        raise ToolFault(f"The arguments are longer than {LONGEST_ARGUMENTS:,} characters. Nothing was run.")
    try:
        read = orjson.loads(arguments.strip() or "{}")
    except ValueError:
        raise ToolFault("The arguments are not valid JSON. Nothing was run.") from None
    if not isinstance(read, dict):
        raise ToolFault("The arguments are not a JSON object. Nothing was run.")
    return read


def _calculate(arguments: Mapping[str, Any]) -> str:
    expression = arguments.get("expression")
    if not isinstance(expression, str):
        raise ToolFault('Expected {"expression": "…"} with the expression as text.')
    try:
        return calculate(expression)
    except Unreadable as fault:
        raise ToolFault(str(fault)) from None


def _about_calculation(arguments: Mapping[str, Any]) -> str:
    expression = arguments.get("expression")
    if not isinstance(expression, str):
        return ""
    return expression.replace("**", "^").replace("*", " × ").replace("/", " ÷ ")


CALCULATE = Tool(
    name="calculate",
    description=(
        "Works out an arithmetic expression exactly, in decimal. Use it for any sum that must be right. "
        "It knows + - * / ^, brackets, % (a percentage: 12.5 % of 1299), and abs, ceil, floor, max, min, "
        "mod(a, b), round(x, places), sqrt. A result that begins with ≈ is rounded."
    ),
    parameters={
        "type": "object",
        "properties": {
            "expression": {"type": "string", "description": "Such as 12.5 % of 1299, or (3 + 4) * 2^10."}
        },
        "required": ["expression"],
        "additionalProperties": False,
    },
    run=_calculate,
    about=_about_calculation,
)
_BUILT_IN: tuple[Tool, ...] = (CALCULATE,)
