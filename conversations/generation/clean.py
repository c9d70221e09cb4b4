"""Text from outside, made fit for Postgres and JSON: no NUL, no half characters. Nothing else is lost."""


def clean(text: str) -> str:
    """The text without NUL; lone surrogates become U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        # Pairs that JSON spelt as two escapes become the character they mean.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Cleaner:
    """`clean` for text in pieces: half a character at a piece's end waits for its other half."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, piece: str) -> str:
        """The cleaned text so far not given."""
        if self._half:
            piece, self._half = self._half + piece, ""
        if piece and "\ud800" <= piece[-1] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return clean(piece)

    def end(self) -> str:
        """What was waiting for another half that never came."""
        half, self._half = self._half, ""
        return clean(half)
