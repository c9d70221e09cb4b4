"""The cache: rate limits of signing in and joining. While Redis is away it is empty, and people still get in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import redis
import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

WARN_EVERY_S = 60
# One sign-in asks a dozen times: a server that hangs may cost it one timeout, not all of them.
NOT_ASKED_FOR_S = 5

log = structlog.get_logger("parley.cache")
_warned_at = float("-inf")


def _forgiving(ask: Callable[..., Any], *, otherwise: Any) -> Callable[..., Any]:
    """`ask`, answered with `otherwise` when the server is away, hangs or refuses, and for a moment after that."""

    @wraps(ask)
    def asked(client: "_Client", *args: Any) -> Any:
        if time.monotonic() < client.away_until:
            return otherwise
        try:
            return ask(client, *args)
        except redis.RedisError as error:
            client.away_until = time.monotonic() + NOT_ASKED_FOR_S
            _warn(error)
            return otherwise

    return asked


class _Client(RedisCacheClient):
    """Only `incr` still fails: nobody may be told a count that was never kept."""

    away_until = float("-inf")

    add = _forgiving(RedisCacheClient.add, otherwise=True)
    set = _forgiving(RedisCacheClient.set, otherwise=None)
    touch = _forgiving(RedisCacheClient.touch, otherwise=False)
    delete = _forgiving(RedisCacheClient.delete, otherwise=False)
    has_key = _forgiving(RedisCacheClient.has_key, otherwise=False)
    get_many = _forgiving(RedisCacheClient.get_many, otherwise={})
    set_many = _forgiving(RedisCacheClient.set_many, otherwise=None)
    delete_many = _forgiving(RedisCacheClient.delete_many, otherwise=None)
    clear = _forgiving(RedisCacheClient.clear, otherwise=False)

    def get(self, key: Any, default: Any) -> Any:
        return _forgiving(RedisCacheClient.get, otherwise=default)(self, key, default)


class ForgivingCache(RedisCache):
    """Django's, except that a server which cannot answer looks like one that holds nothing."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
        # Asks once: redis-py would try again for seconds, and one sign-in asks a dozen times.
        self._options: dict[str, Any] = {"retry": Retry(NoBackoff(), 0), **params.get("OPTIONS", {})}


def _warn(error: redis.RedisError) -> None:
    """Once a minute, not a dozen times a sign-in."""
    global _warned_at
    now = time.monotonic()
    if now - _warned_at >= WARN_EVERY_S:
        _warned_at = now
        log.warning("cache_away", fault=str(error))
