"""Loaded before Django's settings (`-p tests.plugin`): the ground every test stands on.

A real Postgres and a real Valkey, those of DATABASE_URL and REDIS_URL or our own embedded ones, started for
the session and stopped after it; an environment that a developer's keys cannot leak into; and no network
beyond this machine.
"""

import os
import sys
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import hypothesis
import pytest
import redis

from chatapp.embedded import ownership, places
from chatapp.embedded.home import prepared
from chatapp.embedded.postgres import Postgres
from chatapp.embedded.valkey import Valkey

BASE_DIR = Path(__file__).resolve().parent.parent

# What a developer may have set for a copy of their own and no test may depend on.
NOT_FOR_TESTS = (
    "HOST",
    "PORT",
    "SECRET_KEY",
    "ENCRYPTION_KEYS",
    "PUBLIC_ORIGINS",
    "OPENROUTER_API_KEY",
    "ROUTEWAY_API_KEY",
    "DEEPSEEK_API_KEY",
    "OPENAI_COMPATIBLE_API_KEY",
    "OPENAI_COMPATIBLE_BASE_URL",
    "OPENAI_COMPATIBLE_MODEL",
    "OPENAI_COMPATIBLE_PRICE",
    "DEMO_BASE_URL",
    "EMAIL_URL",
    "SUPPORT_CONTACT",
    "BUDGET_TIME_ZONE",
    "TRUSTED_PROXIES",
    "PARALLEL_REPLIES_PER_PERSON",
    "SENTRY_DSN",
    "FAULT_POINTS_DIR",
)
REDIS_DATABASES = 16
COPIES_AT_ONCE = 8


def _free_test_directory() -> Path:
    """`.data/test`, or a neighbour while another run of the tests holds it; held until this process ends."""
    for copy in range(1, COPIES_AT_ONCE + 1):
        data_dir = BASE_DIR / ".data" / ("test" if copy == 1 else f"test-{copy}")
        try:
            _ground.enter_context(ownership.held(data_dir))
        except ownership.InUse:
            continue
        return data_dir
    raise pytest.UsageError(f"{COPIES_AT_ONCE} runs of the tests are under way already.")


def _beside(redis_url: str) -> str:
    """A database of the tests' own on the same server, half of its sixteen further on: tests empty it."""
    parts = urlsplit(redis_url)
    is_socket = parts.scheme == "unix"
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    named = query.get("db", "") or ("" if is_socket else parts.path.strip("/"))
    beside = str((int(named or 0) + REDIS_DATABASES // 2) % REDIS_DATABASES)
    if is_socket:
        return f"{redis_url.split('?')[0]}?{urlencode(query | {'db': beside})}"
    query.pop("db", None)
    return urlunsplit(parts._replace(path=f"/{beside}", query=urlencode(query)))


def _set_environment() -> None:
    for name in NOT_FOR_TESTS:
        os.environ.pop(name, None)
    # A call more after every first reply; tests that want it switch it on.
    os.environ["AUTOMATIC_TITLES"] = "off"
    if not (_database_is_given and _redis_is_given and os.environ.get("DATA_DIR")):
        os.environ["DATA_DIR"] = str(_free_test_directory())
    given = os.environ.get("REDIS_URL") or places.redis_url(Path(os.environ["DATA_DIR"]))
    os.environ["REDIS_URL"] = _beside(given)


def _start_servers() -> None:
    data_dir = Path(os.environ["DATA_DIR"])
    if not (_database_is_given and _redis_is_given):
        home = prepared(data_dir)
        if not _database_is_given:
            postgres = Postgres(home, is_durable=False)
            _ground.callback(postgres.stop)
            postgres.start()
        if not _redis_is_given:
            valkey = Valkey(home, places.valkey_socket(data_dir))
            _ground.callback(valkey.stop)
            valkey.start()
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.flushdb()


def _forbid_the_network(event: str, args: tuple[Any, ...]) -> None:
    """An audit hook: whatever opens a socket or asks for a name, in whatever library, ends up here."""
    if event == "socket.getaddrinfo":
        _refuse_unless_local(args[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple):
        _refuse_unless_local(args[1][0])


def _refuse_unless_local(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        is_local = ip_address(name).is_loopback or ip_address(name).is_unspecified
    except ValueError:
        is_local = False
    if not is_local:
        raise PermissionError(f"Tests may not reach {name}: only this machine.")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart() -> None:
    sys.addaudithook(_forbid_the_network)
    _start_servers()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    _ground.close()


_database_is_given = bool(os.environ.get("DATABASE_URL"))
_redis_is_given = bool(os.environ.get("REDIS_URL"))
_ground = ExitStack()
_set_environment()
# How long an example takes says how busy the machine is, not whether we are right.
hypothesis.settings.register_profile("parley", deadline=None)
hypothesis.settings.load_profile("parley")
