"""Streamed `reasoning_details`, put together."""

from typing import Any

from conversations.providers.details import ReasoningDetails


def merged(*pieces: dict[str, Any]) -> list[dict[str, Any]]:
    details = ReasoningDetails()
    for piece in pieces:
        details.add([piece])
    return list(details.merged())


def test_pieces_of_one_item_are_joined_and_the_signature_kept() -> None:
    assert merged(
        {"type": "reasoning.text", "text": "The ", "format": "unknown", "index": 0},
        {"type": "reasoning.text", "text": "end", "format": "unknown", "index": 0},
        {"type": "reasoning.text", "text": "", "signature": "abc", "id": "r1", "index": 0},
    ) == [
        {
            "type": "reasoning.text",
            "text": "The end",
            "format": "unknown",
            "index": 0,
            "signature": "abc",
            "id": "r1",
        }
    ]


def test_other_types_and_indexes_are_items_of_their_own_in_order_of_arrival() -> None:
    assert merged(
        {"type": "reasoning.summary", "summary": "a", "index": 0},
        {"type": "reasoning.encrypted", "data": "x", "index": 0},
        {"type": "reasoning.summary", "summary": "b", "index": 1},
        {"type": "reasoning.summary", "summary": "c", "index": 0},
    ) == [
        {"type": "reasoning.summary", "index": 0, "summary": "ac"},
        {"type": "reasoning.encrypted", "index": 0, "data": "x"},
        {"type": "reasoning.summary", "index": 1, "summary": "b"},
    ]


def test_without_an_index_a_piece_goes_on_with_the_last_of_its_type() -> None:
    assert merged(
        {"type": "reasoning.text", "text": "a"},
        {"type": "reasoning.text", "text": "b"},
        {"type": "new.kind", "anything": [1]},
        {"type": "reasoning.text", "text": "c"},
    ) == [
        {"type": "reasoning.text", "text": "ab"},
        {"type": "new.kind", "anything": [1]},
        {"type": "reasoning.text", "text": "c"},
    ]
