"""A reply that ends while somebody looks: what is read of it belongs together, or it is still to be followed."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from conversations.models import Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

WHOLE = "All of it."

Look = Callable[[Talk, str], dict[str, Any]]


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


def by_the_page(talk: Talk, client_id: str) -> dict[str, Any]:
    shown = talk.client.get(f"/c/{talk.id}/").context["messages_shown"]
    return dict(shown[-1]["reply"])


def by_a_look(talk: Talk, client_id: str) -> dict[str, Any]:
    return dict(talk.shown()[-1]["reply"])


def by_sending_it_again(talk: Talk, client_id: str) -> dict[str, Any]:
    return dict(talk.say("And?", client_id=client_id).json()["reply"]["reply"])


def by_reading_the_reply(talk: Talk, client_id: str) -> dict[str, Any]:
    path = f"/generations/{talk.row.generations.latest('queued_at').pk}/"
    return dict(talk.client.get(path, headers=JSON).json()["reply"])


@pytest.mark.parametrize("look", [by_the_page, by_a_look, by_sending_it_again, by_reading_the_reply])
def test_a_reply_that_ends_amid_a_reading_is_never_read_as_over_without_its_text(
    client: Client, look: Look
) -> None:
    for place in count():
        talk, client_id = Talk(client), str(uuid.uuid4())
        talk.end()
        talk.say("And?", client_id=client_id)

        with _ending(talk, after=place) as ended:
            reply = look(talk, client_id)
        if not ended:
            break

        assert reply["text"] == WHOLE or reply["status"] in ("queued", "running"), place
    assert place > 1


@contextmanager
def _ending(talk: Talk, *, after: int) -> Iterator[list[str]]:
    """End the reply being written once so many statements more were answered; the list tells whether it came to it."""
    ended: list[str] = []
    left = after

    def execute(run: Callable[..., Any], sql: str, *more: Any) -> Any:
        nonlocal left
        answer = run(sql, *more)
        if "FROM conversations_" in sql.replace('"', "") and not ended:
            left -= 1
            if left < 0:
                ended.append("begun")
                talk.end(WHOLE)
        return answer

    with connection.execute_wrapper(execute):
        yield ended
    if not ended:
        talk.end()
