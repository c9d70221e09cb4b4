"""Faults drawn from a seed, over all parts and links of the rig; and what starts again whatever died."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import psycopg
import redis

from chatapp.embedded import EmbeddedFault, places
from chatapp.embedded.postgres import NAME
from chatapp.supervisor import PAUSES_S
from tests.faults.rig import Part, Rig

LINKS = ("browser", "web-postgres", "web-redis", "worker-postgres", "worker-redis", "provider")
PARTS = ("web", "worker")
LOOK_SECONDS = 0.05
SHORTEST_SECONDS = 0.3
# Faults overlap: what one has taken away, another cannot break as well.
NOTHING_TO_BREAK = (ProcessLookupError, psycopg.OperationalError, redis.ConnectionError)


@dataclass(frozen=True)
class Fault:
    """What happens when, to whom, and for how long."""

    at: float
    what: str
    whom: str
    which: int
    seconds: float


def forecast(seed: int, seconds: float, *, every: float, longest: float) -> list[Fault]:
    """The faults of a run, about one each `every` seconds, none longer than `longest`."""
    dice = random.Random(seed)
    kinds = [
        *[("kill", part) for part in PARTS for _ in range(2)],
        *[("end", part) for part in PARTS],
        *[("pause", part) for part in PARTS],
        ("crash", "postgres"), ("crash", "redis"), ("flush", "redis"), ("end_sessions", "postgres"),
        *[(what, link) for link in LINKS for what in ("cut", "reset", "refuse", "blackhole", "delay", "slow")],
    ]  # fmt: skip
    faults, at = [], dice.uniform(0.5, every)
    while at < seconds:
        what, whom = dice.choice(kinds)
        lasts = dice.uniform(SHORTEST_SECONDS, longest)
        faults.append(Fault(at, what, whom, dice.randrange(2), lasts))
        at += dice.uniform(0, 2 * every)
    return faults


class Storm:
    """Lets faults happen at their times, in a thread of its own."""

    def __init__(self, rig: Rig, faults: list[Fault]) -> None:
        self.counts: Counter[str] = Counter()
        self.trouble: list[str] = []
        self._rig = rig
        self._due: list[tuple[float, Callable[[], object]]] = []
        for fault in faults:
            begin, end = self._acts(fault)
            self._due += [
                (fault.at, partial(self._begin, fault, begin)),
                (fault.at + fault.seconds, end),
            ]
        self._due.sort(key=lambda due: due[0])
        self._thread = threading.Thread(target=self._run, name="storm")

    def start(self) -> None:
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        begun = time.monotonic()
        for at, act in self._due:
            time.sleep(max(0, begun + at - time.monotonic()))
            try:
                act()
            except NOTHING_TO_BREAK:
                self.counts["nothing there to break"] += 1
            except Exception as fault:
                # Told at the end; what ends other faults must happen all the same.
                self.trouble.append(repr(fault))

    def _begin(self, fault: Fault, begin: Callable[[], object]) -> None:
        self.counts[f"{fault.what} {fault.whom}"] += 1
        begin()

    def _acts(self, fault: Fault) -> tuple[Callable[[], object], Callable[[], object]]:
        """How it begins and how it ends."""
        rig = self._rig
        if fault.whom in PARTS:
            part = (rig.webs if fault.whom == "web" else rig.workers)[fault.which]
            begins = {"kill": part.kill, "end": part.ask_to_end, "pause": part.pause}
            return begins[fault.what], part.resume if fault.what == "pause" else _nothing
        if fault.whom == "postgres":
            if fault.what == "end_sessions":
                return partial(_end_sessions, rig), _nothing
            return rig.stop_postgres, partial(_surely, rig.start_postgres)
        if fault.whom == "redis":
            if fault.what == "flush":
                return partial(_flush, rig), _nothing
            return rig.stop_redis, partial(_surely, rig.start_redis)
        link = rig.link(fault.whom)
        begins = {
            "cut": link.cut,
            "reset": link.reset,
            "refuse": link.refuse,
            "blackhole": link.blackhole,
            "delay": partial(link.delay, 0.3),
            "slow": partial(link.slow, 20_000.0),
        }
        return begins[fault.what], link.heal


class Keeper:
    """Starts again what died, as chatapp.supervisor would: nobody lends a hand."""

    def __init__(self, parts: list[Part]) -> None:
        self.restarts: Counter[str] = Counter()
        self._parts = parts
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        died: dict[str, float] = {}
        while not self._is_over.wait(LOOK_SECONDS):
            for part in self._parts:
                if part.is_alive:
                    continue
                if time.monotonic() - died.setdefault(part.name, time.monotonic()) >= PAUSES_S[0]:
                    del died[part.name]
                    self.restarts[part.name] += 1
                    part.start()


def _surely(start: Callable[[], None]) -> None:
    """A server that is not up within its patience, on a busy machine, is started again: so would the supervisor."""
    for pause in PAUSES_S:
        try:
            return start()
        except EmbeddedFault:
            time.sleep(pause)
    return start()


def _flush(rig: Rig) -> None:
    rig.redis().flushall()


def _end_sessions(rig: Rig) -> None:
    where = str(places.socket_dir(rig.place))
    with psycopg.connect(host=where, user=NAME, dbname=NAME, autocommit=True) as postgres:
        postgres.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _nothing() -> None:
    """It was over as soon as it had begun."""
