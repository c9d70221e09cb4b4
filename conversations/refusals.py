"""Why a send was not taken. Each `str()` is a sentence for the person; nothing was stored or sent.

Refusal
├── Busy              a reply of this conversation is being written
├── Stale             the conversation went on elsewhere
├── ChangedBody       the same client_id came with another text
├── Withdrawn         it waited, and was taken back before it was sent
├── QueueFull         as much waits as may wait
├── NotWaiting        it waited, and was sent or taken back in the meantime
├── NotRetriable      that reply cannot be retried
├── Answered          that message has a reply already
├── NotContinuable    that reply was not cut off, or has no text to go on from
├── NotOffered        that model is not offered, or not any more
├── NothingToShare    no finished message yet
├── ReadOnlyProvider  the environment sets this provider
├── CatalogueRefused  the list of models, routes and providers cannot be changed like that
├── ModelOff          an administrator has switched the model off
├── NotInTeam         the team that was to pay is not theirs
├── PriceChanged      nobody answers at the price that was held for
├── NoRoute           nobody is connected who runs this model
├── NoPrice           the model has no price yet
├── NoneFits          no provider takes what is asked for
└── TooLong           the conversation does not fit the model's context
"""

import uuid

from django.utils.translation import gettext as _


class Refusal(Exception):
    """Base; `code` and `status` are the HTTP answer."""

    code = "refused"
    status = 409


class Busy(Refusal):
    code = "busy"

    def __init__(self) -> None:
        super().__init__(_("A reply is still being written here. Stop it, or send this when it is done."))


class Stale(Refusal):
    """Carries the message it went on to (None = there is none), which may be answered instead."""

    code = "stale"

    def __init__(self, tip_id: uuid.UUID | None) -> None:
        super().__init__(
            _("This conversation went on elsewhere. Answer the latest message, or branch from here?")
        )
        self.tip_id = tip_id


class ChangedBody(Refusal):
    code = "changed_body"

    def __init__(self) -> None:
        super().__init__(_("This message was already sent with another text. The first one stands."))


class Withdrawn(Refusal):
    code = "withdrawn"

    def __init__(self) -> None:
        super().__init__(_("You took this message back before it was sent."))


class QueueFull(Refusal):
    code = "queue_full"

    def __init__(self, rows: int) -> None:
        super().__init__(
            _(
                "%(count)s messages wait here already, and that is as much as can wait. "
                "Take one back, or send this when a reply is done. Your text is kept."
            )
            % {"count": rows}
            if rows > 1
            else _(
                "What waits here is as long as can wait. Send this when the reply is done. Your text is kept."
            )
        )


class NotWaiting(Refusal):
    code = "not_waiting"

    def __init__(self) -> None:
        super().__init__(_("This message does not wait any more: it was sent, or taken back elsewhere."))


class NotRetriable(Refusal):
    code = "not_retriable"

    def __init__(self) -> None:
        super().__init__(_("This reply answers no message, so it cannot be retried."))


class Answered(Refusal):
    code = "answered"

    def __init__(self) -> None:
        super().__init__(_("This message was answered in the meantime."))


class NotContinuable(Refusal):
    code = "not_continuable"

    def __init__(self) -> None:
        super().__init__(
            _("Only a reply that was cut off can be continued. Ask for more in a message instead.")
        )


class NotOffered(Refusal):
    code = "not_offered"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This model is not offered here any more. Pick another one."))


class NothingToShare(Refusal):
    code = "nothing_to_share"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to share yet. Wait for the first reply to be done."))


class ReadOnlyProvider(Refusal):
    code = "read_only"

    def __init__(self, provider: str) -> None:
        super().__init__(
            _("%(provider)s is set by the server's environment. Change it there.") % {"provider": provider}
        )


class CatalogueRefused(Refusal):
    """For administrators; the sentence says what stands in the way."""

    code = "catalogue"


class ModelOff(Refusal):
    code = "model_off"
    status = 422

    def __init__(self, model: str) -> None:
        super().__init__(
            _("%(model)s is switched off, so nothing was sent. An administrator can switch it on again.")
            % {"model": model}
        )


class NotInTeam(Refusal):
    code = "not_in_team"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "You do not belong to the team that was to pay, so nothing was sent. "
                "Choose who pays, then send it again."
            )
        )


class PriceChanged(Refusal):
    code = "price_changed"

    def __init__(self) -> None:
        super().__init__(
            _("The price rose after this was sent, so nobody was asked. Retry to send it at the new price.")
        )


class NoRoute(Refusal):
    code = "no_route"
    status = 422

    def __init__(self, model: str) -> None:
        super().__init__(
            _(
                "No provider is connected for %(model)s, so nothing was sent. An administrator can connect one."
            )
            % {"model": model}
        )


class NoPrice(Refusal):
    """Carries what an administrator has to price: provider slug and name, upstream model."""

    code = "no_price"
    status = 422

    def __init__(self, provider: str, provider_name: str, upstream_model: str) -> None:
        super().__init__(
            _("This model has no price yet, so nothing was sent. An administrator can set one; 0 is allowed.")
        )
        self.provider = provider
        self.provider_name = provider_name
        self.upstream_model = upstream_model


class NoneFits(Refusal):
    """`reasons` says of each provider what it does not take."""

    code = "none_fits"
    status = 422

    def __init__(self, model: str, reasons: str) -> None:
        super().__init__(
            _(
                "Nobody who runs %(model)s can take this, so nothing was sent: %(reasons)s. Change what this "
                "conversation asks for, or pick another model."
            )
            % {"model": model, "reasons": reasons}
        )


class TooLong(Refusal):
    code = "too_long"
    status = 422

    def __init__(self, tokens: str, window: str) -> None:
        super().__init__(
            _(
                "This conversation is about %(tokens)s tokens long and the model reads %(window)s. "
                "Start a new one, or shorten the message."
            )
            % {"tokens": tokens, "window": window}
        )
