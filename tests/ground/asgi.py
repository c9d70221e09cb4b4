"""An ASGI application's two ends, for wrappers tested by themselves."""

from typing import Any

from chatapp.asgi_types import Application, Message, Scope


async def ask(
    application: Application,
    *,
    kind: str = "http",
    headers: list[tuple[bytes, bytes]] | None = None,
    client: str = "127.0.0.1",
    incoming: list[Message] | None = None,
) -> list[Message]:
    """Everything the application sent in answer to one connection."""
    sent: list[Message] = []
    events = iter(incoming or [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        return next(events)

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": kind, "headers": headers or [], "client": [client, 1234], "path": "/"}
    await application(scope, receive, send)
    return sent


class Witness:
    """The application inside a wrapper: remembers what reached it, and reads every body to its end."""

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.body = b""

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        self.scope = scope
        if scope["type"] != "http":
            return
        while True:
            event = await receive()
            self.body += event["body"]
            if not event["more_body"]:
                return
