"""What Postgres quotes in its errors: the statement with its values, the row, the JSON. It is what people wrote."""

import re

# The first line says what is wrong. What follows it may have any number of lines, so it ends with the error.
_QUOTED = re.compile(
    r"(?:\n|\\n)[ |]*(?:LINE \d+|DETAIL|CONTEXT|QUERY):.*?"
    r"(?=\n[ |]*\n[ |]*(?:The above exception was|During handling of the above)|\Z)",
    re.DOTALL,
)


def removed(text: str) -> str:
    """The text of an error, or of a traceback, without them."""
    return _QUOTED.sub("", text)
