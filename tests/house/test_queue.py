"""Messages that wait for a reply to end: sent one by one, in order, each answered once, and never lost."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from accounts.actions import budgets
from accounts.actions import people as person_acts
from accounts.models import LedgerEntry, Scope, User
from conversations.models import Generation, Message
from tests.house.conftest import PersonFor, Script
from tests.house.people import Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


class Talk:
    """A conversation whose first reply is being written, held at a gate."""

    def __init__(self, person: Person, script: Script, *second: dict[str, Any]) -> None:
        self.person = person
        first = [{"text": "begun "}, {"wait": "first"}, {"text": "done"}]
        script.play({"text": "answer"}, queue=[first, *([list(second)] if second else [])])
        asked = person.ask("First")
        self.id, self.url = asked["conversation"]["id"], asked["conversation"]["url"]
        self.reply = asked["reply"]["id"]
        self.generation = asked["reply"]["reply"]["generation"]
        wait_until(lambda: len(script.calls()) == 1, what="the provider to be asked")

    def say(self, text: str, client_id: str = "") -> Any:
        return self.person.post(
            f"/conversations/{self.id}/messages/",
            client_id=client_id or str(uuid.uuid4()),
            text=text,
            after=self.reply,
        )

    def wait_with(self, *texts: str) -> list[str]:
        """Let these wait; returns their ids."""
        for text in texts:
            answer = self.say(text)
            assert answer.status_code == 202, answer.text
        return [row["id"] for row in self.queue()["rows"]]

    def queue(self) -> dict[str, Any]:
        return dict(
            self.person.http.get(
                f"/conversations/{self.id}/queue/", headers={"Accept": "application/json"}
            ).json()
        )

    def waiting(self) -> list[str]:
        return [row["text"] for row in self.queue()["rows"]]

    def is_paused(self) -> None:
        wait_until(lambda: self.queue()["paused"], what="the queue to be paused")

    def resume(self) -> Any:
        return self.person.post(f"/conversations/{self.id}/queue/resume/")

    def is_answered(self, replies: int) -> None:
        """So many replies are there and all are over."""
        wait_until(
            lambda: (
                Generation.objects.filter(conversation_id=self.id, finished_at__isnull=False).count()
                == replies
            ),
            what=f"{replies} replies to be over",
        )

    def branch(self) -> list[str]:
        """What the page shows, from the first to the last."""
        page = self.person.http.get(
            f"/conversations/{self.id}/messages/", headers={"Accept": "application/json"}
        ).json()
        return [message["text"] for message in page["messages"]]


@pytest.fixture
def talk(person_for: PersonFor, script: Script, alice: User) -> Talk:
    return Talk(person_for(alice), script)


def asked_for(script: Script) -> list[str]:
    """The last message of every call."""
    return [call["body"]["messages"][-1]["content"] for call in script.calls()]


def test_three_messages_typed_while_one_is_answered_are_sent_one_by_one_in_order(
    talk: Talk, script: Script
) -> None:
    talk.wait_with("One", "Two", "Three")

    script.release("first")
    talk.is_answered(4)

    assert asked_for(script) == ["First", "One", "Two", "Three"]
    assert talk.branch() == [
        *("First", "begun done"),
        *("One", "answer"),
        *("Two", "answer"),
        *("Three", "answer"),
    ]
    assert talk.queue() == {"conversation": talk.id, "rows": [], "paused": ""}
    assert LedgerEntry.objects.filter(kind="charge").count() == 4


def test_the_pages_of_a_person_hear_that_something_waits_and_that_it_is_sent(
    talk: Talk, script: Script
) -> None:
    with talk.person.socket() as elsewhere:
        talk.wait_with("One")
        heard = [elsewhere.until("hint")[-1]]
        script.release("first")
        while heard[-1]["topic"] != "reply_started":
            heard.append(elsewhere.until("hint")[-1])

    topics = [hint["topic"] for hint in heard]
    assert (topics[0], heard[0]["id"]) == ("queue", talk.id)
    assert topics.index("reply_ended") < topics.index("reply_started")
    assert heard[-1]["data"]["conversation"] == talk.id


def test_a_message_that_was_taken_back_is_never_sent(talk: Talk, script: Script) -> None:
    _, second, _ = talk.wait_with("One", "Two", "Three")

    talk.person.post(f"/queue/{second}/delete/")
    script.release("first")
    talk.is_answered(3)

    assert asked_for(script) == ["First", "One", "Three"]


def test_a_repeated_post_of_a_waiting_message_is_one_message_however_far_it_got(
    talk: Talk, script: Script
) -> None:
    first = talk.say("One", client_id="0190aaaa-queued")
    second = talk.say("One", client_id="0190aaaa-queued")
    script.release("first")
    talk.is_answered(2)
    third = talk.say("One", client_id="0190aaaa-queued")

    assert [first.status_code, second.status_code, third.status_code] == [202, 202, 201]
    assert len(second.json()["queue"]["rows"]) == 1
    assert third.json()["message"]["text"] == "One"
    assert Message.objects.filter(text="One").count() == 1
    assert asked_for(script) == ["First", "One"]


def test_stop_pauses_what_waits_and_resume_goes_on_to_its_end(talk: Talk, script: Script) -> None:
    talk.wait_with("One", "Two")

    talk.person.post(f"/generations/{talk.generation}/stop/")
    talk.is_paused()
    paused = talk.queue()
    resumed = talk.resume()
    talk.is_answered(3)

    assert paused["paused"] == "You stopped the reply, so what waits is not sent by itself."
    assert [row["text"] for row in paused["rows"]] == ["One", "Two"]
    assert resumed.status_code == 201
    assert asked_for(script) == ["First", "One", "Two"]
    assert talk.queue()["paused"] == ""


def test_send_now_stops_the_reply_and_sends_exactly_that_one_before_the_others(
    talk: Talk, script: Script
) -> None:
    _, _, third = talk.wait_with("One", "Two", "Three")

    answer = talk.person.post(f"/queue/{third}/send/", seq=1)
    talk.is_answered(4)

    assert answer.status_code == 202
    assert talk.person.reply(talk.generation)["status"] == "stopped"
    assert asked_for(script) == ["First", "Three", "One", "Two"]


def test_a_reply_that_fails_pauses_what_waits_and_says_why(
    person_for: PersonFor, script: Script, alice: User
) -> None:
    talk = Talk(person_for(alice), script, {"status": 401, "body": {"error": {"message": "no"}}})
    talk.wait_with("One", "Two")

    script.release("first")
    talk.is_paused()
    fault = Generation.objects.get(status="failed").fault

    assert talk.queue()["paused"] == f"The reply failed, so what waits is not sent by itself. {fault}"
    assert talk.waiting() == ["Two"]
    assert talk.resume().status_code == 201
    talk.is_answered(3)
    assert asked_for(script)[-1] == "Two"


def test_a_budget_that_runs_out_pauses_what_waits_with_its_sentence_and_loses_nothing(
    talk: Talk, script: Script, alice: User
) -> None:
    talk.wait_with("One", "Two")
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal("0.0001"))

    script.release("first")
    talk.is_paused()
    refused = talk.resume()
    paused, waiting = talk.queue()["paused"], talk.waiting()
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=Decimal(5))
    resumed = talk.resume()
    talk.is_answered(3)

    assert talk.person.reply(talk.generation)["status"] == "done"
    assert "$" in paused
    assert (refused.status_code, refused.json()["error"]["message"]) == (402, paused)
    assert waiting == ["One", "Two"]
    assert resumed.status_code == 201
    assert asked_for(script) == ["First", "One", "Two"]


def test_a_killed_worker_pauses_what_waits_and_nothing_is_sent_twice(
    house: House, talk: Talk, script: Script
) -> None:
    talk.wait_with("One", "Two")

    house.worker.kill()
    house.worker.start()
    talk.is_paused()
    paused = talk.queue()["paused"]
    talk.resume()
    talk.is_answered(3)

    assert paused == "The reply was interrupted, so what waits is not sent by itself."
    assert asked_for(script) == ["First", "One", "Two"]


def test_a_suspended_persons_messages_wait_and_are_there_when_they_come_back(
    talk: Talk, script: Script, person_for: PersonFor, alice: User, admin: User
) -> None:
    talk.wait_with("One")

    person_acts.suspend_user(actor=admin, user=alice, note="")
    wait_until(lambda: Generation.objects.get().status == "stopped", what="the reply to be stopped")
    person_acts.restore_user(actor=admin, user=alice, note="")
    talk.person = person_for(alice)

    assert talk.queue()["paused"] == "The account was suspended, so what waits was not sent."
    assert talk.waiting() == ["One"]
    assert asked_for(script) == ["First"]


def test_what_waits_is_still_there_after_a_reload_and_on_another_device(
    talk: Talk, script: Script, person_for: PersonFor, alice: User
) -> None:
    talk.wait_with("A message that waits")

    for browser in (talk.person, person_for(alice)):
        assert "A message that waits" in browser.http.get(talk.url).text
    script.release("first")
    talk.is_answered(2)


def test_a_reply_that_waits_for_a_worker_is_stopped_without_one(
    house: House, talk: Talk, person_for: PersonFor, script: Script, bob: User
) -> None:
    talk.wait_with("Waits")
    other = person_for(bob)
    house.worker.end()
    try:
        asked = other.ask("Never asked")["reply"]["reply"]["generation"]
        with other.socket() as tab:
            tab.follow(asked)
            assert tab.next()["type"] == "waiting"

            other.post(f"/generations/{asked}/stop/", seq=0)

            assert tab.until("ended")[-1]["reply"]["status"] == "stopped"
        assert {entry.kind for entry in LedgerEntry.objects.filter(generation_id=asked)} == {
            "hold",
            "release",
        }
    finally:
        house.worker.start()
    talk.is_paused()
    assert "Never asked" not in asked_for(script)


def test_a_waiting_message_repeated_again_and_again_while_it_is_sent_gets_the_same_answer(
    talk: Talk, script: Script
) -> None:
    def say(number: int) -> Any:
        if number == 20:
            script.release("first")
        return talk.say("One", client_id="0190aaaa-again")

    talk.say("One", client_id="0190aaaa-again")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(say, range(60)))
    talk.is_answered(2)

    assert {answer.status_code for answer in answers} <= {201, 202}
    assert len({answer.json()["reply"]["id"] for answer in answers if answer.status_code == 201}) <= 1
    assert asked_for(script) == ["First", "One"]
