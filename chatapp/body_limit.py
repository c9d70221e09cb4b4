"""How large a request may be, decided from its headers alone and enforced while it arrives.

Django's own limits come after the whole body was received. The web server in `chatapp.web_server` asks
`largest_body` before it spools anything; the ASGI wrapper holds the same line under any other server.
"""

from collections.abc import Iterable

import orjson
from django.conf import settings

from chatapp.asgi_types import Application, Message, Receive, Scope, Send

# A stranger can sign in, join and reset a password; nothing of that is longer.
LARGEST_ANONYMOUS_BODY_BYTES = 256 * 1024
_SENTENCE = "This is larger than the server takes."


class BodyTooLarge(Exception):
    """More arrived than the request may hold."""


def largest_body(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """The bytes a request with these headers (names in lower case) may hold.

    A cookie that looks like a session is believed here: its owner is checked by the page.
    """
    cookies = b";".join(value for name, value in headers if name == b"cookie")
    names = {cookie.split(b"=", 1)[0].strip() for cookie in cookies.split(b";")}
    if settings.SESSION_COOKIE_NAME.encode() in names:
        return settings.LARGEST_BODY_BYTES
    return min(LARGEST_ANONYMOUS_BODY_BYTES, settings.LARGEST_BODY_BYTES)


def refusal(headers: Iterable[tuple[bytes, bytes]]) -> tuple[bytes, bytes]:
    """Content type and body of the 413, as JSON for who asked for it."""
    if any(name == b"accept" and b"application/json" in value for name, value in headers):
        return b"application/json", orjson.dumps({"error": {"code": "too_large", "message": _SENTENCE}})
    return b"text/plain; charset=utf-8", _SENTENCE.encode() + b"\n"


class BodyLimit:
    """Answers 413 to a request that says it is too large, or turns out to be."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        headers = list(scope["headers"])
        limit = largest_body(headers)
        received = 0

        async def counted() -> Message:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > limit:
                    raise BodyTooLarge
            return event

        try:
            if _declared(headers) > limit:
                raise BodyTooLarge
            await self.application(scope, counted, send)
        except BodyTooLarge:
            await _refuse(headers, send)


def _declared(headers: Iterable[tuple[bytes, bytes]]) -> int:
    lengths = [int(value) for name, value in headers if name == b"content-length" and value.isdigit()]
    return max(lengths, default=0)


async def _refuse(headers: list[tuple[bytes, bytes]], send: Send) -> None:
    content_type, body = refusal(headers)
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
