"""Why a send was not taken. Each `str()` is a sentence for the person; nothing was stored or sent.

Refusal
├── Busy              a reply of this conversation is being written
├── Stale             the conversation went on elsewhere
├── ChangedBody       the same client_id came with another text
├── NotRetriable      that reply cannot be retried
├── NothingToShare    no finished message yet
├── ReadOnlyProvider  the environment sets this provider
├── PriceChanged      nobody answers at the price that was held for
├── NoRoute           nobody is connected who runs this model
├── NoPrice           the model has no price yet
└── TooLong           the conversation does not fit the model's context
"""


class Refusal(Exception):
    """Base; `code` and `status` are the HTTP answer."""

    code = "refused"
    status = 409


class Busy(Refusal):
    code = "busy"

    def __init__(self) -> None:
        super().__init__("A reply is still being written here. Stop it, or send this when it is done.")


class Stale(Refusal):
    code = "stale"

    def __init__(self) -> None:
        super().__init__("This conversation went on elsewhere. Read the latest message, then send again.")


class ChangedBody(Refusal):
    code = "changed_body"

    def __init__(self) -> None:
        super().__init__("This message was already sent with another text. The first one stands.")


class NotRetriable(Refusal):
    code = "not_retriable"

    def __init__(self) -> None:
        super().__init__("Only the last reply can be retried, and only when it is finished.")


class NothingToShare(Refusal):
    code = "nothing_to_share"

    def __init__(self) -> None:
        super().__init__("There is nothing to share yet. Wait for the first reply to be done.")


class ReadOnlyProvider(Refusal):
    code = "read_only"

    def __init__(self, provider: str) -> None:
        super().__init__(f"{provider} is set by the server's environment. Change it there.")


class PriceChanged(Refusal):
    code = "price_changed"

    def __init__(self) -> None:
        super().__init__(
            "The price rose after this was sent, so nobody was asked. Retry to send it at the new price."
        )


class NoRoute(Refusal):
    code = "no_route"
    status = 422

    def __init__(self, model: str) -> None:
        super().__init__(
            f"No provider is connected for {model}, so nothing was sent. An administrator can connect one."
        )


class NoPrice(Refusal):
    """Carries what an administrator has to price: provider slug and name, upstream model."""

    code = "no_price"
    status = 422

    def __init__(self, provider: str, provider_name: str, upstream_model: str) -> None:
        super().__init__(
            "This model has no price yet, so nothing was sent. An administrator can set one; 0 is allowed."
        )
        self.provider = provider
        self.provider_name = provider_name
        self.upstream_model = upstream_model


class TooLong(Refusal):
    code = "too_long"
    status = 422

    def __init__(self, tokens: str, window: str) -> None:
        super().__init__(
            f"This conversation is about {tokens} tokens long and the model reads {window}. "
            "Start a new one, or shorten the message."
        )
