"""Connections to Redis that say in redis-py's own words when they are gone, and miss a server that fell silent."""

import socket
from typing import Any, cast

import redis.asyncio as redis
from redis.asyncio.connection import SSLConnection, UnixDomainSocketConnection, parse_url
from redis.exceptions import ConnectionError as Gone

# Seconds of silence before the kernel asks, between two questions, and how many may go unanswered.
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}


class _Plain:
    """uvloop refuses to write to a connection that the other side has closed with a RuntimeError, which neither
    redis-py nor anybody after it takes for what it is."""

    async def send_packed_command(self, *args: Any, **kwargs: Any) -> None:
        try:
            await super().send_packed_command(*args, **kwargs)  # type: ignore[misc]
        except RuntimeError as fault:
            raise Gone(str(fault)) from fault


class _Tcp(_Plain, redis.Connection):
    pass


class _Tls(_Plain, SSLConnection):
    pass


class _Unix(_Plain, UnixDomainSocketConnection):
    pass


def options(url: str) -> dict[str, Any]:
    """What a connection pool to this address is made with."""
    given = cast(dict[str, Any], parse_url(url))
    kind = given.get("connection_class", redis.Connection)
    if issubclass(kind, UnixDomainSocketConnection):
        return given | {"connection_class": _Unix}
    alive = {getattr(socket, name): value for name, value in _KEEPALIVE.items() if hasattr(socket, name)}
    return given | {
        "connection_class": _Tls if issubclass(kind, SSLConnection) else _Tcp,
        "socket_keepalive": True,
        "socket_keepalive_options": alive,
    }
