"""Browsers that are gone without a word leave nothing behind at the server."""

import asyncio
import json
import os
import signal
import socket
import struct
from contextlib import ExitStack
from functools import partial

import psutil
import pytest
import redis
from django.conf import settings
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from accounts.models import User
from conversations import sockets
from conversations.events import Close
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, wait_until
from tests.house.tabs import socket_of

pytestmark = pytest.mark.stack

CYCLES = int(os.environ.get("RESET_CYCLES", "300"))
AT_ONCE = 15
# Connections to Postgres come and go with what there is to do; and some.
SPARE_FDS = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"] + 5


def reset(connection: ClientConnection) -> None:
    """RST, as of a browser that crashed."""
    plug = connection.transport.get_extra_info("socket")
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.transport.abort()


async def follow_and_reset(person: Person, generation: str, times: int) -> None:
    """Open sockets, ask for a reply and be gone, in the middle of a frame's way to the server."""

    async def once() -> None:
        connection = await socket_of(person)
        await connection.recv()
        await connection.send(json.dumps({"type": "follow", "generation": generation, "after": 0}))
        await connection.recv()
        await connection.send(json.dumps({"type": "ack", "generation": generation, "seq": 1}))
        reset(connection)

    async def once_let_in() -> None:
        while True:
            try:
                return await once()
            except ConnectionClosed as closed:
                if closed.rcvd is None or closed.rcvd.code != Close.FLOOD:
                    raise
                # Of those that are gone the server has not heard yet, and counts them.

    for begun in range(0, times, AT_ONCE):
        await asyncio.gather(*(once_let_in() for _ in range(min(AT_ONCE, times - begun))))


async def frozen_resets(person: Person, web: int) -> None:
    """Last words and reset of each socket reach a server that reads neither until both are there."""
    connections = [await socket_of(person) for _ in range(AT_ONCE)]
    for connection in connections:
        await connection.recv()
    os.kill(web, signal.SIGSTOP)
    for connection in connections:
        await connection.send(json.dumps({"type": "ping"}))
        reset(connection)
    ports = {connection.local_address[1] for connection in connections}
    await asyncio.to_thread(
        wait_until, lambda: not ports & established(web), what="the resets to have arrived"
    )
    os.kill(web, signal.SIGCONT)


def test_a_reset_behind_unread_words_is_heard_of(
    house: House, person_for: PersonFor, alice: User, bob: User, charlie: User
) -> None:
    people = [person_for(user) for user in (alice, bob, charlie)]
    web = psutil.Process(house.web.pid)
    before = web.num_fds()

    for person in people:
        asyncio.run(frozen_resets(person, house.web.pid))

    wait_until(lambda: web.num_fds() <= before + SPARE_FDS, what="descriptors to be given back")
    for person in people:
        wait_until(partial(has_all_its_sockets, person), what="as many sockets as ever")


def has_all_its_sockets(person: Person) -> bool:
    """True when a person gets as many as one may have: of those that are gone none counts."""
    with ExitStack() as tabs:
        try:
            for _ in range(sockets.MOST_PER_USER):
                tabs.enter_context(person.socket())
        except ConnectionClosed:
            return False
    return True


def test_sockets_reset_in_mid_reply_leave_nothing_at_the_server(
    house: House, person_for: PersonFor, script: Script, alice: User, _redis: "redis.Redis"
) -> None:
    script.play({"text": "x "}, {"wait": "end"})
    person = person_for(alice)
    web = psutil.Process(house.web.pid)
    generation = person.ask("Hi")["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["text"], what="text")
    calm = subscriptions(_redis)
    asyncio.run(follow_and_reset(person, generation, AT_ONCE))  # whatever is opened once is open now
    wait_until(lambda: subscriptions(_redis) <= calm, what="all to have left")
    before, heard, keys = web.num_fds(), subscriptions(_redis), _redis.dbsize()

    asyncio.run(follow_and_reset(person, generation, CYCLES))

    wait_until(
        lambda: web.num_fds() <= before + SPARE_FDS and subscriptions(_redis) <= heard,
        what=f"{web.num_fds()} descriptors to be {before}, {subscriptions(_redis)} subscriptions {heard}",
    )
    assert _redis.dbsize() <= keys + 1
    wait_until(partial(has_all_its_sockets, person), what="as many sockets as ever")
    script.release("end")


def established(process: int) -> set[int]:
    """The ports of those that this process has a standing connection to."""
    connections = psutil.Process(process).net_connections("tcp")
    return {one.raddr.port for one in connections if one.raddr and one.status == psutil.CONN_ESTABLISHED}


def subscriptions(client: "redis.Redis") -> int:
    """Channels that somebody at this Redis listens to."""
    return len(client.pubsub_channels("hints*"))
