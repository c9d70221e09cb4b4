"""A model may write anything as a call: the answer is always text for it, never a crash."""

import pytest

from conversations.tools import registry
from conversations.tools.registry import LONGEST_ARGUMENTS, LONGEST_RESULT, Outcome, Tool

NAMES = ["calculate"]


def test_a_call_is_run() -> None:
    assert registry.run("calculate", '{"expression": "12.5 % of 1299"}', NAMES) == Outcome("162.375")


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("erase", "{}", "no tool named 'erase'"),
        ("calculate", '{"expression": "1 + ', "not valid JSON"),
        ("calculate", "[1]", "not a JSON object"),
        ("calculate", "", "expression"),
        ("calculate", '{"expression": 12}', "expression"),
        ("calculate", '{"expression": "1/0"}', "Division by zero"),
        ("calculate", '{"expression": "' + "1" * LONGEST_ARGUMENTS + '"}', "longer than"),
        ("calculate", "[" * 5_000, "not valid JSON"),
    ],
)
def test_what_cannot_be_run_is_told_to_the_model(name: str, arguments: str, says: str) -> None:
    outcome = registry.run(name, arguments, NAMES)

    assert outcome.is_fault
    assert says in outcome.text


def test_a_tool_that_was_not_offered_is_not_run() -> None:
    assert registry.run("calculate", '{"expression": "1"}', []).is_fault


def test_a_long_result_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Tool("long", "", {}, lambda arguments: "x" * (LONGEST_RESULT + 5), lambda arguments: "")
    monkeypatch.setattr(registry, "_BUILT_IN", (long,))

    outcome = registry.run("long", "{}", ["long"])

    assert outcome.text.startswith("x" * LONGEST_RESULT + "\n[The rest, 5 characters")
