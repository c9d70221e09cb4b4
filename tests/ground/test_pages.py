"""What every page tells the browser, and what is shown when there is no page."""

import gzip
from typing import cast

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from chatapp import errors
from conversations.actions import catalogue
from tests.conftest import ClientFor


def test_pages_are_private_and_never_indexed(client: Client, db: None) -> None:
    page = client.get(reverse("account_login"))

    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/s/a-token/", "/welcome/a-secret/", "/join/a-secret/"])
def test_an_address_that_is_a_key_is_never_referred_to(client: Client, db: None, path: str) -> None:
    assert client.get(path).headers["Referrer-Policy"] == "strict-origin"


def test_the_chat_demands_trusted_types_and_the_back_office_cannot(
    client_for: ClientFor, admin: User
) -> None:
    catalogue.seed_catalogue()
    browser = client_for(admin)

    chat = browser.get("/").headers["Content-Security-Policy"]
    office = browser.get("/admin/").headers["Content-Security-Policy"]

    assert "require-trusted-types-for 'script'" in chat
    assert "trusted-types" not in office
    for policy in (chat, office):
        assert "script-src 'self'" in policy.split("; ")
        assert "unsafe" not in policy
        assert "nonce" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy


def test_a_missing_page_says_so_to_anybody(client: Client, client_for: ClientFor, alice: User) -> None:
    for browser in (client, client_for(alice)):
        page = browser.get("/there/is/nothing")

        assert page.status_code == 404
        assert "There is nothing here" in page.content.decode()


def test_error_pages_look_nothing_up(
    rf: RequestFactory, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = rf.get("/there/is/nothing")
    request.user = cast(User, SimpleLazyObject(lambda: User.objects.get(pk=alice.pk)))

    with django_assert_num_queries(0):
        pages = [
            errors.not_found(request, Http404()),
            errors.forbidden(request, PermissionDenied()),
            errors.csrf_failure(request),
            errors.server_error(request),
        ]

    assert [page.status_code for page in pages] == [404, 403, 403, 500]
    for page in pages:
        assert 'id="sidebar"' not in page.text
        assert "Go to your conversations" in page.text


def test_scripts_are_told_in_json(client: Client, db: None) -> None:
    answer = client.get("/there/is/nothing", headers={"accept": "application/json"})

    sentence = "This is not here any more. It was deleted, or is not shared with you."
    assert answer.json() == {"error": {"code": "not_found", "message": sentence}}


def test_a_wrong_host_is_refused_in_plain_words(client: Client) -> None:
    page = client.get("/", headers={"host": "evil.test"})

    assert (page.status_code, page.content) == (400, b"This request cannot be read.\n")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: object) -> None:
        raise RuntimeError("SELECT secret FROM nowhere")

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", break_down)


def test_a_fault_of_ours_shows_an_id_and_nothing_else(client: Client, broken: None) -> None:
    client.raise_request_exception = False

    page = client.get("/readyz")
    answer = client.get("/readyz", headers={"accept": "application/json"})

    assert page.status_code == answer.status_code == 500
    assert "SELECT" not in page.content.decode() + answer.content.decode()
    assert answer.json()["error"]["code"] == "fault"
    assert len(answer.json()["error"]["id"]) == 8
    assert "The server met a fault of its own" in page.content.decode()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (None, 503, "database_away"),
        (psycopg.errors.AdminShutdown(), 503, "database_away"),
        (psycopg.errors.TooManyConnections(), 503, "database_away"),
        (psycopg.errors.LockNotAvailable(), 503, "busy"),
        (psycopg.errors.DeadlockDetected(), 503, "busy"),
        (psycopg.errors.DiskFull(), 503, "database_away"),
        (psycopg.errors.IndeterminateDatatype(), 500, "fault"),
    ],
)
def test_a_database_that_is_away_or_busy_is_said_in_words(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch, fault: Exception | None, status: int, code: str
) -> None:
    def break_down(*args: object) -> None:
        raise OperationalError("a detail of ours") from fault

    client.raise_request_exception = False
    client.cookies["parley_session"] = "0123456789abcdef0123456789abcdef"

    with monkeypatch.context() as broken:
        broken.setattr("django.db.backends.utils.CursorWrapper.execute", break_down)
        page = client.get("/")
        answer = client.get("/", headers={"accept": "application/json"})

    assert page.status_code == answer.status_code == status
    assert "a detail of ours" not in page.text + answer.text
    assert answer.json()["error"]["code"] == code
    if status == 503:
        assert "What was saved is safe; try again in a moment." in page.text
        assert int(page.headers["Retry-After"]) > 0


def test_a_page_travels_compressed_to_who_can_read_that(client: Client, db: None) -> None:
    plain = client.get("/accounts/login/")

    packed = client.get("/accounts/login/", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    # But for the token in its form, which is another every time.
    assert len(gzip.decompress(packed.content)) == len(plain.content)
