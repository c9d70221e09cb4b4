"""A tab as a socket client: loads its page over HTTP, follows the last reply on it, and judges what it shows."""

import asyncio
import json
import math
import random
import socket
import struct
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, cast

import httpx
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin

from tests.house.people import Person
from tests.house.processes import PATIENCE_SECONDS

ACK_SECONDS = 0.5
ASK_AGAIN_SECONDS = 1.0  # after a `follow` that the server had no time for, as conversation_stream.ts has it
LONGEST_PAUSE_SECONDS = 5.0  # between tries to load a page
# Between tries to open a socket, as static/src/models/backoff.ts has it.
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.5, 10.0
UNREACHABLE = (OSError, TimeoutError, InvalidHandshake, ConnectionClosed, EOFError)
# Server errors that say "not now", as a proxy in front would say of a web process that is gone.
NOT_NOW = (429, 500, 502, 503, 504)


@dataclass(slots=True)
class Shown:
    """A reply as a tab shows it. Folds frames as our scripts do and notes what no reader may ever see."""

    generation: str
    message: str
    status: str
    seq: int
    text: str
    reasoning: str
    ended: dict[str, Any] | None = None
    is_frozen: bool = False  # its reader pressed Stop: nothing more is drawn
    # How old the words of an interrupted reply may be that were shown and are not kept (seconds). None at all, unless
    # its worker was killed while Postgres or the event log could not be had either.
    may_lose: float = 0.0
    drawn: list[tuple[float, int]] = field(default_factory=list)  # when, and to how many characters
    faults: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.status not in ("queued", "running")

    def fold(self, frame: dict[str, Any]) -> bool:
        """Take a frame of this reply. False = there is a gap before it, and it is to be asked for again."""
        if self.is_over or frame.get("generation") != self.generation:
            return True
        kind = frame["type"]
        if kind == "ended":
            self._end(frame["reply"])
        elif kind == "snapshot" and frame["seq"] > self.seq and not self.is_frozen:
            self._show(frame["seq"], frame["text"], frame["reasoning"])
        elif kind == "delta" and frame["last"] > self.seq and not self.is_frozen:
            if frame["first"] != self.seq + 1:
                return False
            self._show(
                frame["last"],
                self.text + frame.get("text", ""),
                self.reasoning + frame.get("reasoning", ""),
            )
        return True

    def _show(self, seq: int, text: str, reasoning: str) -> None:
        """Words that stood are never taken back: every picture is a prefix of all later ones."""
        if not text.startswith(self.text) or not reasoning.startswith(self.reasoning):
            self.faults.append(f"{self.generation}: {seq} takes back what {self.seq} showed")
        self.status, self.seq, self.text, self.reasoning = "running", seq, text, reasoning
        self.drawn.append((time.monotonic(), len(text)))

    def _end(self, view: dict[str, Any]) -> None:
        self.ended, self.status = view, view["status"]
        final, is_stopped = view["text"], view["status"] == "stopped"
        if is_stopped and self.is_frozen and final != self.text:
            self.faults.append(
                f"{self.generation}: stopped at {self.seq} with {len(self.text)} characters shown,"
                f" {len(final)} are kept"
            )
        elif not final.startswith(self.text) and not (is_stopped and self.text.startswith(final)):
            lost_since = next((when for when, length in self.drawn if length > len(final)), 0.0)
            age = self.drawn[-1][0] - lost_since if self.drawn else 0.0
            is_allowed = view["status"] == "interrupted" and age <= self.may_lose
            if not (is_allowed and self.text.startswith(final)):
                self.faults.append(
                    f"{self.generation}: {len(self.text)} characters were shown and {len(final)} are in its end,"
                    f" {view['status']}; what is missing came in {age:.1f} s"
                )
        self.text, self.reasoning = final, view["reasoning"]


class Tab:
    """One page of a conversation. Comes back by itself when its socket is lost, as our page does."""

    def __init__(
        self, person: Person, path: str, http: httpx.AsyncClient, url: str = "", *, may_lose: float = 0.0
    ) -> None:
        self.person = person
        self.may_lose = may_lose
        self.path = path
        self.shown: Shown | None = None
        self.reconnects = self.gaps = self.failed_loads = 0
        self.opened_at = 0.0  # when its last socket was
        self.heard: list[tuple[str, int, float]] = []  # (generation, number, when), for what came live
        self.faults: list[str] = []
        self._http = http
        self._url = url or person.url
        self._socket: ClientConnection | None = None
        self._acked_at = 0.0
        self._catching_up = True

    @property
    def all_faults(self) -> list[str]:
        return self.faults + (self.shown.faults if self.shown else [])

    @property
    def is_over(self) -> bool:
        return self.shown is not None and self.shown.is_over

    @property
    def is_connected(self) -> bool:
        return self._socket is not None

    async def load(self) -> None:
        """Get the page and read from it what stands there. Until it is had, it is asked for again."""
        pause = 0.1
        while True:
            try:
                answer = await self._http.get(
                    f"{self._url}{self.path}",
                    headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.person.session}"},
                )
                if answer.status_code not in NOT_NOW:
                    break
            except httpx.TransportError:
                pass
            self.failed_loads += 1
            await asyncio.sleep(random.uniform(0, pause := min(pause * 2, LONGEST_PAUSE_SECONDS)))
        assert answer.status_code == 200, answer.text[:500]
        loaded = last_reply_on(answer.text)
        if self.shown is not None:
            self.faults += self.shown.faults + self._taken_back(self.shown, loaded)
        loaded.may_lose = self.may_lose
        self.shown = loaded

    async def watch(self, until: float | None = None) -> None:
        """Follow the reply to its end, or until this moment of `time.monotonic()`."""
        assert self.shown is not None
        pause = FIRST_BACKOFF_SECONDS
        while not self.shown.is_over:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return
            try:
                async with asyncio.timeout(left):
                    await self._hear()
            except UNREACHABLE:
                if until is not None and time.monotonic() >= until:
                    return
                if self._socket is not None:
                    pause = FIRST_BACKOFF_SECONDS
                await self.leave()
                self.reconnects += 1
                until_then = math.inf if until is None else until - time.monotonic()
                await asyncio.sleep(max(0, min(random.uniform(0, pause), until_then)))
                pause = min(pause * 2, LONGEST_BACKOFF_SECONDS)

    async def stop(self) -> httpx.Response:
        """Press Stop: the page stands still, and says up to where it had drawn."""
        assert self.shown is not None
        self.shown.is_frozen = True
        return await asyncio.to_thread(
            self.person.post, f"/generations/{self.shown.generation}/stop/", seq=self.shown.seq
        )

    async def leave(self, *, abruptly: bool = False) -> None:
        """Be gone: politely, or with a reset as a crashed browser is."""
        if self._socket is None:
            return
        if abruptly:
            plug = self._socket.transport.get_extra_info("socket")
            if plug.fileno() != -1:  # the server may have been quicker
                plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._socket.transport.abort()
        else:
            await self._socket.close()
        self._socket = None

    # --- steps --------------------------------------------------------------------------------------------

    async def _hear(self) -> None:
        """Frames until the reply is over; a socket first where there is none."""
        assert self.shown is not None
        if self._socket is None:
            self._socket = await socket_of(self.person, self._url)
            self.opened_at = time.monotonic()
            await self._follow()
        while not self.shown.is_over:
            frame = json.loads(await self._line.recv())
            if frame["type"] == "fault":
                await asyncio.sleep(ASK_AGAIN_SECONDS)
                await self._follow()
            elif not self.shown.fold(frame):
                self.gaps += 1
                await self._follow()
            self._note(frame)
            await self._acknowledge()

    async def _follow(self) -> None:
        assert self.shown is not None
        self._catching_up = True
        await self._say({"type": "follow", "generation": self.shown.generation, "after": self.shown.seq})

    async def _acknowledge(self) -> None:
        assert self.shown is not None
        if time.monotonic() - self._acked_at > ACK_SECONDS:
            self._acked_at = time.monotonic()
            await self._say({"type": "ack", "generation": self.shown.generation, "seq": self.shown.seq})

    async def _say(self, frame: dict[str, Any]) -> None:
        await self._line.send(json.dumps(frame))

    @property
    def _line(self) -> ClientConnection:
        """Its socket. Where it was given up while its last frames were still being taken, that is as if it broke."""
        if self._socket is None:
            raise ConnectionError("given up")
        return self._socket

    def _note(self, frame: dict[str, Any]) -> None:
        if frame["type"] != "delta":
            return
        if not self._catching_up:
            self.heard.append((frame["generation"], frame["last"], time.monotonic()))
        self._catching_up = False

    def _taken_back(self, before: Shown, now: Shown) -> list[str]:
        """What a reload may not do: show less than stood there, unless a Stop or another branch made it so."""
        if before.generation != now.generation or now.status == "stopped" or before.is_frozen:
            return []
        # Up to a snapshot's age is only in the event log: the socket brings it again. A foreign word is not.
        known = now.text.startswith(before.text) or before.text.startswith(now.text)
        return [] if known else [f"{now.generation}: the page shows other words than before its reload"]


async def socket_of(person: Person, url: str = "") -> ClientConnection:
    """A socket of this person's, before its hello."""
    return await connect(
        (url or person.url).replace("http", "ws", 1) + "/socket/",
        origin=Origin(person.url),
        additional_headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={person.session}"},
        max_size=None,
        compression=None,
        close_timeout=2,
        open_timeout=PATIENCE_SECONDS,
        ping_interval=None,  # a page has none
    )


def last_reply_on(page: str) -> Shown:
    """The last reply of a conversation's page, as the server drew it."""
    reader = _PageReader()
    reader.feed(page)
    assert reader.replies, page[:2000]
    return reader.replies[-1]


class _PageReader(HTMLParser):
    """Finds replies as our scripts find them: by their element, its data and its parts."""

    def __init__(self) -> None:
        super().__init__()
        self.replies: list[Shown] = []
        self._message = ""
        self._part = ""
        self._is_in_reply = False
        self._templates = 0

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = cast(dict[str, str], {name: value or "" for name, value in given})
        self._templates += tag == "template"
        if self._templates:
            return
        self._message = attributes.get("data-message", self._message)
        if tag == "parley-reply":
            self.replies.append(
                Shown(
                    generation=attributes["data-generation"],
                    message=self._message,
                    status=attributes["data-status"],
                    seq=int(attributes["data-seq"]),
                    text="",
                    reasoning="",
                )
            )
            self._is_in_reply = True
        if self._is_in_reply and attributes.get("data-part") in ("text", "reasoning"):
            self._part = attributes["data-part"]

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        self._is_in_reply = self._is_in_reply and tag != "parley-reply"
        if tag == "div":
            self._part = ""

    def handle_data(self, data: str) -> None:
        if self._part and not self._templates:
            reply = self.replies[-1]
            setattr(reply, self._part, getattr(reply, self._part) + data)
