"""What is said under a reply that failed: what happened, what it cost, what to do; for an administrator, where."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CostSource
from conversations import stored_words
from conversations.models import Generation, Message, Status
from conversations.providers.base import FaultCode

_AGAIN = gettext_lazy("Try again, or another model.")
_SOONER = gettext_lazy("Another model may answer sooner.")
_TELL = gettext_lazy("Tell %(whom)s, or try another model.")
# By its code; what is not here says in its own sentence what to do.
_ADVICE = {
    FaultCode.UNREACHABLE: _AGAIN,
    FaultCode.REFUSED_KEY: _TELL,
    FaultCode.NO_CREDIT: _TELL,
    FaultCode.FORBIDDEN: gettext_lazy("Say it in other words, or try another model."),
    FaultCode.NOT_FOUND: gettext_lazy("Pick another model, and tell %(whom)s."),
    FaultCode.BAD_REQUEST: gettext_lazy("Try another model, or change this conversation's settings."),
    FaultCode.TOO_LONG: gettext_lazy("Begin a new conversation, or pick a model that reads more."),
    FaultCode.RATE_LIMITED: gettext_lazy("Try again in a minute, or another model."),
    FaultCode.OVERLOADED: gettext_lazy("Try again in a minute, or another model."),
    FaultCode.STALLED: _AGAIN,
    FaultCode.CUT: _AGAIN,
    FaultCode.BROKEN: _AGAIN,
    FaultCode.UNREADABLE: gettext_lazy(
        "Try again, or untick “May calculate” in this conversation's settings."
    ),
    FaultCode.EMPTY: gettext_lazy("Try again, or ask in other words."),
}
# Who can mend it is not told to tell somebody.
_ADVICE_FOR_ADMINISTRATORS = {
    FaultCode.REFUSED_KEY: gettext_lazy("Give it a key that it takes, or try another model."),
    FaultCode.NO_CREDIT: gettext_lazy("Top it up or raise that limit there, or try another model."),
    FaultCode.NOT_FOUND: gettext_lazy("Change its name there, or pick another model."),
}
_MENDED_AT_PROVIDERS = {
    *(FaultCode.UNREACHABLE, FaultCode.REFUSED_KEY, FaultCode.NO_CREDIT, FaultCode.FORBIDDEN),
    *(FaultCode.BAD_REQUEST, FaultCode.BROKEN),
}
_MENDED_AT_ROUTES = {FaultCode.NOT_FOUND, FaultCode.TOO_LONG, FaultCode.NO_ROUTE}


def note_of(message: Message, generation: Generation, *, cost: str, hides_costs: bool) -> str:
    """All of it, for the owner of its conversation. `cost` is what it cost in figures, "" for nothing."""
    parts = [
        stored_words.spoken(generation.fault) or _("The server stopped in mid-reply."),
        "" if generation.fault_code == FaultCode.NO_ROUTE else _kept(message, generation, cost, hides_costs),
        _advice(message, generation),
    ]
    return " ".join(part for part in parts if part)


def mended_at(message: Message, generation: Generation) -> dict[str, str] | None:
    """Where its reader can mend that: an address, and what stands there. None for who is no administrator."""
    if generation.status != Status.FAILED or not message.conversation.owner.is_administrator:
        return None
    # The call that failed ended it. Both pages name their rows as these addresses do.
    last = max(generation.attempts.all(), key=lambda one: one.number, default=None)
    if generation.fault_code in _MENDED_AT_PROVIDERS and last:
        url = f"{reverse('conversations:providers')}#provider-{last.provider}"
        return {"url": url, "label": _("Provider: %(name)s") % {"name": last.provider_name}}
    if generation.fault_code in _MENDED_AT_ROUTES:
        url, model = reverse("conversations:models"), generation.model
        if last:
            url = f"{url}#route-{model.slug}-{last.provider}"
            return {"url": url, "label": _("Route: %(name)s") % {"name": last.provider_name}}
        return {"url": f"{url}#{model.slug}", "label": _("Model: %(name)s") % {"name": model.name}}
    return None


def _kept(message: Message, generation: Generation, cost: str, hides_costs: bool) -> str:
    """What is kept, and what it cost."""
    shown = "" if hides_costs else cost
    # What the fault was of ours says itself that the text is kept.
    if (message.text or message.reasoning) and generation.fault_code != FaultCode.INTERNAL:
        if shown:
            return _("What was written is kept; it cost %(cost)s.") % {"cost": shown}
        return _("What was written is kept.")
    if shown:
        return _("It cost %(cost)s all the same.") % {"cost": shown}
    is_free = all(one.cost_source == CostSource.NOTHING for one in generation.attempts.all())
    return _("Nothing was charged.") if is_free and not hides_costs else ""


def _advice(message: Message, generation: Generation) -> str:
    code = generation.fault_code
    if not code:  # no provider's: its worker was lost
        return _("Try again.")
    if code in (FaultCode.RATE_LIMITED, FaultCode.OVERLOADED) and "Try again in" in generation.fault:
        return str(_SOONER)  # the provider has said when
    is_administrator = message.conversation.owner.is_administrator
    advice = _ADVICE | _ADVICE_FOR_ADMINISTRATORS if is_administrator else _ADVICE
    whom = settings.SUPPORT_CONTACT or _("an administrator")
    return str(advice.get(FaultCode(code), "")) % {"whom": whom}
