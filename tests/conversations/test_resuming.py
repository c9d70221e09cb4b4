"""What it costs Postgres when a socket comes back: with a server's restart all of them do, at once."""

import asyncio
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.db.backends.utils import CursorWrapper
from django.test import override_settings

from accounts.models import User
from chatapp.asgi import application
from conversations import sockets, streams
from conversations.actions import messages
from conversations.models import Attempt, Generation, Message, Model, Status
from conversations.tail import Tail
from tests.house.people import session_of
from tests.house.processes import PATIENCE_SECONDS

MOST_QUERIES = 5


@pytest.fixture
def queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every query of this process, in whatever thread; the web process's own looks kept out of it."""
    asked: list[str] = []
    execute = CursorWrapper.execute

    def noting(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        asked.append(str(sql))
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noting)
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 3600)
    monkeypatch.setattr(sockets, "_watching", [])
    monkeypatch.setattr(sockets, "tail", Tail())
    with override_settings(CHANNEL_LAYERS={"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}):
        yield asked


async def resume(session: str, generation: str, after: int) -> dict[str, Any]:
    """Open a socket and follow on after a number; the first frame about the reply."""
    socket = WebsocketCommunicator(
        application,
        "/socket/",
        headers=[
            (b"cookie", f"{django_settings.SESSION_COOKIE_NAME}={session}".encode()),
            (b"origin", django_settings.PUBLIC_ORIGINS[0].encode()),
            (b"host", b"localhost"),
        ],
    )
    connected, _ = await socket.connect(timeout=PATIENCE_SECONDS)
    assert connected
    assert (await socket.receive_json_from(timeout=PATIENCE_SECONDS))["type"] == "hello"
    await socket.send_json_to({"type": "follow", "generation": generation, "after": after})
    frame = {"type": "hint"}
    while frame["type"] == "hint":  # what was told while the reply was made may come as late as this
        frame = dict(await socket.receive_json_from(timeout=PATIENCE_SECONDS))
    await socket.disconnect()
    await ended([*sockets._watching, *([sockets.tail._loop] if sockets.tail._loop else [])])
    await streams.close_clients()
    return frame


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancelled and gone; redis-py may overhear a cancellation that comes while it connects."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=0.2)


def reply_of(user: User, model: Model, *, status: Status, seq: int) -> Generation:
    """A reply as far as `seq`, its snapshot in Postgres."""
    sent = messages.start_conversation(user=user, client_id=str(uuid.uuid4()), text="Hi", effort="")
    generation = Generation.objects.get(reply=sent.reply)
    Generation.objects.filter(pk=generation.pk).update(status=status)
    Message.objects.filter(pk=sent.reply.pk).update(text="x " * seq, snapshot_seq=seq)
    if status is not Status.QUEUED:
        Attempt.objects.create(
            generation=generation, number=1, provider="scripted", provider_name="Scripted",
            upstream_model="deepseek-v4-flash", price={},
        )  # fmt: skip
    return generation


@pytest.mark.parametrize(
    ("status", "seq", "after", "logged", "answer"),
    [
        (Status.QUEUED, 0, 0, 0, "waiting"),
        (Status.RUNNING, 0, 0, 0, "waiting"),
        (Status.RUNNING, 5, 5, 9, "delta"),
        (Status.RUNNING, 9, 5, 0, "snapshot"),
        (Status.DONE, 9, 5, 0, "ended"),
    ],
    ids=["queued", "asked", "in the log", "log gone", "over and log gone"],
)
def test_a_socket_that_comes_back_asks_postgres_at_most_five_times(
    transactional_db: None, alice: User, model: Model, queries: list[str],
    status: Status, seq: int, after: int, logged: int, answer: str,
) -> None:  # fmt: skip
    generation = reply_of(alice, model, status=status, seq=seq)
    session = session_of(alice)
    asyncio.run(write(str(generation.pk), logged))
    queries.clear()

    frame = asyncio.run(resume(session, str(generation.pk), after))

    assert frame["type"] == answer
    assert len(queries) <= MOST_QUERIES, "\n".join(queries)


async def write(generation: str, up_to: int) -> None:
    said = b'{"text":"x "}'
    await streams.append([(generation, streams.Entry(seq, said)) for seq in range(1, up_to + 1)])
    await streams.close_clients()
