"""Tabs that watch by themselves while a test breaks things, and can say afterwards what they were shown."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any

import httpx

from conversations.models import Message
from tests.house.people import Person
from tests.house.processes import PATIENCE_SECONDS, wait_until
from tests.house.tabs import UNREACHABLE, Shown, Tab

# A page asks when it has heard nothing for so long, and gives its socket up when nobody answers for as long again.
# (Longer in the browser: static/src/models/live_socket.ts.)
QUIET_SECONDS = 2.0


class _Listening(Tab):
    """A tab that also notes hints, foreign words and when it last heard anything."""

    def __init__(self, *given: Any, foreign: list[str], **more: Any) -> None:
        super().__init__(*given, **more)
        self.foreign = foreign
        self.strange: list[str] = []
        self.topics: list[str] = []
        self.heard_at = time.monotonic()

    def _note(self, frame: dict[str, Any]) -> None:
        self.heard_at = time.monotonic()
        if frame["type"] == "hint":
            self.topics.append(frame["topic"])
        words = json.dumps(frame)
        self.strange += [
            f"{self.person.user.email} was told {word!r}" for word in self.foreign if word in words
        ]
        super()._note(frame)

    async def mind_the_line(self) -> None:
        """Notice a half-open socket, as the page does."""
        while True:
            await asyncio.sleep(QUIET_SECONDS / 4)
            quiet = time.monotonic() - max(self.heard_at, self.opened_at)
            if self._socket is None or quiet < QUIET_SECONDS:
                continue
            if quiet < 2 * QUIET_SECONDS:
                with contextlib.suppress(*UNREACHABLE):  # whoever listens will notice that
                    await self._say({"type": "ping"})
            else:
                await self.leave(abruptly=True)
                self.heard_at = time.monotonic()


class Watched:
    """One tab, open on one conversation until its reply is over."""

    def __init__(self, tab: _Listening) -> None:
        self._tab = tab
        self.over: Future[None]

    @property
    def shown(self) -> Shown:
        assert self._tab.shown is not None
        return self._tab.shown

    @property
    def text(self) -> str:
        return self._tab.shown.text if self._tab.shown else ""

    @property
    def is_over(self) -> bool:
        """True when the reply's end is on screen."""
        return self.over.done() and self._tab.is_over

    @property
    def topics(self) -> list[str]:
        """The hints it was given, in order."""
        return list(self._tab.topics)

    @property
    def reconnects(self) -> int:
        return self._tab.reconnects

    @property
    def is_connected(self) -> bool:
        """True while it holds a socket, whether or not it has noticed that this one is broken."""
        return self._tab.is_connected

    def wait_for_text(self, length: int = 1, seconds: float = PATIENCE_SECONDS) -> str:
        """Until so many characters are on screen."""
        wait_until(lambda: len(self.text) >= length, seconds=seconds, what=f"{length} characters on screen")
        return self.text

    def wait_until_over(self, seconds: float = PATIENCE_SECONDS) -> Shown:
        """Until it shows the reply's end, with no reload and no help."""
        self.over.result(seconds)
        return self.shown

    def faults(self) -> list[str]:
        """What no reader may see, and an end that is not what is stored."""
        found = list(self._tab.all_faults)
        if self._tab.shown is not None and self.shown.is_over:
            stored = Message.objects.get(pk=self.shown.message).text
            if stored != self.text:
                found.append(f"{len(self.text)} characters are shown at the end, {len(stored)} are stored")
        else:
            found.append("it waits for an end that it was not told of")
        return found

    def strangers(self) -> list[str]:
        return list(self._tab.strange)


class Browsers:
    """Any number of tabs, in an event loop of their own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tabs", daemon=True)
        self._thread.start()
        self._http = self._call(_client())
        self.opened: list[Watched] = []
        self._canaries: dict[str, Person] = {}

    def __enter__(self) -> "Browsers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._call(_close(self._http))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def said(self, person: Person, text: str) -> None:
        """From now on nobody else's tab may be told these words."""
        self._canaries[text] = person

    def open(self, person: Person, path: str, *, url: str = "") -> Watched:
        """Load the page at this path and watch its last reply, through the address of this browser."""
        foreign = [text for text, whose in self._canaries.items() if whose is not person]
        watched = Watched(_Listening(person, path, self._http, url, foreign=foreign))
        self._call(watched._tab.load())
        watched.over = asyncio.run_coroutine_threadsafe(_watch(watched._tab), self._loop)
        self.opened.append(watched)
        return watched

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * PATIENCE_SECONDS)


async def _watch(tab: _Listening) -> None:
    minding = asyncio.create_task(tab.mind_the_line())
    try:
        await tab.watch()
    finally:
        minding.cancel()


async def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=10)


async def _close(client: httpx.AsyncClient) -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.aclose()
