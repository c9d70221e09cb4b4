"""A tool call that a host left in the text: DeepSeek's own markup, which no reader should see and nobody may run."""

import re

_MARK = "\uff5cDSML\uff5c"  # with full-width bars
# However a host cuts it: a whole call, the end of one whose beginning is lost, or the mark without its bracket.
_OPENINGS = (f"<{_MARK}", f"</{_MARK}", _MARK)
_BRACKET = re.compile(r"</?\Z")


class Leaks:
    """Watches a streamed text for the markup; what might begin it is held back until it is clear, and no more."""

    def __init__(self) -> None:
        self.has_leaked = False
        self.leaked = ""  # the markup, as far as it had come when it was seen
        self._held = ""

    def clean(self, text: str, *, is_last: bool = False) -> str:
        """The text that is certain now; nothing any more once `has_leaked`."""
        if self.has_leaked:
            return ""
        text = self._held + text
        before, markup, after = text.partition(_MARK)
        self.has_leaked, self.leaked = bool(markup), markup + after
        if markup:
            before = _BRACKET.sub("", before)
        kept = 0 if is_last or markup else _length_of_start(before)
        self._held = before[len(before) - kept :]
        return before[: len(before) - kept]


def _length_of_start(text: str) -> int:
    """Of the longest end of `text` that is a beginning of the markup."""
    longest = min(len(text), max(map(len, _OPENINGS)) - 1)
    return next(
        (n for n in range(longest, 0, -1) if any(one.startswith(text[-n:]) for one in _OPENINGS)),
        0,
    )
