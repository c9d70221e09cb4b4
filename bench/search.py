"""How long a search takes, and what being found costs a reply: `python -m bench.search`.

100,000 messages, 40,000 of them one person's, of pseudo-words as common as words are; each search asked for over HTTP
as the palette asks, one after another. Then replies that end with their search row and without, in turns.
"""

import random
import time
from collections.abc import Iterator
from itertools import accumulate
from statistics import median, quantiles
from unittest.mock import patch

from bench import ground
from django.core.cache import cache
from django.db import connection, transaction

from accounts.models import User
from conversations.actions import catalogue, messages
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Conversation, Generation, Message, Role, Status
from conversations.search import filling, rows
from tests.house.people import Person

MESSAGES, OTHERS, IN_A_CONVERSATION = 100_000, 60, 20
HEAVY = 40_000  # messages of one person
REQUESTS, WARM_UP = 60, 5
ENDS = 100  # of each kind and length
LENGTHS = (500, 2_000, 20_000)
WORDS = 30_000
SYLLABLES = [first + second for first in "bcdfghjklmnprstvwxz" for second in "aeiou"]
CHINESE = "请解释量子计算的原理与应用并给出一个简单例子"


class Language:
    """Words of which some are said all the time and most hardly ever."""

    def __init__(self) -> None:
        self.chance = random.Random(1)
        words: set[str] = set()
        while len(words) < WORDS:
            words.add("".join(self.chance.choices(SYLLABLES, k=self.chance.randint(1, 4))))
        self.words = sorted(words)
        self.chance.shuffle(self.words)
        self.weights = list(accumulate(1 / (place + 1) for place in range(WORDS)))

    def text(self, characters: int) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=characters // 6))

    def message(self) -> str:
        if self.chance.random() < 0.05:
            at = self.chance.randrange(len(CHINESE) - 8)
            return CHINESE[at : at + 8] * 10
        return self.text(int(self.chance.lognormvariate(6.5, 0.9)) + 20)


def main() -> None:
    language = Language()
    with ground.house() as (house, pids):
        heavy, *others = ground.people(OTHERS + 1)
        begun = time.perf_counter()
        for owner, count in [(heavy, HEAVY), *((one, (MESSAGES - HEAVY) // OTHERS) for one in others)]:
            say_much(owner, count, language)
        ground.say(f"{Message.objects.count():,} messages, made in {time.perf_counter() - begun:.0f} s.")
        begun = time.perf_counter()
        filled = sum(filling.fill())
        seconds = time.perf_counter() - begun
        ground.say(
            f"{filled:,} rows filled in within {seconds:.0f} s, {seconds * 1000 / filled:.2f} ms each;"
        )
        ground.say(f"table {size_of('pg_table_size')}, indexes {size_of('pg_indexes_size')}.")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        ground.say("\n| search | who | shown | p50 ms | p95 ms | of it CPU of the web server |")
        ground.say("|---|---|---:|---:|---:|---:|")
        for owner, who in ((heavy, "40,000 messages"), (others[0], "1,000 messages")):
            for name, asked in searches(language):
                measure(name, who, asked, Person(owner, house.url), pids["web"])
        ground.say("\n| a reply's end, characters | without its row, ms | with it, ms | ratio |")
        ground.say("|---:|---:|---:|---:|")
        for length in LENGTHS:
            without, with_row = ends(others[1], language, length)
            ground.say(f"| {length:,} | {without:.1f} | {with_row:.1f} | {with_row / without:.2f} |")


def searches(language: Language) -> list[tuple[str, str]]:
    words = language.words
    return [
        ("a word of nearly every message", words[0]),
        ("a word of one in ten", words[60]),
        ("a rare word", words[WORDS // 2]),
        ("two common words", f"{words[1]} {words[3]}"),
        ("two words in a row", f'"{words[0]} {words[1]}"'),
        ("the first two letters of a word", words[200][:2]),
        ("common, and without another", f"{words[5]} -{words[0]}"),
        ("four Chinese characters", "量子计算"),
        ("one Chinese character", "量"),
        ("what nobody said", "nothinglikethis"),
    ]


def say_much(owner: User, count: int, language: Language) -> None:
    """Conversations of so many messages in all, as if they had been said long ago."""
    model = catalogue.default_model()
    for begun in range(0, count, IN_A_CONVERSATION):
        size = min(IN_A_CONVERSATION, count - begun)
        conversation = Conversation.objects.create(
            owner=owner, title=language.text(60)[:100], model=model, effort="high"
        )
        said: list[Message] = []
        for number in range(size):
            said.append(
                Message(
                    conversation=conversation,
                    parent=said[-1] if said else None,
                    role=Role.ASSISTANT if number % 2 else Role.USER,
                    author_name="X",
                    text=language.message(),
                )
            )
        Message.objects.bulk_create(said)
        Conversation.objects.filter(pk=conversation.pk).update(tip_id=said[-1].pk)


def measure(name: str, who: str, asked: str, person: Person, web: int) -> None:
    times: list[float] = []
    used = 0.0
    for number in range(WARM_UP + REQUESTS):
        cache.clear()  # nobody asks so often
        before = ground.cpu_seconds({"web": web})["web"]
        begun = time.perf_counter()
        answer = person.http.get("/search/found/", params={"q": asked}).raise_for_status()
        if number >= WARM_UP:
            times.append((time.perf_counter() - begun) * 1000)
            used += ground.cpu_seconds({"web": web})["web"] - before
    hits = len(answer.json()["messages"])
    middle, slow = median(times), quantiles(times, n=20)[-1]
    ground.say(f"| {name} | {who} | {hits} | {middle:.0f} | {slow:.0f} | {used * 1000 / REQUESTS:.0f} |")


def ends(owner: User, language: Language, length: int) -> tuple[float, float]:
    """The median milliseconds of a reply's end without its search row, and with it."""
    times: dict[bool, list[float]] = {False: [], True: []}
    for number, generation in enumerate(running(owner, 2 * ENDS)):
        written = Written(
            seq=1, text=language.text(length), reasoning="", reasoning_ms=None, reasoning_details=[]
        )
        ending = Ending(status=Status.DONE, written=written, finish_reason="stop")
        has_row = number % 2 == 0
        with patch.object(rows, "add", rows.add if has_row else lambda *_: None):
            begun = time.perf_counter()
            finish.finish(generation.pk, worker="bench", ending=ending)
            times[has_row].append((time.perf_counter() - begun) * 1000)
    return median(times[False]), median(times[True])


def running(owner: User, count: int) -> Iterator[Generation]:
    """One reply after another that is being written, by nobody of the house."""
    for number in range(count):
        with transaction.atomic():
            sent = messages.start_conversation(
                user=owner, client_id=f"bench-{time.time_ns()}-{number}", text="Well?", effort=""
            )
            Generation.objects.filter(reply=sent.reply).update(status=Status.RUNNING, worker="bench")
        yield Generation.objects.get(reply=sent.reply)


def size_of(function: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_size_pretty({function}('conversations_searchrow'))")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
