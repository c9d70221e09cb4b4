"""After a conversation's first reply its model is asked, once, what it is to be called; the ledger has it."""

import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts import ledger
from accounts.actions import budgets
from accounts.models import EntryKind, LedgerEntry, Scope, User
from accounts.usage import facts
from conversations import tasks
from conversations.generation import orphans, proof
from conversations.models import Conversation, Route, TitleCall, TitleFrom
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, Process, wait_until

pytestmark = pytest.mark.stack

REPLY: list[dict[str, Any]] = [
    {"text": "Sow them in April."},
    {"finish": "stop"},
    {"usage": {"prompt_tokens": 5, "completion_tokens": 5}},
]
TITLE: list[dict[str, Any]] = [
    {"text": '"Beans in\u00a0spring."\nEnjoy'},
    {"finish": "stop"},
    {"usage": {"prompt_tokens": 90, "completion_tokens": 6}},
]


@pytest.fixture
def titling(house: House) -> Iterator[Process]:
    """The house's worker with titles switched on."""
    house.worker.end()
    log = Path(house.worker.log).with_name(f"titling-{uuid.uuid4().hex}.log")
    worker = Process(
        "manage.py", "worker", environment={**house.environment, "AUTOMATIC_TITLES": "on"}, log=log
    )
    worker.start()
    worker.wait_until_ready()
    yield worker
    worker.end()
    house.worker.start()
    house.worker.wait_until_ready()


@pytest.fixture
def person(titling: Process, person_for: PersonFor, alice: User) -> Person:
    return person_for(alice)


def ask(person: Person, text: str = "When do I sow beans?") -> tuple[Conversation, str]:
    """The conversation whose first reply is done, and that reply's generation."""
    generation = person.ask(text)["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply")
    return Conversation.objects.get(), generation


def wait_for_title() -> TitleCall:
    wait_until(lambda: TitleCall.objects.exclude(finished_at=None).exists(), what="the title")
    return TitleCall.objects.get()


def wait_for_jobs() -> None:
    """Until the worker has done all that was left for later."""
    with_jobs = "SELECT 1 FROM procrastinate_jobs WHERE task_name = %s AND status IN ('todo', 'doing')"
    wait_until(lambda: not rows(with_jobs, tasks.title_conversation.name), what="the task")


def rows(sql: str, *values: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def entries(call: TitleCall) -> dict[str, Decimal]:
    return {entry.kind: entry.amount for entry in LedgerEntry.objects.filter(generation_id=call.pk)}


def test_the_title_comes_after_the_first_reply_on_every_page_and_is_charged_once(
    person: Person, script: Script
) -> None:
    script.play(*REPLY, queue=[REPLY, TITLE])
    with person.socket() as socket:
        conversation, generation = ask(person)
        listed: dict[str, Any] = {}
        while listed.get("title") != "Beans in spring":
            frame = socket.until("hint")[-1]
            listed = frame["data"] if frame["topic"] == "listed" else {}

    call = wait_for_title()
    conversation.refresh_from_db()
    assert (conversation.title, conversation.title_from) == ("Beans in spring", TitleFrom.MODEL)
    asked = script.calls()[1]["body"]
    assert asked["max_tokens"] == 20
    assert "When do I sow beans?" in str(asked["messages"])
    assert "Sow them in April." in str(asked["messages"])
    assert "alice" not in str(asked).lower()
    booked = entries(call)
    assert booked[EntryKind.CHARGE] == Decimal("0.000096")
    assert booked[EntryKind.HOLD] == -booked[EntryKind.RELEASE] > booked[EntryKind.CHARGE]
    charge = LedgerEntry.objects.get(kind=EntryKind.CHARGE, generation_id=call.pk)
    assert (charge.details["helper"], charge.user_id) == ("title", person.user.pk)
    assert '<th scope="row">1 title</th>' in person.http.get("/usage/").text

    # Neither the second reply nor a second run of the task asks again.
    second = person.post(
        f"/conversations/{conversation.pk}/messages/",
        client_id=str(uuid.uuid4()),
        text="And peas?",
        after=str(conversation.tip_id),
    ).json()["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(second)["status"] == "done", what="the second reply")
    tasks.title_conversation.defer(generation_id=generation)
    wait_for_jobs()
    assert len(script.calls()) == 3


def test_a_title_is_no_reply_where_replies_are_counted(person: Person, script: Script) -> None:
    script.play(*REPLY, queue=[REPLY, TITLE])
    ask(person)
    wait_for_title()

    (found,) = facts.sums(span=facts.Span(facts.today(), facts.today()))
    assert found.replies == 1
    assert found.prompt == 95


def test_a_fork_keeps_the_title_it_was_given(person: Person, script: Script) -> None:
    script.play(*REPLY, queue=[REPLY, TITLE])
    conversation, _ = ask(person)
    wait_for_title()

    forked = person.post(f"/messages/{conversation.tip_id}/fork/", client_id=str(uuid.uuid4()))
    fork = Conversation.objects.exclude(pk=conversation.pk).get()
    assert (forked.status_code, fork.title_from) == (201, TitleFrom.COPY)
    generation = person.post(
        f"/conversations/{fork.pk}/messages/",
        client_id=str(uuid.uuid4()),
        text="And peas?",
        after=str(fork.tip_id),
    ).json()["reply"]["reply"]["generation"]
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply")
    wait_for_jobs()

    fork.refresh_from_db()
    assert fork.title == "Beans in spring (fork)"
    assert TitleCall.objects.count() == 1


def test_no_title_is_asked_where_the_model_would_spend_its_tokens_on_thinking(
    person: Person, script: Script
) -> None:
    Route.objects.update(efforts=["low", "high"])
    script.play(*REPLY)

    conversation, _ = ask(person)
    wait_for_jobs()

    assert len(script.calls()) == 1
    assert (conversation.title, TitleCall.objects.count()) == ("When do I sow beans?", 0)


def test_a_title_that_its_owner_wrote_meanwhile_stays(person: Person, script: Script) -> None:
    script.play(queue=[REPLY, [{"wait": "gate"}, *TITLE]])
    conversation, _ = ask(person)
    wait_until(lambda: len(script.calls()) == 2, what="the question")

    assert person.post(f"/conversations/{conversation.pk}/rename/", title="My beans").status_code == 200
    script.release("gate")

    call = wait_for_title()
    conversation.refresh_from_db()
    assert (conversation.title, conversation.title_from) == ("My beans", TitleFrom.OWNER)
    assert entries(call)[EntryKind.CHARGE] > 0


def test_with_too_little_money_left_nothing_is_asked_and_the_first_words_stay(
    person: Person, script: Script
) -> None:
    script.play(queue=[[{"wait": "gate"}, *REPLY], TITLE])
    generation = person.ask("When do I sow beans?")["reply"]["reply"]["generation"]
    wait_until(script.calls, what="the call")
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=person.user.pk, limit=Decimal("0.00002"))
    script.release("gate")
    wait_until(lambda: person.reply(generation)["status"] == "done", what="the reply")
    wait_for_jobs()

    assert len(script.calls()) == 1
    assert not TitleCall.objects.exists()
    assert Conversation.objects.get().title == "When do I sow beans?"


@pytest.mark.parametrize(
    "answer",
    [
        [{"status": 503, "body": {"error": {"message": "busy"}}}],
        [{"text": " \n“”."}, {"finish": "stop"}],
    ],
)
def test_a_provider_that_fails_or_says_nothing_leaves_the_first_words_and_no_hold(
    person: Person, script: Script, answer: list[dict[str, Any]]
) -> None:
    script.play(queue=[REPLY, answer])
    conversation, generation = ask(person)

    call = wait_for_title()
    conversation.refresh_from_db()
    assert (conversation.title, conversation.title_from) == ("When do I sow beans?", TitleFrom.WORDS)
    booked = entries(call)
    assert booked[EntryKind.HOLD] == -booked[EntryKind.RELEASE]
    assert person.reply(generation)["status"] == "done"


def test_a_worker_that_dies_while_asking_never_asks_again_and_the_prompt_is_booked(
    titling: Process, person: Person, script: Script
) -> None:
    script.play(queue=[REPLY, [{"wait": "gate"}, *TITLE]])
    conversation, generation = ask(person)
    wait_until(lambda: len(script.calls()) == 2, what="the question")
    titling.kill()
    script.release("gate")

    titling.start()
    # Every five minutes a worker takes over the jobs of those that are gone; here at once.
    tasks.title_conversation.defer(generation_id=generation)

    call = wait_for_title()
    assert call.fault == "The worker stopped while it was asked."
    assert len(script.calls()) == 2
    assert entries(call)[EntryKind.CHARGE] > 0
    conversation.refresh_from_db()
    assert conversation.title == "When do I sow beans?"
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


def test_a_title_whose_worker_and_conversation_are_gone_is_booked_and_holds_nothing(
    titling: Process, person: Person, script: Script
) -> None:
    script.play(queue=[REPLY, [{"wait": "gate"}, *TITLE]])
    conversation, generation = ask(person)
    wait_until(lambda: len(script.calls()) == 2, what="the question")
    titling.kill()
    script.release("gate")
    conversation.delete()
    TitleCall.objects.update(started_at=timezone.now() - orphans.LONGEST_CALL)

    titling.start()
    titling.wait_until_ready()
    # What is done every ten minutes; and the job itself, which finds nothing of it.
    tasks.settle_orphans.configure().defer(timestamp=0)
    tasks.title_conversation.defer(generation_id=generation)

    booked = entries(wait_for_title())
    assert booked[EntryKind.CHARGE] > 0
    assert booked[EntryKind.HOLD] == -booked[EntryKind.RELEASE]
    assert [*ledger.verify(), *proof.unbooked_attempts()] == []


def test_a_conversation_of_which_nothing_is_left_has_still_paid_for_its_title(
    person: Person, script: Script
) -> None:
    script.play(queue=[REPLY, [{"wait": "gate"}, *TITLE]])
    conversation, _ = ask(person)
    wait_until(lambda: len(script.calls()) == 2, what="the question")
    conversation.delete()
    script.release("gate")

    assert entries(wait_for_title())[EntryKind.CHARGE] == Decimal("0.000096")
