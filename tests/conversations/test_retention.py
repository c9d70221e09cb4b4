"""What is forgotten after a while, and what never is."""

import asyncio
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts import tasks as accounts_tasks
from accounts.models import User
from conversations import tasks
from conversations.models import AcceptedSend, Conversation, Model, QueuedMessage
from tests.house.people import session_of

pytestmark = pytest.mark.django_db(transaction=True)


def taken(user: User, client_id: str, *, days_ago: int, queued: QueuedMessage | None = None) -> None:
    send = AcceptedSend.objects.create(user=user, client_id=client_id, body_hash="-", queued=queued)
    AcceptedSend.objects.filter(pk=send.pk).update(created_at=timezone.now() - timedelta(days=days_ago))


def test_sends_are_forgotten_after_a_week_unless_their_message_still_waits(
    alice: User, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    talk = Conversation.objects.create(owner=alice, title="-", model=model, effort="off")
    waiting = QueuedMessage.objects.create(conversation=talk, text="Still here", effort="off")
    for number in range(5):
        taken(alice, f"old {number}", days_ago=8)
    taken(alice, "waits", days_ago=8, queued=waiting)
    taken(alice, "new", days_ago=6)

    for _ in range(2):
        asyncio.run(tasks.forget_sends(timestamp=0))

    assert set(AcceptedSend.objects.values_list("client_id", flat=True)) == {"waits", "new"}


def test_sessions_that_are_over_are_deleted_and_no_others(alice: User) -> None:
    over, live = session_of(alice), session_of(alice)
    Session.objects.filter(pk=over).update(expire_date=timezone.now() - timedelta(seconds=1))

    for _ in range(2):
        accounts_tasks.forget_sessions(timestamp=0)

    assert [session.pk for session in Session.objects.all()] == [live]
