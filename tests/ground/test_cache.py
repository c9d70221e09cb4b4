"""Redis keeps the rate limits; without it people still sign in and join."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client, override_settings
from structlog.testing import capture_logs

from accounts.actions import invitations
from accounts.models import User
from chatapp import cache as forgiving
from tests.conftest import PASSWORD

SIGN_IN = "/account/login/"


@pytest.fixture
def redis_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    away = f"unix://{tmp_path / 'nobody.sock'}"
    monkeypatch.setattr(forgiving, "_warned_at", float("-inf"))
    with override_settings(
        REDIS_URL=away, CACHES={"default": settings.CACHES["default"] | {"LOCATION": away}}
    ):
        yield


def test_people_sign_in_while_redis_is_away(alice: User, client: Client, redis_is_away: None) -> None:
    with capture_logs() as lines:
        wrong = client.post(SIGN_IN, {"login": alice.email, "password": "not this one"})
        right = client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD})

    assert (wrong.status_code, right.status_code, right.headers["Location"]) == (422, 302, "/")
    assert [line["event"] for line in lines].count("cache_away") == 1


def test_people_join_while_redis_is_away(admin: User, client: Client, redis_is_away: None) -> None:
    secret = invitations.invite(actor=admin)
    person = {"email": "dana@example.org", "display_name": "Dana", "password": PASSWORD}

    assert client.post(f"/join/{secret}/", person).status_code == 302
    assert User.objects.filter(email="dana@example.org").exists()


def test_a_cache_that_is_away_holds_nothing(redis_is_away: None) -> None:
    assert cache.add("key", 1) is True
    cache.set("key", 1)
    assert cache.get("key", "nothing") == "nothing"
    assert (cache.get_many(["key"]), cache.has_key("key"), cache.touch("key")) == ({}, False, False)
    assert cache.delete("key") is False


def test_a_cache_that_answers_keeps_what_it_is_given() -> None:
    cache.set("key", [1, 2])

    assert (cache.get("key"), cache.get_many(["key"]), cache.add("key", 3)) == (
        [1, 2],
        {"key": [1, 2]},
        False,
    )


def test_a_server_that_hangs_is_waited_for_once(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        hangs = settings.CACHES["default"] | {"LOCATION": f"unix://{tmp_path / 'deaf.sock'}"}
        with override_settings(CACHES={"default": hangs}):
            took = []
            for _ in range(6):
                start = time.monotonic()
                cache.get("key")
                took.append(time.monotonic() - start)

    # Its patience is a second. Were it waited for each time, each would have taken that long; a machine that stands
    # still makes one or two of them late.
    assert sorted(took)[len(took) // 2] < 0.9
