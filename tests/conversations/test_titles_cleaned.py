"""What a model answers when it is asked for a title, as one line."""

import pytest

from conversations.generation.title import title_in


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("Beans in spring", "Beans in spring"),
        ('"Beans in spring."', "Beans in spring"),
        ("„Bohnen im Frühling“.\n\nGern!", "Bohnen im Frühling"),
        ("# **Learning C#**", "Learning C#"),
        ("<think>a title, then</think>\nBeans", "Beans"),
        ("<think>cut off", ""),
        ("春天的豆子。", "春天的豆子"),
        ("Be\x00ans \ud800", "Be\ufffdans \ufffd"),
        ("Beans\x1b[31m\tred", "Beans[31m red"),
        ("x" * 300, "x" * 120),
        ("\u202eBeans \u2066in\u2069 spring", "Beans in spring"),
        (" \n“”.", ""),
        ("", ""),
    ],
)
def test_a_title_is_one_line_without_ornaments(answer: str, title: str) -> None:
    assert title_in(answer) == title
