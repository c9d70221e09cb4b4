"""`manage.py serve` over real sockets: large bodies, large frames, a gentle end."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import psutil
import pytest
from django.conf import settings
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from chatapp.body_limit import LARGEST_ANONYMOUS_BODY_BYTES
from tests.house.people import Socket, session_of
from tests.house.processes import (
    BASE_DIR,
    PATIENCE_SECONDS,
    START_SECONDS,
    Process,
    free_port,
    wait_until,
)

pytestmark = pytest.mark.stack

MEGABYTE = 1024 * 1024
SIGNED_IN = {"Cookie": f"{settings.SESSION_COOKIE_NAME}=looks-like-one"}


class Web(Process):
    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"PORT": str(self.port), "PUBLIC_ORIGINS": self.url}
        super().__init__("manage.py", "serve", environment=environment | own, log=log)

    def start(self) -> None:
        super().start()
        wait_until(
            lambda: httpx.get(f"{self.url}/healthz").status_code == 200,
            seconds=START_SECONDS,
            what="web to answer",
        )


@pytest.fixture(scope="module")
def web(
    django_db_setup: None, _session_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    web = Web(_session_environment, tmp_path_factory.mktemp("web") / "web.log")
    web.start()
    yield web
    web.end()


def answer_to(web: Web, *parts: bytes) -> bytes:
    """What the server says to raw bytes, read until it closes."""
    with closing(socket.create_connection(("127.0.0.1", web.port), timeout=PATIENCE_SECONDS)) as line:
        for part in parts:
            line.sendall(part)
        return b"".join(iter(lambda: line.recv(65536), b""))


def head(*headers: str) -> bytes:
    return "\r\n".join(["POST /account/login/ HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]).encode()


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(web: Web) -> None:
    answer = answer_to(web, head("Content-Length: 2000000000"))

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert answer.endswith(b"This is larger than the server takes.\n")


def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(web: Web) -> None:
    chunk = b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE)

    assert answer_to(web, head("Transfer-Encoding: chunked"), chunk).startswith(b"HTTP/1.1 413 ")


def test_a_flood_is_neither_kept_in_memory_nor_on_disk(web: Web) -> None:
    process = psutil.Process(web.pid)
    chunk = b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE)
    before = process.memory_info().rss

    with suppress(ConnectionResetError):  # cut off while still writing
        answer_to(web, head("Transfer-Encoding: chunked"), *[chunk] * 100)

    assert process.memory_info().rss - before < 20 * MEGABYTE
    assert [file.path for file in process.open_files() if "(deleted)" in file.path] == []


def test_who_is_signed_in_may_send_a_long_message(web: Web) -> None:
    long = {"text": "x" * (2 * LARGEST_ANONYMOUS_BODY_BYTES)}

    stranger = httpx.post(f"{web.url}/account/login/", data=long, headers={"Accept": "application/json"})
    person = httpx.post(
        f"{web.url}/account/login/", data=long, headers=SIGNED_IN | {"Accept": "application/json"}
    )

    assert (stranger.status_code, stranger.json()["error"]["code"]) == (413, "too_large")
    assert (person.status_code, person.json()["error"]["code"]) == (403, "stale_page")


def test_a_request_after_a_refused_one_is_served(web: Web) -> None:
    answer_to(web, head("Content-Length: 2000000000"))

    assert httpx.get(f"{web.url}/readyz").text == "ready\n"


def test_the_server_does_not_introduce_itself(web: Web) -> None:
    assert "server" not in httpx.get(f"{web.url}/healthz").headers


def test_a_stranger_cannot_choose_the_root_path(web: Web) -> None:
    answer = httpx.get(f"{web.url}/", headers={"Daphne-Root-Path": "/elsewhere"})

    assert answer.headers["Location"].startswith("/account/")


@pytest.mark.django_db(transaction=True)
def test_a_frame_that_is_too_large_closes_its_socket_only(web: Web, alice: User) -> None:
    session = session_of(alice)
    with Socket(web.url, session) as large, Socket(web.url, session) as other:
        large.say("x" * (65 * 1024))

        assert large.close_code() == 1009
        other.say({"type": "ping"})
        assert other.next()["type"] == "pong"


@pytest.mark.django_db(transaction=True)
def test_asked_to_end_it_sends_pages_elsewhere_and_is_gone_in_seconds(
    process_environment: dict[str, str], tmp_path: Path, alice: User
) -> None:
    web = Web(process_environment, tmp_path / "web.log")
    web.start()
    with Socket(web.url, session_of(alice)) as page:
        code = web.end()

        frame = page.next()
        assert (frame["type"], frame["topic"]) == ("hint", "reconnect")
        assert page.close_code() == 1012
    assert code == 0
    assert web.log.read_text() == ""


def test_a_port_in_use_is_one_clear_line(web: Web, process_environment: dict[str, str]) -> None:
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=process_environment | {"PORT": str(web.port)},
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
    )

    assert second.returncode == 1
    assert second.stderr.startswith(f"Cannot listen on 127.0.0.1 port {web.port}: ")
    assert len(second.stderr.splitlines()) == 1


def test_closing_codes_of_the_protocol_are_kept(web: Web) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        Socket(web.url, "nobody")

    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
