"""Twenty people who use the house whatever happens to it, and remember what they were promised.

A regular repeats a request until it has a definite answer, as the page does, under the same `client_id`. What was
accepted is remembered, and is to be found exactly once when all is quiet again.
"""

import asyncio
import random
import time
import uuid
from collections import Counter
from typing import Any

import httpx

from conversations.models import Message, QueuedMessage, Role
from tests.house import processes
from tests.house.people import Person
from tests.house.tabs import NOT_NOW, Tab

LONGEST_PAUSE_SECONDS = 2.0
PATIENCE_SECONDS = 5.0  # with one request
# What a message's text asks of the scripted provider.
MANNERS: dict[str, list[dict[str, object]]] = {
    "quick": [{"text": "In short: yes."}],
    "steady": [{"reasoning": "Hm. "}, {"reasoning": "Well."}, {"tokens": 60, "rate": 25, "word": "steady "}],
    "long": [{"tokens": 200, "rate": 40, "word": "long "}],
    "slow": [{"sleep": 1.5}, {"tokens": 30, "rate": 15, "word": "slow "}],
    "cut": [{"tokens": 20, "rate": 20, "word": "cut "}, {"cut": True}],
    "full": [{"tokens": 20, "rate": 40, "word": "full "}, {"end": "length"}],
    "busy": [{"status": 503, "body": {"error": {"message": "overloaded"}}}],
}
# How often a regular does what.
ACTS = {
    "ask": 3, "say": 6, "read": 8, "read_on": 4, "stop": 3, "retry": 2, "go_on": 2,
    "edit": 2, "reload": 5, "take_back": 1, "resume": 2, "send_now": 1,
}  # fmt: skip


class Regular:
    """One person with one tab, in a loop of acts drawn from a seed."""

    def __init__(self, person: Person, http: httpx.AsyncClient, seed: str, *, may_lose: float) -> None:
        self.person = person
        self._may_lose = may_lose
        self.person.http.timeout = httpx.Timeout(PATIENCE_SECONDS)
        self.accepted: dict[str, int] = {}  # text -> how many messages it is to be
        self.taken_back: set[str] = set()
        self.acts: Counter[str] = Counter()
        self.unanswered = self.reconnects = 0
        self.answers: Counter[int] = Counter()
        self.faults: list[str] = []
        self._http = http
        self._dice = random.Random(seed)
        self._tab: Tab | None = None
        self._conversation = self._said = ""
        self._waiting: list[dict[str, str]] = []

    async def live(self, until: float) -> None:
        """Act until then."""
        while time.monotonic() < until:
            act = self._dice.choices(list(ACTS), list(ACTS.values()))[0] if self._tab else "ask"
            self.acts[act] += 1
            await getattr(self, f"_{act}")()

    async def settle(self) -> None:
        """When all is quiet: load the page once more, and judge it by what is stored."""
        if self._tab is None:
            return
        await self._reload()
        await asyncio.wait_for(self._tab.watch(), processes.PATIENCE_SECONDS)
        await self._tab.leave()
        self._keep_faults()

    def verdict(self) -> list[str]:
        """Promises that were not kept. Needs the models."""
        found = list(self.faults)
        for text, times in self.accepted.items():
            there = Message.objects.filter(role=Role.USER, text=text).count()
            there += QueuedMessage.objects.filter(text=text).count()
            if there != times and not (text in self.taken_back and not there):
                found.append(f"I10: {text!r} was accepted {times} times and is there {there} times")
        shown = self._tab.shown if self._tab else None
        if shown is not None and Message.objects.get(pk=shown.message).text != shown.text:
            found.append(f"I5: {self.person.user.email} is shown other words than are stored")
        return found

    # --- acts -------------------------------------------------------------------------------------------------

    async def _ask(self) -> None:
        text = self._words()
        answer = await self._post("/conversations/", client_id=str(uuid.uuid4()), text=text)
        if answer.status_code == 201:
            self._sent(text, answer.json())
            await self._open(answer.json()["conversation"]["url"])

    async def _say(self) -> None:
        assert self._tab is not None
        assert self._tab.shown is not None
        text = self._words()
        answer = await self._post(
            f"/conversations/{self._conversation}/messages/",
            client_id=str(uuid.uuid4()), text=text, after=self._tab.shown.message,
        )  # fmt: skip
        if answer.status_code == 201:
            self._sent(text, answer.json())
        elif answer.status_code == 202:
            self.accepted[text] = 1
            self._waiting = answer.json()["queue"]["rows"]
        await self._reload()

    async def _read(self) -> None:
        assert self._tab is not None
        await self._tab.watch(until=time.monotonic() + self._dice.uniform(0.1, 2))

    async def _read_on(self) -> None:
        assert self._tab is not None
        await self._tab.watch(until=time.monotonic() + 6)

    async def _stop(self) -> None:
        assert self._tab is not None
        shown = self._tab.shown
        if shown is None or shown.is_over:
            return
        shown.is_frozen = True
        await self._post(f"/generations/{shown.generation}/stop/", seq=str(shown.seq))
        await self._tab.watch(until=time.monotonic() + 3)

    async def _retry(self) -> None:
        await self._again("retry")

    async def _go_on(self) -> None:
        await self._again("continue")

    async def _again(self, how: str) -> None:
        assert self._tab is not None
        if self._tab.shown is not None and self._tab.is_over:
            await self._post(f"/replies/{self._tab.shown.message}/{how}/", client_id=str(uuid.uuid4()))
            await self._reload()

    async def _edit(self) -> None:
        text = self._words()
        answer = await self._post(f"/messages/{self._said}/edit/", client_id=str(uuid.uuid4()), text=text)
        if answer.status_code == 201:
            self._sent(text, answer.json())
            await self._reload()

    async def _take_back(self) -> None:
        if self._waiting:
            row = self._waiting.pop()
            self.taken_back.add(row["text"])
            await self._post(f"/queue/{row['id']}/delete/")

    async def _resume(self) -> None:
        await self._post(f"/conversations/{self._conversation}/queue/resume/")
        await self._reload()

    async def _send_now(self) -> None:
        if self._waiting:
            await self._post(f"/queue/{self._waiting.pop(0)['id']}/send/")
            await self._reload()

    async def _reload(self) -> None:
        assert self._tab is not None
        await self._tab.leave(abruptly=self._dice.random() < 0.5)
        await self._tab.load()

    # --- steps ------------------------------------------------------------------------------------------------

    async def _open(self, path: str) -> None:
        if self._tab is not None:
            await self._tab.leave(abruptly=True)
            self._keep_faults()
        self._conversation = path.strip("/").removeprefix("c/")
        self._waiting = []
        self._tab = Tab(self.person, path, self._http, may_lose=self._may_lose)
        await self._tab.load()

    def _words(self) -> str:
        return f"{self._dice.choice(list(MANNERS))}, please: {uuid.UUID(int=self._dice.getrandbits(128))}"

    def _sent(self, text: str, answer: dict[str, Any]) -> None:
        self.accepted[text] = 1
        self._said = answer["message"]["id"]

    def _keep_faults(self) -> None:
        assert self._tab is not None
        self.faults += [f"I5: {fault}" for fault in self._tab.all_faults]
        self.reconnects += self._tab.reconnects

    async def _post(self, path: str, **data: str) -> httpx.Response:
        """Again and again until the server says yes or no."""
        pause = 0.1
        while True:
            try:
                answer = await asyncio.to_thread(self.person.post, path, **data)
                self.answers[answer.status_code] += 1
                if answer.status_code not in NOT_NOW:
                    return answer
            except httpx.TransportError:
                self.unanswered += 1
            await asyncio.sleep(random.uniform(0, pause := min(pause * 2, LONGEST_PAUSE_SECONDS)))
