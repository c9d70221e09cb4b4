"""The cast, and what every test may ask for.

Alice owns things. Bob is whom she shares them with. Charlie is signed in too and must be refused. The
administrator runs the house.
"""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
import time_machine
from django.conf import settings as django_settings
from django.core.management import CommandError
from django.test import Client, TransactionTestCase, override_settings
from psycopg.errors import DeadlockDetected

from accounts.models import User

MOST_DEADLOCKS = 5
PASSWORD = "correct horse battery staple"

ClientFor = Callable[[User], Client]


@pytest.fixture
def alice(db: None) -> User:
    return _person("alice")


@pytest.fixture
def bob(db: None) -> User:
    return _person("bob")


@pytest.fixture
def charlie(db: None) -> User:
    return _person("charlie")


@pytest.fixture
def admin(db: None) -> User:
    return _person("admin", is_admin=True)


@pytest.fixture
def november() -> Iterator[None]:
    """The clock of this process goes from noon of 22 November 2026, for tests that name days of that month."""
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        yield


@pytest.fixture
def client_for() -> ClientFor:
    """A browser in which that person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def process_environment(_session_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a web or worker process that is to work on this test's database."""
    return dict(_session_environment)


@pytest.fixture(scope="session")
def _session_environment() -> dict[str, str]:
    return os.environ | {"DATABASE_URL": _url_of_test_database(os.environ.get("DATABASE_URL", ""))}


@pytest.fixture(scope="session", autouse=True)
def _pages_without_collected_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Pages name static files as they are called in the sources; hashing needs `collectstatic` first.

    Where they are collected is empty: every test client reads that directory whole, a third of these tests' time.
    """
    storages = django_settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path_factory.mktemp("collected")):
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_emptying() -> Iterator[None]:
    """Web and worker go on while a test's database is emptied. Where they and that wait for each other, Postgres ends
    one of the two; if it was the emptying, it is done again."""
    empty = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django calls it so, its stubs do not

    def patiently(case: TransactionTestCase) -> None:
        for _ in range(MOST_DEADLOCKS):
            try:
                empty(case)
            except CommandError as fault:
                if not isinstance(getattr(fault.__cause__, "__cause__", None), DeadlockDetected):
                    raise
            else:
                return
        empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", patiently)
        yield


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest) -> Iterator[None]:
    """Argon2 is slow on purpose; processes of their own do not see this, so their tests keep it."""
    if request.node.get_closest_marker("browser") or request.node.get_closest_marker("stack"):
        yield
        return
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _empty_redis(_redis: "redis.Redis") -> None:
    """No test finds what another left: streams, hints, rate limits."""
    _redis.flushdb()


@pytest.fixture(scope="session")
def _redis() -> Iterator["redis.Redis"]:
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        yield client


def _person(name: str, *, is_admin: bool = False) -> User:
    return User.objects.create_user(
        f"{name}@example.org", PASSWORD, display_name=name.capitalize(), is_admin=is_admin
    )


def _url_of_test_database(given: str) -> str:
    name = django_settings.DATABASES["default"]["TEST"]["NAME"]
    return urlunsplit(urlsplit(given or django_settings.ENVIRONMENT.database_url)._replace(path=f"/{name}"))
