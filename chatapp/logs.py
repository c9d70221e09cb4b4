"""What is logged and how: a line of JSON an event, readable lines on a terminal. Never message text or keys."""

import logging
import sys
from typing import Any

import structlog
from django.core.exceptions import RequestAborted

from chatapp import quoted_rows, secret_addresses

_OF_STRUCTLOG = ("_record", "_from_structlog")  # its own, taken away before the line is written


def without_secrets(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """A processor: no address that opens something and no row that Postgres quotes, in the event, what goes with it
    or a traceback."""
    return {key: value if key in _OF_STRUCTLOG else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return secret_addresses.masked(quoted_rows.removed(value))
    if isinstance(value, dict):
        return {key: _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(inner) for inner in value]
    return secret_addresses.masked(
        quoted_rows.removed(repr(value))
    )  # as the line would show it; a request holds its address


def _is_news(record: logging.LogRecord) -> bool:
    """False for a browser that left while Django had looked away: its own task then ends with nobody to ask it."""
    return not (record.exc_info and isinstance(record.exc_info[1], RequestAborted))


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    without_secrets,
]


def logging_for() -> dict[str, Any]:
    """Django's LOGGING; also sets structlog up: once a process, before the first line."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processor": renderer,
                "foreign_pre_chain": _SHARED,
            }
        },
        "filters": {"heard": {"()": lambda: _is_news}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # One line for every request is the proxy's job; addresses of share links are secrets.
            "django_structlog": {"level": "ERROR"},
            "django.request": {"level": "ERROR"},
            "parley": {"level": "INFO"},
            "asyncio": {"filters": ["heard"]},
            # A line for every try while Postgres is away; whoever waits for it says so.
            "psycopg.pool": {"level": "ERROR"},
            # A traceback a second while Redis is away; the tail and the courier say so once.
            "channels_redis.pubsub": {"level": "CRITICAL"},
            # A wrong host or an old form is the client's fault, not ours.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.security.csrf": {"level": "CRITICAL"},
        },
    }
