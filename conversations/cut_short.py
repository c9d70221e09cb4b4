"""How a reply ended, in its copies: whoever reads one is told that it is not whole, and not why."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from conversations.models import CutShort, Generation, Message, Status

_SENTENCES = {
    CutShort.STOPPED: gettext_lazy("Stopped before its end."),
    CutShort.CUT: gettext_lazy("Cut before its end."),
    CutShort.BROKEN: gettext_lazy("Broken off before its end."),
}
# Why a reply that is done is not whole: its length, the provider's filter, no budget or room for another step.
_CUT = ("length", "content_filter", "no_budget", "no_room")


def of(message: Message) -> str:
    """What a copy of this message is to know: a CutShort, or "" where it is whole."""
    generation: Generation | None = getattr(message, "generation", None)
    if generation is None:
        return message.cut_short
    if generation.status == Status.STOPPED:
        return CutShort.STOPPED
    if generation.status in (Status.FAILED, Status.INTERRUPTED):
        return CutShort.BROKEN
    return CutShort.CUT if generation.finish_reason in _CUT else ""


def note(text: str, cut_short: str) -> str:
    """What stands under a copied reply; "" where its text says all."""
    if not text.strip():
        return _("No answer was written.")
    return str(_SENTENCES[CutShort(cut_short)]) if cut_short else ""
