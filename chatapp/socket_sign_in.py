"""Who opens a socket: the session's cookie, looked up in a thread of the bounded pool.

Channels' own would look up all sign-ins in the one thread that all sockets share.
"""

from importlib import import_module
from typing import Any

import structlog
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest

from conversations.offload import in_thread

log = structlog.get_logger("parley.sockets")

TRY_AGAIN_LATER = 1013


class SocketSignIn:
    """Sets `user` and `session_key` in the scope; the key is "" for strangers."""

    def __init__(self, inner: Any) -> None:
        self._inner = CookieMiddleware(self._signed_in)
        self._application = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._inner(scope, receive, send)

    async def _signed_in(self, scope: Any, receive: Any, send: Any) -> None:
        key = scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        try:
            user = await in_thread(_user_of, key)
        except DatabaseError as fault:
            log.warning("nobody can be let in", fault=str(fault)[:200])
            await receive()
            await send({"type": "websocket.accept"})  # refused before that, a browser learns no code
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        signed_in = {"user": user, "session_key": key if user.is_authenticated else ""}
        await self._application({**scope, **signed_in}, receive, send)


def _user_of(session_key: str) -> AbstractBaseUser | AnonymousUser:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key or None)
    return get_user(request)
