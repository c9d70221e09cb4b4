"""What we add to a first token when nobody else is about: `python -m bench.first_token`, part of `make bench`.

One person sends one message after another and follows each reply to its end; the scripted provider answers at
once with one word. Forty sends, the first five not counted.
"""

import time
import uuid
from collections import defaultdict
from statistics import median, quantiles

import httpx

from bench import ground
from tests.house.people import Person
from tests.house.processes import House

SENDS, WARM_UP = 40, 5


def main() -> None:
    with ground.house() as (house, _):
        httpx.post(f"{house.provider_url}/script", json={"default": [{"text": "hi"}]}).raise_for_status()
        person = Person(ground.people(1)[0], house.url)
        times: defaultdict[str, list[float]] = defaultdict(list)
        for number in range(SENDS):
            for name, seconds in _one_send(house, person).items():
                if number >= WARM_UP:
                    times[name].append(seconds * 1000)
    ground.say("| one reply at a time, ms | p50 | p95 |")
    ground.say("|---|---:|---:|")
    for name, values in times.items():
        ground.say(f"| {name} | {median(values):.0f} | {quantiles(values, n=20)[-1]:.0f} |")


def _one_send(house: House, person: Person) -> dict[str, float]:
    mark = uuid.uuid4().hex
    with person.socket() as socket:
        begun = time.time()
        generation = person.ask(mark)["reply"]["reply"]["generation"]
        accepted = time.time()
        socket.follow(generation)
        first = 0.0
        for frame in iter(socket.next, None):
            if frame.get("generation") == generation and frame["type"] in ("delta", "ended"):
                first = first or time.time()
                if frame["type"] == "ended":
                    break
        ended = time.time()
    calls = httpx.get(f"{house.provider_url}/log", timeout=60).json()["calls"]
    call = next(c for c in calls if c["body"] and c["body"]["messages"][-1]["content"] == mark)
    return {
        "send → accepted (201)": accepted - begun,
        "send → provider asked": call["at"] - begun,
        "provider's first byte → page": first - call["first_byte_at"],
        "send → reply settled and shown as done": ended - begun,
    }


if __name__ == "__main__":
    main()
