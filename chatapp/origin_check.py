"""Which pages may open a socket: browsers send cookies with every handshake, whoever asked for it."""

from collections.abc import Iterable

from chatapp.asgi_types import Application, Receive, Scope, Send


class OriginCheck:
    """Refuses a handshake unless its one Origin is, byte for byte, one of ours.

    Browsers write an origin in exactly one way (lower case, no default port, no user), so comparing anything
    looser could only let somebody else in.
    """

    def __init__(self, application: Application, origins: Iterable[str]) -> None:
        self.application = application
        self.origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            raise ValueError(f"expected a websocket, got {scope['type']}")
        given = [value for name, value in scope["headers"] if name == b"origin"]
        if len(given) == 1 and given[0] in self.origins:
            await self.application(scope, receive, send)
            return
        await receive()  # the connect event, which a refusal answers
        await send({"type": "websocket.close", "code": 4403, "reason": "wrong origin"})
