"""What the log says, whoever writes it: never an address that opens something."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.core.exceptions import RequestAborted
from django.db import DataError, connection, transaction
from django.http import HttpResponse
from django.test import AsyncRequestFactory, Client
from django.utils.log import log_response

from chatapp import secret_addresses

SECRET = "3q2-7wSecret_x"
ADDRESSES = [
    f"/s/{SECRET}/",
    f"/s/{SECRET}/continue/",
    f"/join/{SECRET}/",
    f"/welcome/{SECRET}/",
    f"/account/password/reset/key/1a-{SECRET}/",
    f"/account/login/?next=%2Fs%2F{SECRET}%2F",
]

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What our own handler has written."""
    handler = next(
        handler
        for handler in logging.getLogger().handlers
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)


@pytest.fixture(params=ADDRESSES)
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def raise_about(address: str) -> None:
    raise LookupError(f"nothing at {address}")


@pytest.mark.parametrize(
    "name", ["django.request", "django.security.SuspiciousOperation", "daphne.server", "x"]
)
def test_no_secret_address_is_logged_by_a_library(lines: Lines, name: str, address: str) -> None:
    request = AsyncRequestFactory().get(address)
    log = logging.getLogger(name)
    try:
        raise_about(address)
    except LookupError:
        log.exception("Internal Server Error: %s", address, extra={"request": request})
    log.error("Application for %r took too long", request)
    log_response("Server fault: %s", address, response=HttpResponse(status=500), request=request, logger=log)

    assert len(lines()) == 3
    assert SECRET not in str(lines())
    assert "nothing at /" in lines()[0]["exception"]
    assert "/…" in lines()[0]["event"] or "%2F…" in lines()[0]["event"]


def test_no_secret_address_is_logged_by_us(lines: Lines, address: str) -> None:
    for name in ("django_structlog.middlewares.request", "parley.test"):
        log = structlog.get_logger(name)
        try:
            raise_about(address)
        except LookupError:
            log.exception("request_failed", request=f"GET {address}", seen=[{"at": address}], code=500)

    assert [line["code"] for line in lines()] == [500, 500]
    assert SECRET not in str(lines())


def test_a_fault_behind_a_secret_address_is_logged_without_it(
    lines: Lines, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "accounts.actions.invitations.open_invitation", lambda secret, **_: raise_about(f"/join/{secret}/")
    )
    client = Client(raise_request_exception=False)

    assert client.get(f"/join/{SECRET}/").status_code == 500
    assert {line["logger"] for line in lines()} >= {"django.request"}
    assert SECRET not in str(lines())


def test_no_text_that_postgres_quotes_in_an_error_is_logged(lines: Lines, db: None) -> None:
    words = '{"said": "a canary\\n\\nin two parts \\u0000"}'
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::jsonb", [words])
    except DataError as fault:
        assert "canary" in str(fault)
        structlog.get_logger("parley.test").exception("not stored", fault=str(fault), error=fault)

    [line] = lines()
    assert "canary" not in str(line) and "two parts" not in str(line)
    assert line["fault"] == "unsupported Unicode escape sequence"
    assert "DataError" in line["exception"] and "direct cause" in line["exception"]


def test_what_a_client_did_wrong_is_not_logged(lines: Lines, db: None) -> None:
    client = Client(enforce_csrf_checks=True)

    assert client.post(f"/join/{SECRET}/").status_code == 403
    assert client.get(f"/s/{SECRET}/").status_code in (302, 404)
    assert lines() == []


def test_other_addresses_stay_as_they_are() -> None:
    for text in ("/c/0199/", "/links/", "GET /s/ and /joined/early", "and/or"):
        assert secret_addresses.masked(text) == text
    assert secret_addresses.masked("'/s/a-token/continue/'") == "'/s/…/continue/'"


def test_a_browser_that_left_is_no_error_and_another_fault_of_a_task_is(lines: Lines) -> None:
    for fault in (RequestAborted(), ValueError("broken")):
        logging.getLogger("asyncio").error("Task exception was never retrieved", exc_info=fault)

    assert [line["exception"] for line in lines()] == ["ValueError: broken"]
