"""What must hold after every case, whatever was broken in it. Each invariant gives a sentence per breach.

I1  the books add up                            I6  nobody is shown a word of somebody else's
I2  a hold for each step, each resolved once    I8  no error in a log that the case did not foresee
I3  provider's log and attempts match           I9  sockets, sessions and keys are given back
I4  every reply has ended, and its word is true I10 one message per send, and a proper tree
I5  what was shown is the beginning of what is stored

(I7, that pages reach and run nothing foreign, is the browser tests' own.)
"""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection

from accounts import ledger
from accounts.models import EntryKind, LedgerEntry
from conversations.generation import prompt, proof
from conversations.models import (
    UNFINISHED,
    AcceptedSend,
    Attempt,
    Conversation,
    Generation,
    Message,
    Role,
    Status,
)
from tests.faults.rig import Rig
from tests.faults.tabs import Watched

MOST_FDS = 400
STILL_SECONDS = 5.0
# Procrastinate's own words for a Postgres that went; it is started again (conversations.generation.chores).
ALWAYS_FORESEEN = ("'logger': 'procrastinate",)
MOST_SESSIONS = 20  # at Postgres, of one part: its pool, and a worker's tasks


@dataclass(slots=True)
class Expected:
    """What a case breaks on purpose, and so may be seen."""

    log: list[str] = field(default_factory=list)  # patterns of log lines
    uncalled: int = 0  # attempts written down whose provider was never reached


def breaches(rig: Rig, tabs: Sequence[Watched] = (), expected: Expected | None = None) -> list[str]:
    """A sentence for each breach. Needs `rig.stand_on`, all faults ended and every reply over."""
    expected = expected or Expected()
    return [
        *_of_books(),
        *_of_holds(),
        *_of_calls(rig, expected),
        *_of_ends(),
        *_of_tabs(tabs),
        *_of_logs(rig, expected),
        *_of_leftovers(rig),
        *_of_trees(),
    ]


def _of_books() -> Iterator[str]:
    for fault in (*ledger.verify(), *proof.unbooked_attempts()):
        yield f"I1: {fault}"


def _of_holds() -> Iterator[str]:
    kinds: dict[object, Counter[str]] = {}
    for generation, kind in LedgerEntry.objects.exclude(generation_id=None).values_list(
        "generation_id", "kind"
    ):
        kinds.setdefault(generation, Counter())[kind] += 1
    for generation in Generation.objects.values_list("pk", flat=True):
        found = kinds.get(generation, Counter())
        if not found[EntryKind.HOLD] == found[EntryKind.RELEASE] >= 1:
            yield f"I2: generation {generation} has {dict(found)}"
    charged = Counter(LedgerEntry.objects.filter(kind=EntryKind.CHARGE).values_list("attempt_id", flat=True))
    for attempt, times in charged.items():
        if times != 1:
            yield f"I2: attempt {attempt} was charged {times} times"


def _of_calls(rig: Rig, expected: Expected) -> Iterator[str]:
    calls = Counter(_asked(call["body"]) for call in rig.script.calls())
    attempts = Counter(
        Attempt.objects.values_list("generation__reply__parent__text", flat=True)  # each text is said once
    )
    for text in calls.keys() - attempts.keys():
        yield f"I3: the provider was asked {text[:40]!r} and nobody wrote it down"
    missing = 0
    for text, written in attempts.items():
        if calls[text] > written:
            yield f"I3: {text[:40]!r} was asked {calls[text]} times, {written} are written down"
        missing += max(0, written - calls[text])
    if missing > expected.uncalled:
        yield f"I3: {missing} attempts never reached the provider, {expected.uncalled} were to"


def _of_ends() -> Iterator[str]:
    for generation in Generation.objects.select_related("reply").prefetch_related("attempts"):
        if generation.status in UNFINISHED:
            yield f"I4: generation {generation.pk} is {generation.status} still"
        finished = any(attempt.finish_reason for attempt in generation.attempts.all())
        if generation.status == Status.DONE and not finished:
            yield f"I4: generation {generation.pk} is done, and no provider finished it"


def _of_tabs(tabs: Sequence[Watched]) -> Iterator[str]:
    for tab in tabs:
        for fault in tab.faults():
            yield f"I5: {fault}"
        for fault in tab.strangers():
            yield f"I6: {fault}"


def _of_logs(rig: Rig, expected: Expected) -> Iterator[str]:
    for line in rig.complaints():
        words = str(line)
        if not any(re.search(pattern, words, re.DOTALL) for pattern in (*ALWAYS_FORESEEN, *expected.log)):
            yield f"I8: {words[:3000]}"


def _of_leftovers(rig: Rig) -> Iterator[str]:
    for part in (*rig.webs, *rig.workers):
        if part.is_alive and part.fds > MOST_FDS:
            yield f"I9: {part.name} holds {part.fds} descriptors"
    sessions, forgotten = _sessions()
    if forgotten:
        # A part that stands still in the middle of a transaction has not forgotten it: looked at again, it goes on.
        time.sleep(STILL_SECONDS)
        again = _sessions()
        sessions, forgotten = again[0], forgotten & again[1]
    if sessions > MOST_SESSIONS * (len(rig.webs) + len(rig.workers)) or forgotten:
        yield f"I9: {sessions} sessions at Postgres, {len(forgotten)} of them forgotten in a transaction"
    redis = rig.redis()
    for key in redis.scan_iter(count=1000):
        if redis.ttl(key) == -1:
            yield f"I9: {key!r} in Redis stays for ever"


def _sessions() -> tuple[int, set[tuple[int, object]]]:
    """How many there are, and those that have done nothing for a while in a transaction: which one, since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state_change, state LIKE 'idle in transaction%%'"
            " AND state_change < now() - interval '3 s' FROM pg_stat_activity WHERE datname = current_database()"
        )
        found = cursor.fetchall()
    return len(found), {(pid, since) for pid, since, is_forgotten in found if is_forgotten}


def _of_trees() -> Iterator[str]:
    messages = {m.pk: m for m in Message.objects.all()}
    replies = set(Generation.objects.values_list("reply_id", flat=True))
    for message in messages.values():
        if message.parent_id is not None:
            parent = messages[message.parent_id]
            if parent.conversation_id != message.conversation_id or parent.role == message.role:
                yield f"I10: message {message.pk} does not belong under {parent.pk}"
        elif message.role == Role.ASSISTANT:
            yield f"I10: reply {message.pk} answers nothing"
        if message.role == Role.ASSISTANT and message.pk not in replies:
            yield f"I10: reply {message.pk} was written by nobody"
    parents = {m.parent_id for m in messages.values()}
    for conversation in Conversation.objects.all():
        if conversation.tip_id not in messages or conversation.tip_id in parents:
            yield f"I10: conversation {conversation.pk} does not show the end of a branch"
    twice = Counter(AcceptedSend.objects.exclude(reply=None).values_list("reply_id", flat=True))
    for reply, times in twice.items():
        if times > 1:
            yield f"I10: reply {reply} came of {times} sends"


def _asked(body: object) -> str:
    """The last thing a person said in a request."""
    said = [m["content"] for m in body["messages"] if m["role"] == "user"]  # type: ignore[index]
    last = said[-1] if said[-1] != prompt.GO_ON else said[-2]
    return last if isinstance(last, str) else "".join(part.get("text", "") for part in last)
