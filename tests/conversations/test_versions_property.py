"""Whatever is said, edited, retried, continued, branched and chosen in whatever order: nothing is lost, and each
choice is found again."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.models import LedgerEntry, User
from conversations.models import Message, Model, Status
from tests.conftest import ClientFor
from tests.conversations.tree import Talk, assert_sound

pytestmark = pytest.mark.django_db

ACTS = ["say", "branch", "edit", "retry", "go_on", "choose"]


class Known:
    """Does the acts at the front door, and keeps the tree as it should be without looking."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.parents: dict[str, str] = {}  # "" = a first message
        self.chosen: dict[str, str] = {}  # of the versions under a parent
        self.replies: list[str] = []
        self._add(talk.first, "")
        self._answered(talk.reply, talk.first)

    def do(self, act: str, pick: int) -> None:
        reply = self.replies[pick % len(self.replies)]
        if act == "say":
            self._said(self.talk.say(), after=self.shown()[-1])
        elif act == "branch":
            self._said(self.talk.say(after=reply, branch="on"), after=reply)
        elif act == "edit":
            message = self.parents[reply]
            self._said(self.talk.edit(message, "again"), after=self.parents[message])
        elif act == "choose":
            message = list(self.parents)[pick % len(self.parents)]
            assert self.talk.choose(message).status_code == 200
            self._choose(message)
        else:
            answer = getattr(self.talk, act)(reply)
            assert answer.status_code == 201
            self._answered(answer.json()["reply"]["id"], self.parents[reply])

    def shown(self) -> list[str]:
        branch, at = [], ""
        while at in self.chosen:
            at = self.chosen[at]
            branch.append(at)
        return branch

    def _said(self, answer: Any, *, after: str) -> None:
        assert answer.status_code == 201
        message = answer.json()["message"]["id"]
        self._add(message, after)
        self._answered(answer.json()["reply"]["id"], message)

    def _answered(self, reply: str, message: str) -> None:
        self.replies.append(reply)
        self._add(reply, message)
        self.talk.end(" cut", Status.INTERRUPTED)

    def _add(self, message: str, parent: str) -> None:
        self.parents[message] = parent
        self._choose(message)

    def _choose(self, message: str) -> None:
        while message:
            self.chosen[self.parents[message]] = message
            message = self.parents[message]


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 50)), max_size=12))
def test_the_branch_on_screen_is_always_the_one_that_was_chosen_last(
    client_for: ClientFor, alice: User, model: Model, steps: list[tuple[str, int]]
) -> None:
    known = Known(Talk(client_for(alice)))

    for act, pick in steps:
        known.do(act, pick)
        assert [view["id"] for view in known.talk.shown()] == known.shown()

    stored = Message.objects.filter(conversation_id=known.talk.id)
    assert {str(message.pk): str(message.parent_id or "") for message in stored} == known.parents
    assert_sound(known.talk.id)
    replies = Message.objects.filter(role="assistant").count()
    assert LedgerEntry.objects.filter(kind="hold").count() == replies
    assert list(ledger.verify()) == []
