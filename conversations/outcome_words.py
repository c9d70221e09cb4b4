"""How a call of a provider ended, in few words, for a reply's details."""

from typing import Any

from django.utils.translation import gettext_lazy

from conversations.providers.base import FaultCode

_ENDED = {
    "stop": gettext_lazy("by itself"),
    "length": gettext_lazy("at the longest reply allowed"),
    "content_filter": gettext_lazy("by the provider’s filter"),
    "tool_calls": gettext_lazy("with a tool’s name"),
}
_FAULTS: dict[str, Any] = {
    FaultCode.UNREACHABLE: gettext_lazy("did not answer"),
    FaultCode.REFUSED_KEY: gettext_lazy("refused our key"),
    FaultCode.NO_CREDIT: gettext_lazy("our credit there is used up"),
    FaultCode.FORBIDDEN: gettext_lazy("did not allow it"),
    FaultCode.NOT_FOUND: gettext_lazy("does not know the model"),
    FaultCode.BAD_REQUEST: gettext_lazy("did not accept the request"),
    FaultCode.TOO_LONG: gettext_lazy("found it too long"),
    FaultCode.RATE_LIMITED: gettext_lazy("was asked too often"),
    FaultCode.OVERLOADED: gettext_lazy("was overloaded"),
    FaultCode.STALLED: gettext_lazy("took too long"),
    FaultCode.CUT: gettext_lazy("broke off"),
    FaultCode.BROKEN: gettext_lazy("answered with what cannot be read"),
    FaultCode.UNREADABLE: gettext_lazy("asked tools for what cannot be read"),
    FaultCode.EMPTY: gettext_lazy("answered with nothing"),
    FaultCode.NO_ROUTE: gettext_lazy("nobody runs the model"),
    FaultCode.INTERNAL: gettext_lazy("a fault of this server"),
}


def ended(finish_reason: str) -> str:
    """The provider's own reason in words, or as it stands where it is one of its own; "" for none."""
    return str(_ENDED.get(finish_reason, finish_reason))


def failed(fault_code: str) -> str:
    """Why a call failed, to follow its provider's name; "" where it did not."""
    return str(_FAULTS.get(fault_code, fault_code))
