"""`<think>` at the head of a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.providers.think import ThinkTags


def split(*pieces: str, starts_inside: bool = False) -> tuple[str, str]:
    """What was taken for reasoning, and what for the answer."""
    tags = ThinkTags(starts_inside=starts_inside)
    found = [piece for text in pieces for piece in tags.feed(text)]
    found += tags.feed("", is_last=True)
    return (
        "".join(text for kind, text in found if kind == "reasoning"),
        "".join(text for kind, text in found if kind == "text"),
    )


CASES = {
    "<think>why</think>\n\nbecause": ("why", "because"),
    "  \n<think>why</think>because": ("why", "because"),
    "no tag at all": ("", "no tag at all"),
    "Use `<think>` like so: <think>x</think>": ("", "Use `<think>` like so: <think>x</think>"),
    "<thinker>x</thinker>": ("", "<thinker>x</thinker>"),
    "<think/>x": ("", "<think/>x"),
    "<thi": ("", "<thi"),
    "<think>a < b </thin and on</think>c": ("a < b </thin and on", "c"),
    "<think>never closed </thi": ("never closed </thi", ""),
    "<think>one</think>two<think>three</think>": ("one", "two<think>three</think>"),
    "<think></think>x": ("", "x"),
    "<think><think>nested</think>x": ("<think>nested", "x"),
    "\n\n    indented": ("", "\n\n    indented"),
    "": ("", ""),
}


@pytest.mark.parametrize("text", CASES)
def test_it_splits_whole_and_character_by_character(text: str) -> None:
    assert split(text) == CASES[text]
    assert split(*text) == CASES[text]


@given(
    text=st.lists(st.sampled_from([*CASES, "<", "think>", "</", "\n", " "]), max_size=5).map("".join),
    cuts=st.lists(st.integers(0, 200), max_size=8),
    starts_inside=st.booleans(),
)
def test_any_chunking_gives_the_same(text: str, cuts: list[int], starts_inside: bool) -> None:
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in zip(edges, [*edges[1:], len(text)], strict=True)]

    assert split(*pieces, starts_inside=starts_inside) == split(text, starts_inside=starts_inside)


def test_a_template_may_have_opened_the_block() -> None:
    assert split("why</think>\nbecause", starts_inside=True) == ("why", "because")


def test_only_what_may_be_a_tag_is_held_back() -> None:
    tags = ThinkTags()

    assert list(tags.feed("<think>a < b")) == [("reasoning", "a < b")]
    assert list(tags.feed("</th")) == []
    assert list(tags.feed("e end</think>")) == [("reasoning", "</the end")]


def test_much_leading_space_is_an_answer() -> None:
    tags = ThinkTags()

    assert list(tags.feed(" " * 100)) == [("text", " " * 100)]
    assert tags.is_settled
