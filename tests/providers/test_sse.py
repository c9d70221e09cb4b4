"""Server-sent events, byte by byte."""

import re
import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.providers.sse import Decoder, Event, EventTooLarge


def events(*chunks: bytes, max_event_bytes: int = 1 << 20) -> list[Event]:
    decoder = Decoder(max_event_bytes)
    found = [event for chunk in chunks for event in decoder.feed(chunk)]
    return found + list(decoder.close())


def data(*chunks: bytes) -> list[bytes]:
    return [event.data for event in events(*chunks)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param(b'data: {"a":1}\n\n', [b'{"a":1}'], id="ordinary"),
        pytest.param(b"data: 1\n\ndata: 2\n\n", [b"1", b"2"], id="two in one chunk"),
        pytest.param(b"data:{}\n\n", [b"{}"], id="no space"),
        pytest.param(b"data:  x\n\n", [b" x"], id="only one space is taken"),
        pytest.param(b"data: a\ndata: b\n\n", [b"a\nb"], id="two lines"),
        pytest.param(b"data: a\n: ping\ndata: b\n\n", [b"a\nb"], id="comment in mid-event"),
        pytest.param(b": OPENROUTER PROCESSING\n\ndata: a\n\n", [b"a"], id="comment"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [b"a", b"b", b"c"], id="CRLF, CR, LF"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", [b"a"], id="byte order mark"),
        pytest.param(b"data: [DONE]", [b"[DONE]"], id="no line end at the end"),
        pytest.param(b"data: [DONE]\n", [b"[DONE]"], id="no blank line at the end"),
        pytest.param(
            b"event: ping\n\nretry: 5\n\nid: 7\n\n\n\ndata: a\n\n", [b"a"], id="events without data"
        ),
        pytest.param(b"data:\n\ndata: \n\ndata\n\ndata: a\n\n", [b"a"], id="empty data"),
        pytest.param(b"data: a\n\n\n\n\ndata: b\n\n", [b"a", b"b"], id="many blank lines"),
        pytest.param(b"surprise: 1\nid: 2\ndata: a\nretry: 3\n\n", [b"a"], id="other fields"),
        pytest.param(b"data: a\x00\xff\n\n", [b"a\x00\xff"], id="invalid UTF-8 is the reader's affair"),
        pytest.param(b"", [], id="nothing"),
    ],
)
def test_it_reads_every_framing(stream: bytes, expected: list[bytes]) -> None:
    assert data(stream) == expected
    assert data(*(stream[at : at + 1] for at in range(len(stream)))) == expected


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_only_cr_and_lf_end_a_line(separator: str) -> None:
    inside = f'{{"content":"a{separator}b"}}'.encode()

    assert data(b"data: " + inside + b"\n\n") == [inside]


def test_an_event_keeps_its_name() -> None:
    assert events(b"event: error\ndata: {}\n\ndata: {}\n\n") == [Event(b"{}", b"error"), Event(b"{}")]


def test_an_old_error_line_is_an_event_named_error() -> None:
    assert events(b'error: {"code":500}\n\n') == [Event(b'{"code":500}', b"error")]


# --- any chunking gives the same ---------------------------------------------------------------------------

LINES = st.sampled_from(
    [
        *(b"", b"", b"data: a", b"data:b", b"data", b"data: \xe2\x80\xa8", b": c", b"event: error"),
        *(b"id: 1", b"error: x", b"data: " + b"x" * 40, b"\xef\xbb\xbf", b"y" * 70, b"data: " + b"z" * 58),
    ]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=14).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


def all_or_error(chunks: list[bytes]) -> list[Event | str]:
    """The events, with the mark "too large" where the decoder gave up."""
    decoder = Decoder(64)
    found: list[Event | str] = []
    try:
        for chunk in chunks:
            for event in decoder.feed(chunk):
                found.append(event)  # noqa: PERF402 (those before an error count)
        for event in decoder.close():
            found.append(event)  # noqa: PERF402
    except EventTooLarge:
        found.append("too large")
    return found


def by_the_standard(stream: bytes) -> list[bytes]:
    """A slow and plain reading of the standard: the data of events that have some."""
    lines = [*re.split(rb"\r\n|\r|\n", stream.removeprefix(b"\xef\xbb\xbf")), b""]
    found, pending = [], []
    for line in lines:
        if line.startswith(b"data:") or line == b"data":
            value = line[5:]
            pending.append(value[1:] if value[:1] == b" " else value)
        elif not line:
            found.append(b"\n".join(pending))
            pending = []
    return [event for event in found if event]


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 400), max_size=12), mark=st.booleans())
def test_any_chunking_gives_the_same_events(stream: bytes, cuts: list[int], mark: bool) -> None:
    stream = b"\xef\xbb\xbf" * mark + stream
    edges = [0, *sorted(cut for cut in cuts if cut <= len(stream)), len(stream)]
    chunks = [stream[a:b] for a, b in pairwise(edges)]

    assert all_or_error(chunks) == all_or_error([stream])


@given(stream=STREAMS)
def test_it_agrees_with_the_standard(stream: bytes) -> None:
    assert [event.data for event in events(stream) if event != (b"x", b"error")] == by_the_standard(stream)


# --- limits ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", [b"x" * 65_536, b"data: " + b"x" * 1000 + b"\n", b": " + b"x" * 65_536])
def test_an_endless_line_or_event_is_given_up_at_one_mebibyte(piece: bytes) -> None:
    decoder = Decoder()
    fed = 0
    tracemalloc.start()

    with pytest.raises(EventTooLarge):
        while fed < 64 << 20:
            fed += len(piece)
            list(decoder.feed(piece))

    assert fed < 1.2 * (1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()


def test_what_came_before_the_endless_line_is_given() -> None:
    decoder = Decoder(64)
    found = []

    with pytest.raises(EventTooLarge):
        for event in decoder.feed(b"data: a\n\ndata: " + b"x" * 100):
            found.append(event)  # noqa: PERF402 (those before the error count)

    assert found == [Event(b"a")]


def test_a_long_line_in_small_pieces_is_read_without_copying_it_for_each() -> None:
    decoder = Decoder(1 << 30)
    start = time.process_time()
    for _ in range((8 << 20) // 16):
        list(decoder.feed(b"x" * 16))

    # Some tenths of a second; copying the line for each of half a million pieces is two million megabytes.
    assert time.process_time() - start < 20
