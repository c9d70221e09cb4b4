"""A person at the house's real doors: HTTP with a session, and the socket."""

import json
import time
import uuid
from contextlib import ExitStack
from http import HTTPStatus
from importlib import import_module
from types import TracebackType
from typing import Any

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from accounts.models import User
from tests.house.processes import PATIENCE_SECONDS

MOST_PRESSES = 40


def session_of(user: User) -> str:
    """The key of a new signed-in session."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


class Person:
    """Somebody signed in, in a browser of their own."""

    def __init__(self, user: User, url: str) -> None:
        self.user = user
        self.url = url
        self.session = session_of(user)
        self.http = httpx.Client(
            base_url=url, cookies={settings.SESSION_COOKIE_NAME: self.session}, timeout=PATIENCE_SECONDS
        )
        page = self.http.get("/")
        assert page.status_code == 200, page.text[:500]
        self._csrf = page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0]

    def post(self, path: str, **data: Any) -> httpx.Response:
        """A form, as our scripts send it."""
        return self.http.post(
            path,
            data={"csrfmiddlewaretoken": self._csrf, **data},
            headers={"Accept": "application/json", "Origin": self.url},
        )

    def ask(self, text: str, **more: Any) -> dict[str, Any]:
        """A first message; returns the answer's JSON."""
        return _taken(self.post("/conversations/", client_id=str(uuid.uuid4()), text=text, **more))

    def ask_patiently(self, text: str) -> dict[str, Any]:
        """The same, where Send is pressed so often at most while the house says "not now", as it does after three
        seconds when everybody comes at once."""
        return _taken(self.send_patiently("/conversations/", client_id=str(uuid.uuid4()), text=text))

    def send_patiently(self, path: str, **data: Any) -> httpx.Response:
        """What comes of a send at last."""
        for _ in range(MOST_PRESSES):
            answer = self.post(path, **data)
            if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                break
        return answer

    def reply(self, generation: str) -> dict[str, Any]:
        """The reply as it stands."""
        return dict(self.http.get(f"/generations/{generation}/").json()["reply"])

    def socket(self, **more: Any) -> "Socket":
        """A tab's socket, after its hello."""
        return Socket(self.url, self.session, **more)


def _taken(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return dict(answer.json())


class Socket:
    """A socket as a page has it."""

    def __init__(self, url: str, session: str, origin: str | None = None) -> None:
        self._opened = ExitStack()
        self._socket: ClientConnection = self._opened.enter_context(
            connect(
                url.replace("http", "ws", 1) + "/socket/",
                origin=Origin(origin or url),
                additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"},
                max_size=None,
                compression=None,
                open_timeout=PATIENCE_SECONDS,
                ping_interval=None,  # a page has none, and a tab that does not read would give itself up
            )
        )
        self.hello = self.next()

    def __enter__(self) -> "Socket":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave, politely."""
        self._opened.close()

    def say(self, frame: Any) -> None:
        """Send a frame; text goes as it is."""
        self._socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    def next(self, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """The next frame."""
        return dict(json.loads(self._socket.recv(timeout=seconds)))

    def until(self, *types: str, seconds: float = PATIENCE_SECONDS) -> list[dict[str, Any]]:
        """All frames up to and with the first of these types."""
        frames, end = [], time.monotonic() + seconds
        while True:
            frames.append(self.next(max(0.01, end - time.monotonic())))
            if frames[-1]["type"] in types:
                return frames

    def close_code(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Read until the server closes; why it did."""
        end = time.monotonic() + seconds
        try:
            while True:
                self._socket.recv(timeout=max(0.01, end - time.monotonic()))
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            return closed.rcvd.code

    def follow(self, generation: str, after: int = 0) -> None:
        """Ask for a reply from a number on."""
        self.say({"type": "follow", "generation": generation, "after": after})


class Drawn:
    """What a reader of frames has on the page: folds deltas, snapshots and the end as our scripts do."""

    def __init__(self) -> None:
        self.seq = 0
        self.text = self.reasoning = ""
        self.hops: dict[int, dict[str, Any]] = {}
        self.reply: dict[str, Any] | None = None

    def fold(self, frames: list[dict[str, Any]]) -> "Drawn":
        """Take frames in order; a gap is a fault of the server's."""
        for frame in frames:
            if frame["type"] == "delta" and frame["last"] > self.seq:
                assert frame["first"] == self.seq + 1, (frame["first"], self.seq)
                self.seq = frame["last"]
                self.text += frame.get("text", "")
                self.reasoning += frame.get("reasoning", "")
                self.hops |= {hop["number"]: hop for hop in frame.get("hops", ())}
            elif frame["type"] == "snapshot":
                self.seq, self.text, self.reasoning = frame["seq"], frame["text"], frame["reasoning"]
                self.hops = {hop["number"]: hop for hop in frame["hops"]}
            elif frame["type"] == "ended":
                self.reply = frame["reply"]
        return self
