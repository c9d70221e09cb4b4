"""What is said under a reply that ended otherwise than with its answer: what happened, what is kept, what to do."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import money
from accounts.models import MoneyDisplay
from conversations import cut_short, failed_words, stored_words
from conversations.models import Attempt, Generation, Message, Status
from conversations.providers.base import FaultCode

# Why a reply with steps ended before its answer (generation.next_call).
_NO_NEXT_CALL = {
    "no_budget": gettext_lazy("Your budget has no room for another step."),
    "no_room": gettext_lazy("The conversation is too long for another step."),
}


def note_of(
    generation: Generation | None,
    message: Message,
    attempts: Sequence[Attempt],
    counted: dict[str, Any] | None,
    seconds: float | None,
) -> str:
    """A sentence or two; "" where its answer says all. `counted` is its tally, `seconds` how long it took."""
    if generation is None:  # it was copied from another conversation
        return cut_short.note(message.text, message.cut_short)
    if generation.is_unfinished:
        return ""
    if generation.status == Status.STOPPED:
        return _stopped(generation, message, counted, seconds)
    if generation.status == Status.INTERRUPTED:
        if not (message.text or message.reasoning):
            return _failed(generation, message, counted)
        what = stored_words.spoken(generation.fault) or _("The server stopped in mid-reply.")
        return _("%(fault)s Everything up to here is kept.") % {"fault": what}
    if generation.status == Status.FAILED:
        return _failed(generation, message, counted)
    if generation.finish_reason == "length":
        if is_at_own_limit(generation, attempts):
            return _("Cut at the length you set for this conversation.")
        if generation.is_shortened:
            return _("Shortened by your budget.")
        return _("Cut at the longest reply allowed.")
    if generation.finish_reason == "content_filter":
        return _("The provider's filter ended this reply. Say it in other words, or try another model.")
    if generation.finish_reason in _NO_NEXT_CALL:
        return str(_NO_NEXT_CALL[generation.finish_reason])
    return "" if message.text.strip() else _("The model gave no answer. Try again, or ask in other words.")


def is_at_own_limit(generation: Generation, attempts: Sequence[Attempt]) -> bool:
    """True when all calls together had no more room than its owner allows."""
    if generation.reply_limit is None:
        return False
    before = sorted(attempts, key=lambda attempt: attempt.number)[:-1]
    spent = sum(attempt.completion_tokens or 0 for attempt in before)
    return generation.max_tokens + spent >= generation.reply_limit


def kind_of(generation: Generation | None) -> str:
    """ "alert" where something went wrong, else "quiet"; "" while it is written."""
    if generation is None or generation.is_unfinished:
        return ""
    if generation.status == Status.FAILED:
        return "quiet" if generation.fault_code == FaultCode.EMPTY else "alert"
    return "alert" if generation.status == Status.INTERRUPTED else "quiet"


def hides_costs(message: Message) -> bool:
    """True when its reader wants to see no costs; the tally and its receipt are left out of sight by the page."""
    return message.conversation.owner.money_display == MoneyDisplay.HIDDEN


def _failed(generation: Generation, message: Message, counted: dict[str, Any] | None) -> str:
    cost = counted["cost"] if counted else ""
    return failed_words.note_of(message, generation, cost=cost, hides_costs=hides_costs(message))


def _stopped(
    generation: Generation, message: Message, counted: dict[str, Any] | None, seconds: float | None
) -> str:
    if not message.own_text and not message.reasoning:
        return _("Stopped before answering.")
    known = {"time": "" if seconds is None else money.seconds_short(seconds)}
    if not generation.stop_requested_at:  # it was its owner's suspension
        sentence = _("Stopped when the account was suspended after %(time)s.")
        if seconds is None:
            sentence = _("Stopped when the account was suspended.")
    else:
        sentence = _("Stopped by you.") if seconds is None else _("Stopped by you after %(time)s.")
    said = sentence % known
    if counted is None or hides_costs(message):
        return said
    return " ".join((said, _("Cost, reading included: %(cost)s.") % {"cost": counted["cost"]}))
