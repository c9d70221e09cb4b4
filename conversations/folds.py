"""What a person said at length, folded as the box folds what is pasted: its beginning, and the rest in a line."""

from django.utils.translation import gettext as _

# Characters; the box folds from there on too (composer_pastes.ts).
FOLD_FROM = 8_000
# What was typed stands before what was pasted: so much of the beginning, in whole paragraphs, is above the fold.
MOST_ABOVE = 600
_BETWEEN = "\n\n"


def fold_of(text: str, characters: int | None = None) -> dict[str, str] | None:
    """`head` and `rest` of a long text, a blank line between them where there is a head, and the `line` of the rest.

    None for a text that is shown as it is. `characters` is how many there are, where `text` is not all of it.
    """
    if len(text) < FOLD_FROM:
        return None
    end = text.rfind(_BETWEEN, 0, MOST_ABOVE + len(_BETWEEN))
    head, rest = (text[:end], text[end + len(_BETWEEN) :]) if end > 0 else ("", text)
    count = (characters or len(text)) - (len(text) - len(rest))
    return {
        "head": head,
        "rest": rest,
        "line": _("Long text, %(count)s characters") % {"count": f"{count:,}"},
    }
