"""What a streamed token costs, and what we add to the first one: `make bench`, or `python -m bench.streams`.

The scripted provider streams 50 tokens a second to each of 1, 25 and 100 replies; every reply is followed by
one socket. CPU is that of worker, web and Valkey over six seconds in the middle, divided by the tokens that
arrived in that time. All figures of a table come from one run.
"""

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

import httpx
from django.conf import settings
from websockets.asyncio.client import connect
from websockets.typing import Origin

from bench import ground
from tests.house.people import Person
from tests.house.processes import House

LEVELS = (1, 25, 100)
REPLIES_EACH = settings.PARALLEL_REPLIES_PER_PERSON
RATE = 50
WORD = " word"
SECONDS_BEFORE, SECONDS_MEASURED = 2.0, 6.0
TOKENS = int(RATE * (SECONDS_BEFORE + SECONDS_MEASURED + 4))


@dataclass
class Stream:
    """One reply and what its follower saw. Times are seconds since 1970."""

    mark: str
    person: Person
    asked_at: float = 0
    first_at: float = 0
    characters: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)


def main() -> None:
    with ground.house() as (house, pids):
        ground.say(f"{RATE} tokens/s a reply, one follower each; CPU microseconds per token, delays in ms")
        ground.say(
            "| replies | worker | web | Valkey | all | send → provider asked p50 / p99 | "
            "first byte → page p50 / p99 | tokens/s seen |"
        )
        ground.say("|---:|---:|---:|---:|---:|---:|---:|---:|")
        crowd = [Person(user, house.url) for user in ground.people(-(-max(LEVELS) // REPLIES_EACH))]
        for level in LEVELS:
            ground.say(asyncio.run(_level(house, pids, crowd, level)))


async def _level(house: House, pids: dict[str, int], crowd: list[Person], level: int) -> str:
    await asyncio.to_thread(_play, house)
    streams = [Stream(uuid.uuid4().hex, crowd[n // REPLIES_EACH]) for n in range(level)]
    followers = [asyncio.create_task(_ask_and_follow(house, stream)) for stream in streams]
    await asyncio.gather(*(stream.begun.wait() for stream in streams))
    await asyncio.sleep(SECONDS_BEFORE)
    before, seen = ground.cpu_seconds(pids), sum(stream.characters for stream in streams)
    start = time.monotonic()
    await asyncio.sleep(SECONDS_MEASURED)
    seconds = time.monotonic() - start
    after, tokens = ground.cpu_seconds(pids), (sum(s.characters for s in streams) - seen) / len(WORD)
    await asyncio.gather(*followers)
    cost = {name: (after[name] - before[name]) / tokens * 1e6 for name in pids}
    calls = await asyncio.to_thread(_calls, house)
    return _row(level, cost, streams, calls, tokens / seconds)


def _play(house: House) -> None:
    httpx.post(f"{house.provider_url}/reset")
    script = [{"tokens": TOKENS, "rate": RATE, "word": WORD}]
    httpx.post(f"{house.provider_url}/script", json={"default": script})


def _calls(house: House) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = httpx.get(f"{house.provider_url}/log", timeout=60).json()["calls"]
    return calls


async def _ask_and_follow(house: House, stream: Stream) -> None:
    cookie = f"{settings.SESSION_COOKIE_NAME}={stream.person.session}"
    async with connect(
        house.url.replace("http", "ws", 1) + "/socket/",
        origin=Origin(house.url),
        additional_headers={"Cookie": cookie},
        compression=None,
    ) as socket:
        stream.asked_at = time.time()
        asked = await asyncio.to_thread(stream.person.ask, stream.mark)
        generation = asked["reply"]["reply"]["generation"]
        await socket.send(json.dumps({"type": "follow", "generation": generation, "after": 0}))
        acked = time.monotonic()
        async for text in socket:
            frame = json.loads(text)
            if frame.get("generation") != generation:
                continue
            if frame["type"] == "ended":
                return
            if frame["type"] == "delta":
                stream.first_at = stream.first_at or time.time()
                stream.begun.set()
                stream.characters += len(frame.get("text", ""))
                if time.monotonic() - acked > 0.5:
                    acked = time.monotonic()
                    await socket.send(
                        json.dumps({"type": "ack", "generation": generation, "seq": frame["last"]})
                    )


def _row(
    level: int, cost: dict[str, float], streams: list[Stream], calls: list[dict[str, Any]], rate: float
) -> str:
    by_mark = {call["body"]["messages"][-1]["content"]: call for call in calls if call["body"]}
    to_provider = [by_mark[s.mark]["at"] - s.asked_at for s in streams]
    to_page = [s.first_at - by_mark[s.mark]["first_byte_at"] for s in streams]
    cells = [
        str(level),
        *(f"{cost[name]:.0f}" for name in ("worker", "web", "valkey")),
        f"{sum(cost.values()):.0f}",
        _percentiles(to_provider),
        _percentiles(to_page),
        f"{rate:.0f} of {level * RATE}",
    ]
    return f"| {' | '.join(cells)} |"


def _percentiles(seconds: list[float]) -> str:
    if len(seconds) == 1:
        return f"{seconds[0] * 1000:.0f}"
    cuts = quantiles(seconds, n=100, method="inclusive")
    return f"{cuts[49] * 1000:.0f} / {cuts[98] * 1000:.0f}"


if __name__ == "__main__":
    main()
