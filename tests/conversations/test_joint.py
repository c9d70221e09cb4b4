"""Where a continued reply meets what it goes on from: nothing twice, nothing lost."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conversations.generation.joint import LONGEST_OVERLAP, SHORTEST_OVERLAP, Joint

# Few letters, so that ends and beginnings are often alike.
texts = st.text(alphabet="ab \n.é🙂", max_size=400)
cuts = st.lists(st.integers(1, 60), max_size=40)


def joined(carried: str, came: str, sizes: list[int]) -> str:
    """The whole reply, when what comes arrives in pieces of these sizes and then all at once."""
    joint, shown, place = Joint(carried), carried, 0
    for size in [*sizes, len(came)]:
        shown += joint.take(came[place : place + size])
        place += size
    return shown + joint.rest()


def repeats(carried: str, came: str) -> list[int]:
    """Every length at which what comes begins with the end of the carried text."""
    longest = min(LONGEST_OVERLAP, len(carried))
    return [
        size
        for size in range(SHORTEST_OVERLAP, longest + 1)
        if came.startswith(carried[-size:]) and any(map(str.isalnum, carried[-size:]))
    ]


@given(st.integers(30, 200), st.data(), cuts)
def test_what_is_said_again_is_left_out_wherever_the_text_was_cut(
    words: int, data: st.DataObject, sizes: list[int]
) -> None:
    whole = " ".join(f"word{place}" for place in range(words))
    cut = data.draw(st.integers(SHORTEST_OVERLAP, len(whole)))
    overlap = data.draw(st.integers(SHORTEST_OVERLAP, min(LONGEST_OVERLAP, cut)))

    assert joined(whole[:cut], whole[cut - overlap :], sizes) == whole


@given(texts, texts, st.integers(0, LONGEST_OVERLAP), cuts)
def test_where_a_text_repeats_itself_the_most_that_may_have_been_said_again_is_left_out(
    carried: str, rest: str, overlap: int, sizes: list[int]
) -> None:
    came = carried[len(carried) - overlap :] + rest if overlap <= len(carried) else rest

    assert joined(carried, came, sizes) == carried + came[max(repeats(carried, came), default=0) :]


@given(texts, texts, cuts)
def test_where_nothing_is_said_again_nothing_is_lost(carried: str, came: str, sizes: list[int]) -> None:
    assume(not repeats(carried, came))

    assert joined(carried, came, sizes) == carried + came


@given(texts, texts, cuts)
def test_the_pieces_it_comes_in_make_no_difference(carried: str, came: str, sizes: list[int]) -> None:
    assert joined(carried, came, sizes) == joined(carried, came, [])


@given(texts, texts, cuts)
def test_never_more_is_left_out_than_was_there_before(carried: str, came: str, sizes: list[int]) -> None:
    whole = joined(carried, came, sizes)
    dropped = len(carried) + len(came) - len(whole)

    assert whole == carried + came[dropped:]
    assert dropped == 0 or carried.endswith(came[:dropped])


@pytest.mark.parametrize(
    ("carried", "came", "whole"),
    [
        ("The quick brown fox jum", "quick brown fox jumps over", "The quick brown fox jumps over"),
        ("The quick brown fox ", "the lazy dog", "The quick brown fox the lazy dog"),
        ("a\n\n------------", "------------\n\nb", "a\n\n------------------------\n\nb"),
        ("one fox", "one fox", "one foxone fox"),
        ("The quick brown fox", "The quick brown fox", "The quick brown fox"),
    ],
    ids=[
        "a sentence begun again",
        "nothing in common",
        "a rule goes on",
        "too short to tell",
        "only the end again",
    ],
)
def test_some_joints(carried: str, came: str, whole: str) -> None:
    assert joined(carried, came, [3, 3, 3]) == whole


def test_text_is_held_back_only_while_it_may_be_a_repetition() -> None:
    joint = Joint("The quick brown fox jumped")

    assert [joint.take(text) for text in ("qui", "ck brown ", "d", "og")] == ["", "", "quick brown d", "og"]
