"""The tally under a reply, and its receipt."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import pricing, tally
from accounts.pricing import CostSplit, Rates, Tokens

OPENROUTER = Rates(
    input=Decimal("0.14"),
    cache_read=Decimal("0.04"),
    cache_write=Decimal("0.14"),
    output=Decimal("0.28"),
    is_billed=True,
    price_id="p",
    source="openrouter.ai",
)
TOKENS = Tokens(prompt=5_886, cached=4_096, completion=1_326, reasoning=840)


def tally_of(tokens: Tokens = TOKENS, rates: Rates = OPENROUTER, **changes: Any) -> dict[str, Any]:
    split = pricing.cost_by_kind(tokens, rates)
    given = {
        "tokens": tokens,
        "split": split,
        "total": split.total,
        "is_estimated": False,
        "is_billed": True,
        "seconds": 14.2,
        "source_line": "OpenRouter, DeepInfra. As billed.",
        "model": "deepseek/deepseek-v4-flash",
    }
    return tally.tally_of(**given | changes)  # type: ignore[arg-type]


def test_a_receipt_has_four_lines_a_sum_and_its_source() -> None:
    assert tally_of() == {
        "cost": "$0.00079",
        "seconds": "14 s",
        "label": "Cost $0.00079: read again 21 %, read new 32 %, thinking 30 %, answer 17 %",
        "strip": [
            {"kind": "cached", "x": 0, "width": 19},
            {"kind": "new", "x": 21, "width": 29},
            {"kind": "thinking", "x": 52, "width": 27},
            {"kind": "answer", "x": 81, "width": 15},
        ],
        "lines": [
            {"kind": "cached", "label": "Read again (cached)", "tokens": "4,096", "cost": "$0.00016"},
            {"kind": "new", "label": "Read new", "tokens": "1,790", "cost": "$0.00025"},
            {"kind": "thinking", "label": "Thinking", "tokens": "840", "cost": "$0.00024"},
            {"kind": "answer", "label": "Answer", "tokens": "486", "cost": "$0.00014"},
        ],
        "total": {"tokens": "7,212", "cost": "$0.00079"},
        "exact": "$0.00078572",
        "source": "OpenRouter, DeepInfra. As billed.",
        "model": "deepseek/deepseek-v4-flash",
        "speed": "93 tokens/s",
    }


def test_an_estimate_is_marked_wherever_it_shows() -> None:
    drawn = tally_of(is_estimated=True)

    assert drawn["cost"] == drawn["total"]["cost"] == "≈\N{NO-BREAK SPACE}$0.00079"
    assert drawn["label"].startswith("Cost about $0.00079: ")
    assert [line["cost"][:2] for line in drawn["lines"]] == ["≈\N{NO-BREAK SPACE}"] * 4
    assert [line["tokens"][:2] for line in drawn["lines"]] == ["≈\N{NO-BREAK SPACE}"] * 4


def test_a_demo_reply_shows_its_price_and_says_that_it_is_not_billed() -> None:
    drawn = tally_of(is_billed=False, total=Decimal(0))

    assert drawn["cost"] == "$0.00079 (demo price, not billed)"
    assert drawn["source"] == "Demo price, not billed."
    assert drawn["label"].startswith("Cost $0.00079, demo price, not billed: read again")
    assert drawn["total"]["cost"] == "$0.00079"


def test_a_free_reply_has_no_strip_and_reads_free() -> None:
    nothing = Decimal(0)
    free = Rates(nothing, nothing, nothing, nothing, is_billed=True, price_id="p", source="ours")

    drawn = tally_of(Tokens(prompt=10, completion=20), free)

    assert (drawn["cost"], drawn["label"], drawn["strip"]) == ("free", "Free", [])
    assert [line["cost"] for line in drawn["lines"]] == ["–", "free", "–", "free"]


def test_a_part_too_small_for_the_totals_precision_says_so() -> None:
    split = CostSplit(Decimal("0.0000001"), Decimal("0.2"), Decimal(0), Decimal("0.3"))

    drawn = tally_of(split=split, total=split.total)

    assert [line["cost"] for line in drawn["lines"]] == ["under $0.001", "$0.200", "free", "$0.301"]
    assert drawn["total"]["cost"] == "$0.501"
    assert drawn["strip"][0] == {"kind": "cached", "x": 0, "width": 2}


amounts = st.decimals(min_value=0, max_value=50, places=12)


@given(st.builds(CostSplit, amounts, amounts, amounts, amounts))
def test_the_lines_add_up_to_the_total_that_is_shown(split: CostSplit) -> None:
    drawn = tally_of(split=split, total=split.total)

    figures = [line["cost"] for line in drawn["lines"] if line["cost"].startswith("$")]
    assert sum(Decimal(figure[1:]) for figure in figures) == Decimal(
        drawn["total"]["cost"].replace("free", "$0")[1:].replace(",", "")
    )


@given(st.builds(CostSplit, amounts, amounts, amounts, amounts))
def test_the_strip_fills_its_width_and_hides_no_part(split: CostSplit) -> None:
    strip = tally.strip_of(split.parts)

    assert len(strip) == sum(part > 0 for part in split.parts)
    assert all(segment["width"] >= 2 for segment in strip)
    for left, right in pairwise(strip):
        assert left["x"] + left["width"] + 2 == right["x"]
    if strip:
        assert (strip[0]["x"], strip[-1]["x"] + strip[-1]["width"]) == (0, 96)


@pytest.mark.parametrize(
    ("ms", "tokens", "cost", "line"),
    [
        (12_000, 840, "0.000235", "Thought for 12 s · 840 tokens · $0.00024"),
        (72_400, 12_345, "0.0034", "Thought for 1 min 12 s · 12,345 tokens · $0.0034"),
        (900, 1, "0.00000028", "Thought for 1 s · 1 token · $0.00000028"),
        (3_000, 20, None, "Thought for 3 s · 20 tokens"),
        (3_000, 20, "0", "Thought for 3 s · 20 tokens · free"),
        (3_000, None, None, "Thought for 3 s"),
    ],
)
def test_the_thinking_block_says_time_tokens_and_cost(
    ms: int, tokens: int | None, cost: str | None, line: str
) -> None:
    assert tally.thought_line(ms, tokens, None if cost is None else Decimal(cost)) == line


def test_the_thinking_block_marks_an_estimate() -> None:
    line = tally.thought_line(12_000, 840, Decimal("0.000235"), is_estimated=True)

    assert line == "Thought for 12 s · ≈\N{NO-BREAK SPACE}840 tokens · ≈\N{NO-BREAK SPACE}$0.00024"
