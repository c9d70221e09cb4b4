"""Conversations without a worker: what is said through the front door, and replies that end as a test says."""

import uuid
from typing import Any

from django.test import Client

from conversations import queries
from conversations.generation import finish
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Conversation, Generation, Message, Role, Status

JSON = {"Accept": "application/json"}


class Talk:
    """A person's conversation, by its messages' ids."""

    def __init__(self, client: Client, text: str = "Hello") -> None:
        self.client = client
        answer = self._post("/conversations/", text=text).json()
        self.id: str = answer["conversation"]["id"]
        self.first: str = answer["message"]["id"]
        self.reply: str = answer["reply"]["id"]

    def end(self, text: str = "ok", status: Status = Status.DONE, finish_reason: str = "stop") -> str:
        """End the reply that is being written, as a worker would; returns its id."""
        generation = Generation.objects.get(conversation_id=self.id, status=Status.QUEUED)
        Generation.objects.filter(pk=generation.pk).update(status=Status.RUNNING, worker="test")
        written = Written(seq=1, text=text, reasoning="", reasoning_ms=None, reasoning_details=[])
        ending = Ending(status=status, written=written, finish_reason=finish_reason)
        assert finish.finish(generation.pk, worker="test", ending=ending) is not None
        return str(generation.reply_id)

    def say(self, text: str = "And?", *, after: str | None = None, **more: Any) -> Any:
        """A message after the one that is shown last, or after another."""
        after = str(self.row.tip_id) if after is None else after
        return self._post(f"/conversations/{self.id}/messages/", text=text, after=after, **more)

    def edit(self, message: str, text: str, **more: Any) -> Any:
        return self._post(f"/messages/{message}/edit/", text=text, **more)

    def retry(self, reply: str, **more: Any) -> Any:
        return self._post(f"/replies/{reply}/retry/", **more)

    def go_on(self, reply: str, **more: Any) -> Any:
        return self._post(f"/replies/{reply}/continue/", **more)

    def choose(self, message: str) -> Any:
        return self.client.post(f"/messages/{message}/choose/", headers=JSON)

    def shown(self) -> list[dict[str, Any]]:
        """The messages on screen after a reload."""
        return list(self.client.get(f"/conversations/{self.id}/messages/", headers=JSON).json()["messages"])

    def texts(self) -> list[str]:
        return [message["text"] for message in self.shown()]

    @property
    def row(self) -> Conversation:
        return Conversation.objects.get(pk=self.id)

    def assert_sound(self) -> None:
        assert_sound(self.id)

    def _post(self, path: str, **data: Any) -> Any:
        return self.client.post(path, {"client_id": str(uuid.uuid4()), **data}, headers=JSON)


def assert_sound(conversation_id: str) -> None:
    """Every message reaches a first one, in this conversation and without going in a circle; of versions side by
    side, the one on screen was chosen last."""
    conversation = Conversation.objects.get(pk=conversation_id)
    messages = {message.pk: message for message in Message.objects.filter(conversation=conversation)}
    for message in messages.values():
        seen = {message.pk}
        while message.parent_id is not None:
            message = messages[message.parent_id]
            assert message.pk not in seen
            seen.add(message.pk)
    for shown in queries.branch_to(conversation.tip_id, conversation):
        beside = [other for other in messages.values() if other.parent_id == shown.parent_id]
        assert shown == max(beside, key=lambda other: (other.chosen_at, other.pk))


def lengthen(conversation: Conversation, turns: int, answer: str = "Answer {}") -> list[Message]:
    """Go on with a conversation by so many answered turns at once, as if they had been said long ago."""
    parent_id, rows = conversation.tip_id, []
    for number in range(1, turns + 1):
        for role, name, text in (
            (Role.USER, "Alice", f"Question {number}"),
            (Role.ASSISTANT, "V4 Flash", answer.format(number)),
        ):
            row = Message(
                conversation=conversation, parent_id=parent_id, role=role, author_name=name, text=text
            )
            rows.append(row)
            parent_id = row.pk
    Message.objects.bulk_create(rows)
    Conversation.objects.filter(pk=conversation.pk).update(tip_id=parent_id)
    return rows
