"""What we add to a first token when nobody else is about: `python -m bench.first_token`, part of `make bench`.

One person sends one message after another and follows each reply to its end; the scripted provider answers at
once with one word. Forty sends, the first five not counted: each the first of a conversation; then as many at the
end of one that has 2,000 messages already.
"""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

import httpx

from bench import ground
from conversations.models import Conversation, Model
from tests.conversations.tree import lengthen
from tests.house.people import Person
from tests.house.processes import House

SENDS, WARM_UP = 40, 5
MESSAGES = 2000
ANSWER = "Answer {}. " + "It goes on for a paragraph or two. " * 20

Ask = Callable[[str], dict[str, Any]]


def main() -> None:
    with ground.house() as (house, _):
        httpx.post(f"{house.provider_url}/script", json={"default": [{"text": "hi"}]}).raise_for_status()
        person = Person(ground.people(1)[0], house.url)
        long = Conversation.objects.create(owner=person.user, model=Model.objects.get())
        lengthen(long, MESSAGES // 2, ANSWER)
        asks: dict[str, Ask] = {"a first message": person.ask, "after 2,000": _asking_in(long, person)}
        taken = {where: _sends(house, person, ask) for where, ask in asks.items()}
    ground.say(f"| one reply at a time, ms | {' | '.join(f'{where}: p50 | p95' for where in taken)} |")
    ground.say(f"|---|{'---:|' * 2 * len(taken)}")
    for name in next(iter(taken.values())):
        figures = (f"{median(t[name]):.0f} | {quantiles(t[name], n=20)[-1]:.0f}" for t in taken.values())
        ground.say(f"| {name} | {' | '.join(figures)} |")


def _asking_in(conversation: Conversation, person: Person) -> Ask:
    def ask(text: str) -> dict[str, Any]:
        conversation.refresh_from_db(fields=["tip_id"])
        answer = person.post(
            f"/conversations/{conversation.pk}/messages/",
            client_id=str(uuid.uuid4()),
            text=text,
            after=str(conversation.tip_id),
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    return ask


def _sends(house: House, person: Person, ask: Ask) -> dict[str, list[float]]:
    times: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(SENDS):
        for name, seconds in _one_send(house, person, ask).items():
            if number >= WARM_UP:
                times[name].append(seconds * 1000)
    return times


def _one_send(house: House, person: Person, ask: Ask) -> dict[str, float]:
    mark = uuid.uuid4().hex
    with person.socket() as socket:
        begun = time.time()
        generation = ask(mark)["reply"]["reply"]["generation"]
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
