"""Ten thousand entries past a reader that stopped reading: it misses none, and the server does not keep them for it."""

import asyncio
import json
import time
import uuid
from datetime import timedelta
from statistics import median

import psutil
import pytest
from django.db import transaction
from django.utils import timezone
from websockets.asyncio.client import ClientConnection

from accounts.models import User
from conversations import streams
from conversations.actions import messages
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Recorder
from conversations.models import Generation, Status
from conversations.providers.base import TextDelta
from tests.house.conftest import PersonFor, Say
from tests.house.people import Drawn, Person
from tests.house.processes import House
from tests.house.tabs import socket_of

pytestmark = [pytest.mark.stack, pytest.mark.timeout(900)]

ENTRIES, AT_ONCE = 10_000, 40
RUNS = 3
MOST_GROWTH_MB = 5.0
WORKER = "the test"
ACK_SECONDS = 0.5


def test_ten_thousand_entries_past_a_paused_reader_are_neither_dropped_nor_kept_in_memory(
    house: House, person_for: PersonFor, say: Say, alice: User
) -> None:
    person = person_for(alice)
    web = psutil.Process(house.web.pid)
    one_run(person, web)  # the first pays for what is made once

    growths = [one_run(person, web) for _ in range(RUNS)]

    say(
        f"paused reader: web grows by {median(growths):.1f} MB over {ENTRIES} entries,"
        f" median of {', '.join(f'{growth:.1f}' for growth in growths)}; now {web.memory_info().rss / 1e6:.0f} MB"
    )
    assert median(growths) < MOST_GROWTH_MB


def one_run(person: Person, web: psutil.Process) -> float:
    """Returns by how many MB the web process grew, at most, while the reader slept and caught up."""
    generation = begun(person.user)
    recorder = Recorder()

    most, live, late = asyncio.run(past_two_readers(person, generation, recorder, web))

    for drawn in (live, late):
        assert drawn.reply is not None
        assert drawn.reply["text"] == recorder.written().text
        assert drawn.text == recorder.written().text
        assert drawn.seq == ENTRIES
    return most


def begun(user: User) -> Generation:
    """A running reply whose worker is this test."""
    with transaction.atomic():
        sent = messages.start_conversation(user=user, client_id=str(uuid.uuid4()), text="Go on", effort="")
        generation = Generation.objects.get(reply=sent.reply)
        generation.status, generation.worker = Status.RUNNING, WORKER
        generation.started_at = timezone.now()
        generation.heartbeat_at = timezone.now() + timedelta(hours=1)
        generation.save(update_fields=["status", "worker", "started_at", "heartbeat_at"])
    return generation


async def past_two_readers(
    person: Person, generation: Generation, recorder: Recorder, web: psutil.Process
) -> tuple[float, Drawn, Drawn]:
    """Write it all past a reader that reads and one that does not, then let that one read."""
    key = str(generation.pk)
    paused, reading = await follower(person, key), await follower(person, key)
    rss, most = web.memory_info().rss, 0
    live = asyncio.create_task(read(reading, key))

    for begin in range(0, ENTRIES, AT_ONCE):
        await streams.append([(key, entry(recorder, n)) for n in range(begin, begin + AT_ONCE)])
        await asyncio.sleep(0)
        most = max(most, web.memory_info().rss - rss)
    view = await asyncio.to_thread(
        finish.finish,
        generation.pk,
        worker=WORKER,
        ending=Ending(status=Status.DONE, written=recorder.written(), finish_reason="stop"),
    )
    assert view is not None
    await finish.announce(key, view)
    drawn_live = await live
    catching_up = asyncio.create_task(read(paused, key))
    while not catching_up.done():
        await asyncio.wait([catching_up], timeout=0.05)
        most = max(most, web.memory_info().rss - rss)
    await streams.close_clients()
    return most / 1e6, drawn_live, await catching_up


async def follower(person: Person, key: str) -> ClientConnection:
    """A socket that asked for the reply, and has read nothing of it yet."""
    connection = await socket_of(person)
    await connection.recv()
    await connection.send(json.dumps({"type": "follow", "generation": key, "after": 0}))
    return connection


def entry(recorder: Recorder, number: int) -> streams.Entry:
    recorder.take(TextDelta(f"{number:05d} {'x' * 90}\n"))
    made = recorder.next_entry()
    assert made is not None
    return made


async def read(connection: ClientConnection, key: str) -> Drawn:
    """As a page reads: fold, and acknowledge twice a second."""
    drawn, acked = Drawn(), time.monotonic()
    while drawn.reply is None:
        try:
            async with asyncio.timeout(ACK_SECONDS):
                frame = json.loads(await connection.recv())
            if frame.get("generation") == key:
                drawn.fold([frame])
        except TimeoutError:
            pass
        if time.monotonic() - acked > ACK_SECONDS:
            acked = time.monotonic()
            await connection.send(json.dumps({"type": "ack", "generation": key, "seq": drawn.seq}))
    await connection.close()
    return drawn
