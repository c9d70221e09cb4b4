"""What refuses the next turn never undoes the end of the one before it: it is said, and all waits on."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from accounts import ledger
from accounts.models import LedgerEntry, Price, User
from conversations.generation import finish, opening
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Conversation, Generation, Message, Model, Provider, QueuedMessage, Status
from tests.conftest import ClientFor

JSON = {"Accept": "application/json"}
DONE = Ending(
    Status.DONE,
    Written(seq=1, text="The answer", reasoning="", reasoning_ms=None, reasoning_details=[]),
    finish_reason="stop",
)


@pytest.fixture
def running(client_for: ClientFor, alice: User, model: Model) -> Generation:
    """A reply that a worker writes, and two messages that wait for it."""
    client = client_for(alice)
    started = client.post(
        "/conversations/", {"client_id": "0190aaaa-start", "text": "Hi"}, headers=JSON
    ).json()
    for text in ("One", "Two"):
        client.post(
            f"/conversations/{started['conversation']['id']}/messages/",
            {"client_id": str(uuid.uuid4()), "text": text, "after": started["reply"]["id"]},
            headers=JSON,
        )
    Generation.objects.update(status=Status.RUNNING, worker="here")
    return Generation.objects.get()


def end(running: Generation) -> dict[str, Any] | None:
    return finish.finish(running.pk, worker="here", ending=DONE)


def waiting() -> list[str]:
    return list(QueuedMessage.objects.values_list("text", flat=True))


def nobody_is_connected() -> None:
    Provider.objects.update(is_enabled=False)


def there_is_no_price() -> None:
    Price.objects.all().delete()


def the_model_reads_little() -> None:
    Model.objects.update(context_window=1_000)


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (nobody_is_connected, "No provider is connected for DeepSeek V4 Flash"),
        (there_is_no_price, "This model has no price yet"),
        (the_model_reads_little, "This conversation is about"),
    ],
)
def test_a_next_turn_that_is_refused_pauses_what_waits_and_the_reply_before_it_is_done(
    running: Generation, meanwhile: Callable[[], None], reason: str
) -> None:
    meanwhile()

    end(running)

    running.refresh_from_db()
    assert (running.status, running.reply.text) == (Status.DONE, "The answer")
    assert Conversation.objects.get().queue_pause.startswith(reason)
    assert waiting() == ["One", "Two"]
    assert (Message.objects.count(), Generation.objects.count()) == (2, 1)
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["hold", "release"]
    assert ledger.verify() == []


def test_a_mistake_of_ours_in_the_next_turn_pauses_what_waits_too(
    running: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(opening, "open_turn", broken)

    end(running)

    running.refresh_from_db()
    assert running.status == Status.DONE
    assert Conversation.objects.get().queue_pause.startswith("Parley made a mistake")
    assert waiting() == ["One", "Two"]


def test_a_database_that_goes_away_in_between_leaves_both_undone_and_both_can_be_done_again(
    running: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **more: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "open_turn", away)
        with pytest.raises(OperationalError):
            end(running)
    running.refresh_from_db()
    before = running.status
    end(running)

    running.refresh_from_db()
    assert (before, running.status) == (Status.RUNNING, Status.DONE)
    assert waiting() == ["Two"]
    assert Generation.objects.get(status=Status.QUEUED).reply.parent.text == "One"  # type: ignore[union-attr]


def test_the_next_turn_is_made_in_the_transaction_that_ends_the_reply_with_its_hold(
    running: Generation,
) -> None:
    end(running)

    following = Generation.objects.get(status=Status.QUEUED)
    conversation = Conversation.objects.get()
    assert following.reply.parent is not None
    assert following.reply.parent.parent_id == running.reply_id
    assert conversation.tip_id == following.reply_id
    assert LedgerEntry.objects.filter(kind="hold", generation_id=following.pk).count() == 1
    assert ledger.verify() == []
