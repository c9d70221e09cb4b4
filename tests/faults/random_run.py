"""The random run: regulars at work, a storm over all parts, then quiet, and everything that was promised is there."""

import asyncio
import concurrent.futures
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import httpx
from django.db import connection

from accounts.actions import default_budgets
from conversations.models import UNFINISHED, Generation
from tests.faults import invariants
from tests.faults.invariants import Expected
from tests.faults.regulars import MANNERS, Regular
from tests.faults.rig import Rig
from tests.faults.storms import Keeper, Storm, forecast
from tests.house.processes import PATIENCE_SECONDS, wait_until

# What a log may call an error while its ground is taken away: each of these is answered with 503 or tried again.
EXPECTED_LOG: list[str] = []


@dataclass(frozen=True)
class Length:
    """How long it all takes, in seconds."""

    storm: float
    every: float  # about one fault each
    longest: float  # fault
    quiet: float  # after the storm, before the invariants are asked
    lease: float
    people: int = 20


@dataclass(frozen=True)
class Outcome:
    """What was done to the house, what it did, and what it broke."""

    seed: int
    faults: Counter[str]
    restarts: Counter[str]
    acts: Counter[str]
    answers: Counter[int]
    accepted: int
    unanswered: int
    reconnects: int
    ends: Counter[str]
    breaches: list[str]

    def __str__(self) -> str:
        return (
            f"random run, seed {self.seed}: {sum(self.faults.values())} faults, {sum(self.restarts.values())}"
            f" restarts; {sum(self.acts.values())} acts, {self.accepted} messages accepted,"
            f" {self.reconnects} reconnects, {self.answers[503]} times 'not now', {self.unanswered} times no answer;"
            f" replies {dict(self.ends)}; {len(self.breaches)} breaches"
        )


def run(rig: Rig, seed: int, length: Length) -> Outcome:
    """All of it on a rig as new, with the models standing on it."""
    _open_house(rig)
    regulars: list[Regular] = []
    storm = Storm(rig, forecast(seed, length.storm, every=length.every, longest=length.longest))
    people = [rig.person(f"regular{number}") for number in range(length.people)]

    async def everybody() -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(2 * length.people))
        async with httpx.AsyncClient(
            timeout=5, limits=httpx.Limits(max_connections=2 * length.people)
        ) as http:
            # A worker that is killed while its text can go nowhere takes along what came since.
            regulars.extend(
                Regular(person, http, f"{seed}.{n}", may_lose=length.longest + 1)
                for n, person in enumerate(people)
            )
            storm.start()
            end = time.monotonic() + length.storm
            await asyncio.gather(*(regular.live(end) for regular in regulars))
            await asyncio.to_thread(_calm, rig, storm, length)
            await asyncio.gather(*(regular.settle() for regular in regulars))

    with _kept(rig) as keeper:
        asyncio.run(everybody())
        time.sleep(length.quiet)
    connection.close()
    return Outcome(
        seed=seed,
        faults=storm.counts,
        restarts=keeper.restarts,
        acts=sum((regular.acts for regular in regulars), Counter()),
        answers=sum((regular.answers for regular in regulars), Counter()),
        accepted=sum(len(regular.accepted) for regular in regulars),
        unanswered=sum(regular.unanswered for regular in regulars),
        reconnects=sum(regular.reconnects for regular in regulars),
        ends=Counter(Generation.objects.values_list("status", flat=True)),
        breaches=[
            *storm.trouble,
            *(fault for regular in regulars for fault in regular.verdict()),
            *invariants.breaches(rig, (), Expected(log=EXPECTED_LOG, uncalled=1_000_000)),
        ],
    )


def _open_house(rig: Rig) -> None:
    """Two web processes, two workers, money for everybody, and a provider that can do it all."""
    rig.add_web()
    rig.add_worker()
    rig.wait_until_serving()
    default_budgets.set_default_budgets(actor=None, person=Decimal(1000), organisation=Decimal(100_000))
    matches = [{"contains": f"{manner}, please", "script": script} for manner, script in MANNERS.items()]
    httpx.post(f"{rig.provider_url}/script", json={"matches": matches}).raise_for_status()


def _calm(rig: Rig, storm: Storm, length: Length) -> None:
    """The storm is over: all faults end, and every reply within a lease and ten seconds (I4)."""
    storm.wait()
    rig.heal()
    connection.close()
    wait_until(lambda: all(part.is_alive for part in (*rig.webs, *rig.workers)), what="all parts to run")
    rig.wait_until_serving()
    # Replies queue for the slowest script, one after another within a person's limit.
    wait_until(
        lambda: not Generation.objects.filter(status__in=UNFINISHED).exists(),
        seconds=length.lease + 3 * PATIENCE_SECONDS,
        what="every reply to have ended",
    )
    connection.close()


@contextmanager
def _kept(rig: Rig) -> Iterator[Keeper]:
    keeper = Keeper([*rig.webs, *rig.workers])
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()
