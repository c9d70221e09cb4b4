"""A tool call that a host left in the text: DeepSeek's own markup, which no reader should see and nobody may run."""

_OPENING = "<\uff5cDSML\uff5c"  # with full-width bars


class Leaks:
    """Watches a streamed text for the markup; what might begin it is held back until it is clear, and no more."""

    def __init__(self) -> None:
        self.has_leaked = False
        self._held = ""

    def clean(self, text: str, *, is_last: bool = False) -> str:
        """The text that is certain now; nothing any more once `has_leaked`."""
        if self.has_leaked:
            return ""
        text = self._held + text
        before, markup, _ = text.partition(_OPENING)
        self.has_leaked = bool(markup)
        kept = 0 if is_last or markup else _length_of_start(before)
        self._held = before[len(before) - kept :]
        return before[: len(before) - kept]


def _length_of_start(text: str) -> int:
    """Of the longest end of `text` that is a beginning of the markup."""
    longest = min(len(text), len(_OPENING) - 1)
    return next((n for n in range(longest, 0, -1) if _OPENING.startswith(text[-n:])), 0)
