"""Messages that wait, as far as the web process goes: what is shown, taken back, sent now and refused."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import budgets
from accounts.models import LedgerEntry, Scope, User
from conversations.generation import claim, finish
from conversations.generation.finish import Ending
from conversations.generation.record import Written
from conversations.models import Conversation, Generation, Message, Model, QueuedMessage, Status
from tests.conftest import ClientFor

JSON = {"Accept": "application/json"}
NO_BUDGET = Decimal("0.0001")
NOTHING_WRITTEN = Written(seq=0, text="", reasoning="", reasoning_ms=None, reasoning_details=[])

T = TypeVar("T")


def start(client: Client) -> dict[str, Any]:
    """A conversation whose first reply is being written (no worker runs here)."""
    answer = client.post("/conversations/", {"client_id": str(uuid.uuid4()), "text": "Hello"}, headers=JSON)
    assert answer.status_code == 201
    return dict(answer.json())


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def started(client: Client) -> dict[str, Any]:
    """Alice's conversation, whose first reply is being written."""
    return start(client)


def say(client: Client, started: dict[str, Any], text: str, client_id: str = "") -> Any:
    """A message after the reply that is being written."""
    return client.post(
        f"/conversations/{started['conversation']['id']}/messages/",
        {"client_id": client_id or str(uuid.uuid4()), "text": text, "after": started["reply"]["id"]},
        headers=JSON,
    )


def texts(queue: dict[str, Any]) -> list[str]:
    return [row["text"] for row in queue["rows"]]


def queue_of(client: Client, started: dict[str, Any]) -> dict[str, Any]:
    return dict(client.get(f"/conversations/{started['conversation']['id']}/queue/", headers=JSON).json())


def stop(client: Client, started: dict[str, Any]) -> None:
    client.post(f"/generations/{started['reply']['reply']['generation']}/stop/", headers=JSON)


def at_once(together: Barrier, act: Callable[[], T]) -> T:
    """In a thread of its own, begun together with another one."""
    try:
        connection.ensure_connection()
        together.wait(timeout=60)
        return act()
    finally:
        connection.close()


def test_a_message_sent_while_a_reply_is_written_waits_and_holds_no_money(
    client: Client, started: dict[str, Any]
) -> None:
    answer = say(client, started, "And then?")

    assert answer.status_code == 202
    assert answer.json()["queue"] == queue_of(client, started)
    assert queue_of(client, started) == {
        "conversation": started["conversation"]["id"],
        "rows": [{"id": str(QueuedMessage.objects.get().pk), "text": "And then?", "is_being_edited": False}],
        "paused": "",
    }
    assert (Message.objects.count(), Generation.objects.count(), LedgerEntry.objects.count()) == (2, 1, 1)


def test_what_waits_is_on_the_page_after_a_reload(client: Client, started: dict[str, Any]) -> None:
    say(client, started, "One")
    say(client, started, "Two")

    shown = client.get(started["conversation"]["url"]).context["queue"]

    assert texts(shown) == ["One", "Two"]


def test_the_same_waiting_message_sent_twice_waits_once(client: Client, started: dict[str, Any]) -> None:
    first = say(client, started, "Once", client_id="0190aaaa-once")
    second = say(client, started, "Once", client_id="0190aaaa-once")

    assert (first.status_code, second.status_code) == (202, 202)
    assert texts(second.json()["queue"]) == ["Once"]


def test_a_message_taken_back_is_gone_and_its_repeat_is_not_sent(
    client: Client, started: dict[str, Any]
) -> None:
    waiting = say(client, started, "Never mind", client_id="0190aaaa-back").json()["queue"]["rows"][0]

    answer = client.post(f"/queue/{waiting['id']}/delete/", headers=JSON)
    repeated = say(client, started, "Never mind", client_id="0190aaaa-back")

    assert (answer.status_code, answer.json()["queue"]["rows"]) == (200, [])
    assert (repeated.status_code, repeated.json()["error"]["code"]) == (409, "withdrawn")
    assert client.post(f"/queue/{waiting['id']}/delete/", headers=JSON).status_code == 404
    assert not QueuedMessage.objects.exists()


def test_the_eleventh_message_is_refused_with_what_to_do(client: Client, started: dict[str, Any]) -> None:
    for number in range(10):
        assert say(client, started, f"{number}").status_code == 202

    answer = say(client, started, "One too many", client_id="0190aaaa-many")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "queue_full")
    assert "Take one back" in answer.json()["error"]["message"]
    assert texts(queue_of(client, started)) == [str(number) for number in range(10)]


def test_long_messages_wait_up_to_eight_megabytes_and_the_refused_one_can_be_sent_again(
    client: Client, started: dict[str, Any]
) -> None:
    for name in ("first", "second"):
        assert say(client, started, "x" * 3_900_000, client_id=f"0190aaaa-{name}").status_code == 202

    refused = say(client, started, "é" * 150_000, client_id="0190aaaa-third")
    for row in queue_of(client, started)["rows"]:
        client.post(f"/queue/{row['id']}/delete/", headers=JSON)
    taken = say(client, started, "é" * 150_000, client_id="0190aaaa-third")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "queue_full")
    assert taken.status_code == 202


@pytest.mark.parametrize("act", ["delete", "send", "edit", "save", "leave"])
def test_what_waits_is_its_persons_alone(
    client_for: ClientFor, alice: User, charlie: User, model: Model, act: str
) -> None:
    started = start(client_for(alice))
    row = say(client_for(alice), started, "Private").json()["queue"]["rows"][0]
    other, conversation = client_for(charlie), started["conversation"]["id"]

    assert other.get(f"/conversations/{conversation}/queue/", headers=JSON).status_code == 404
    assert other.post(f"/conversations/{conversation}/queue/resume/", headers=JSON).status_code == 404
    assert other.post(f"/queue/{row['id']}/{act}/", headers=JSON).status_code == 404
    assert Client().post(f"/queue/{row['id']}/{act}/", headers=JSON).status_code == 401
    assert texts(queue_of(client_for(alice), started)) == ["Private"]


def test_stopping_a_reply_that_no_worker_has_begun_ends_it_at_once_and_gives_the_money_back(
    client: Client, started: dict[str, Any]
) -> None:
    stop(client, started)

    generation = Generation.objects.get()
    assert (generation.status, generation.started_at) == (Status.STOPPED, None)
    assert sorted(LedgerEntry.objects.values_list("kind", flat=True)) == ["hold", "release"]
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    reply = client.get(f"/generations/{generation.pk}/", headers=JSON).json()["reply"]
    assert reply["note"].startswith("Stopped before answering.")


def test_stopping_pauses_what_waits_and_going_on_sends_the_first_of_it(
    client: Client, started: dict[str, Any]
) -> None:
    say(client, started, "One")
    say(client, started, "Two")

    stop(client, started)
    paused = queue_of(client, started)
    answer = client.post(f"/conversations/{started['conversation']['id']}/queue/resume/", headers=JSON)

    assert paused["paused"] == "You stopped the reply, so what waits is not sent by itself."
    assert texts(paused) == ["One", "Two"]
    assert answer.status_code == 201
    assert (answer.json()["message"]["text"], texts(answer.json()["queue"])) == ("One", ["Two"])
    assert answer.json()["queue"]["paused"] == ""
    assert Conversation.objects.get().tip_id == uuid.UUID(answer.json()["reply"]["id"])


@pytest.mark.parametrize("is_next", [False, True])
def test_a_stop_that_came_too_late_for_the_reply_still_holds_up_what_waits_but_for_what_is_sent_now(
    client: Client, started: dict[str, Any], is_next: bool
) -> None:
    say(client, started, "And then?")
    [generation] = claim.claim(worker="test", most=1)
    stop(client, started)
    if is_next:
        client.post(f"/queue/{QueuedMessage.objects.get().pk}/send/", headers=JSON)

    finish.finish(generation, worker="test", ending=Ending(status=Status.DONE, written=NOTHING_WRITTEN))

    assert Message.objects.filter(text="And then?").exists() is is_next
    paused = "" if is_next else "You stopped the reply, so what waits is not sent by itself."
    assert queue_of(client, started)["paused"] == paused


def test_going_on_without_money_leaves_everything_waiting_with_the_reason(
    client: Client, started: dict[str, Any], alice: User
) -> None:
    say(client, started, "One")
    stop(client, started)
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=NO_BUDGET)

    answer = client.post(f"/conversations/{started['conversation']['id']}/queue/resume/", headers=JSON)

    assert answer.status_code == 402
    assert queue_of(client, started)["paused"] == answer.json()["error"]["message"]
    assert texts(queue_of(client, started)) == ["One"]
    assert Message.objects.count() == 2


def test_going_on_when_nothing_waits_changes_nothing(client: Client, started: dict[str, Any]) -> None:
    stop(client, started)

    answer = client.post(f"/conversations/{started['conversation']['id']}/queue/resume/", headers=JSON)

    assert (answer.status_code, answer.json()["queue"]["rows"]) == (200, [])
    assert Generation.objects.count() == 1


def test_sending_one_now_from_a_paused_queue_sends_that_one_and_the_others_stay_paused(
    client: Client, started: dict[str, Any]
) -> None:
    say(client, started, "One")
    say(client, started, "Two")
    stop(client, started)
    second = queue_of(client, started)["rows"][1]

    answer = client.post(f"/queue/{second['id']}/send/", headers=JSON)

    assert answer.status_code == 201
    assert answer.json()["message"]["text"] == "Two"
    assert texts(answer.json()["queue"]) == ["One"]
    assert answer.json()["queue"]["paused"].startswith("You stopped the reply")


def test_sending_one_now_while_a_reply_waits_for_a_worker_ends_that_and_begins_this(
    client: Client, started: dict[str, Any]
) -> None:
    say(client, started, "One")
    say(client, started, "Two")
    second = queue_of(client, started)["rows"][1]

    answer = client.post(f"/queue/{second['id']}/send/", headers=JSON)

    assert answer.status_code == 202
    assert texts(answer.json()["queue"]) == ["One"]
    assert answer.json()["queue"]["paused"] == ""
    assert sorted(Generation.objects.values_list("status", flat=True)) == ["queued", "stopped"]
    assert Generation.objects.get(status="queued").reply.parent.text == "Two"  # type: ignore[union-attr]


def test_the_last_one_that_is_taken_back_takes_the_pause_with_it(
    client: Client, started: dict[str, Any]
) -> None:
    row = say(client, started, "One").json()["queue"]["rows"][0]
    stop(client, started)

    answer = client.post(f"/queue/{row['id']}/delete/", headers=JSON)

    assert answer.json()["queue"]["paused"] == ""


def test_a_message_sent_while_others_are_paused_goes_out_at_once(
    client: Client, started: dict[str, Any]
) -> None:
    say(client, started, "Waits")
    stop(client, started)

    answer = say(client, started, "Goes")

    assert answer.status_code == 201
    assert texts(queue_of(client, started)) == ["Waits"]
    assert queue_of(client, started)["paused"]


def edit(client: Client, row: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(f"/queue/{row['id']}/edit/", headers=JSON)
    assert (answer.status_code, answer.json()["text"]) == (200, row["text"])
    return dict(answer.json()["queue"])


def end_well() -> None:
    """What waits for its worker is answered."""
    for generation in claim.claim(worker="test", most=1):
        finish.finish(generation, worker="test", ending=Ending(status=Status.DONE, written=NOTHING_WRITTEN))


def test_a_message_edited_in_a_paused_queue_keeps_its_place_and_waits(
    client: Client, started: dict[str, Any]
) -> None:
    for text in ("One", "Two", "Three"):
        say(client, started, text)
    stop(client, started)
    second = queue_of(client, started)["rows"][1]

    edited = edit(client, second)
    answer = client.post(f"/queue/{second['id']}/save/", {"text": "Two, rather"}, headers=JSON)

    assert [row["is_being_edited"] for row in edited["rows"]] == [False, True, False]
    assert answer.status_code == 200
    assert texts(answer.json()["queue"]) == ["One", "Two, rather", "Three"]
    assert not any(row["is_being_edited"] for row in answer.json()["queue"]["rows"])
    assert answer.json()["queue"]["paused"].startswith("You stopped the reply")
    assert Generation.objects.count() == 1


def test_what_is_being_edited_is_passed_over_and_has_its_place_again_when_it_is_left(
    client: Client, started: dict[str, Any]
) -> None:
    for text in ("One", "Two", "Three"):
        say(client, started, text)
    first = queue_of(client, started)["rows"][0]

    edit(client, first)
    end_well()
    passed = texts(queue_of(client, started))
    answer = client.post(f"/queue/{first['id']}/leave/", headers=JSON)

    assert passed == ["One", "Three"]
    assert (answer.status_code, texts(answer.json()["queue"])) == (200, ["One", "Three"])
    end_well()
    assert texts(queue_of(client, started)) == ["Three"]


@pytest.mark.parametrize(("act", "said"), [("save", "One, rather"), ("leave", "One")])
def test_what_was_edited_until_all_replies_had_ended_is_sent_when_that_is_over(
    client: Client, started: dict[str, Any], act: str, said: str
) -> None:
    row = say(client, started, "One").json()["queue"]["rows"][0]
    edit(client, row)
    end_well()

    answer = client.post(f"/queue/{row['id']}/{act}/", {"text": "One, rather"}, headers=JSON)
    again = client.post(f"/queue/{row['id']}/{act}/", {"text": "One, rather"}, headers=JSON)

    assert (answer.status_code, answer.json()["message"]["text"]) == (201, said)
    assert (answer.json()["queue"]["rows"], again.status_code) == ([], 404)
    assert Generation.objects.count() == 2


def test_a_reply_stopped_while_the_one_behind_it_is_edited_holds_that_up_too(
    client: Client, started: dict[str, Any]
) -> None:
    row = say(client, started, "One").json()["queue"]["rows"][0]
    edit(client, row)
    stop(client, started)

    answer = client.post(f"/queue/{row['id']}/save/", {"text": "One, rather"}, headers=JSON)

    assert (answer.status_code, texts(answer.json()["queue"])) == (200, ["One, rather"])
    assert answer.json()["queue"]["paused"].startswith("You stopped the reply")


def test_going_on_does_not_send_what_is_being_edited(client: Client, started: dict[str, Any]) -> None:
    say(client, started, "One")
    say(client, started, "Two")
    stop(client, started)
    first, second = queue_of(client, started)["rows"]
    url = f"/conversations/{started['conversation']['id']}/queue/resume/"
    edit(client, first)

    with_another = client.post(url, headers=JSON)
    edit(client, first)
    end_well()
    alone = client.post(url, headers=JSON)

    assert (with_another.status_code, with_another.json()["message"]["text"]) == (201, second["text"])
    assert (alone.status_code, texts(alone.json()["queue"])) == (200, ["One"])


def test_an_edit_that_cannot_be_paid_when_its_turn_has_come_is_saved_and_waits_with_the_reason(
    client: Client, started: dict[str, Any], alice: User
) -> None:
    row = say(client, started, "One").json()["queue"]["rows"][0]
    edit(client, row)
    end_well()
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=alice.pk, limit=NO_BUDGET)

    answer = client.post(f"/queue/{row['id']}/save/", {"text": "One, rather"}, headers=JSON)

    assert (answer.status_code, texts(answer.json()["queue"])) == (200, ["One, rather"])
    assert answer.json()["queue"]["paused"]


def test_an_edit_is_bounded_as_what_waits_is(client: Client, started: dict[str, Any]) -> None:
    for name in ("first", "second"):
        say(client, started, "x" * 3_900_000, client_id=f"0190aaaa-{name}")
    row = say(client, started, "Short").json()["queue"]["rows"][2]
    edit(client, row)

    too_much = client.post(f"/queue/{row['id']}/save/", {"text": "x" * 300_000}, headers=JSON)
    nothing = client.post(f"/queue/{row['id']}/save/", {"text": " "}, headers=JSON)

    assert (too_much.status_code, too_much.json()["error"]["code"]) == (409, "queue_full")
    assert nothing.status_code == 422
    assert QueuedMessage.objects.get(pk=row["id"]).text == "Short"


def test_without_scripts_each_act_leads_back_to_the_conversation(
    client: Client, started: dict[str, Any]
) -> None:
    for text in ("One", "Two", "Three"):
        say(client, started, text)
    stop(client, started)
    first, second, _ = queue_of(client, started)["rows"]

    answers = [
        client.post(f"/queue/{first['id']}/delete/"),
        client.post(f"/queue/{second['id']}/send/"),
        client.post(f"/conversations/{started['conversation']['id']}/queue/resume/"),
    ]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, started["conversation"]["url"])
    }
    assert texts(queue_of(client, started)) == ["Three"]


@pytest.mark.django_db(transaction=True)
def test_a_stop_and_a_worker_at_the_same_moment_agree_on_who_ends_the_reply(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    client = client_for(alice)
    for _ in range(8):
        started = start(client)
        together = Barrier(2)
        with ThreadPoolExecutor(2) as pool:
            stopped = pool.submit(at_once, together, partial(stop, client, started))
            claimed = pool.submit(at_once, together, partial(claim.claim, worker="here", most=1))
            stopped.result()

        generation = Generation.objects.get(pk=started["reply"]["reply"]["generation"])
        assert generation.stop_requested_at is not None
        if generation.status == Status.RUNNING:
            assert claimed.result() == [generation.pk]
            finish.finish(generation.pk, worker="here", ending=Ending(Status.STOPPED, NOTHING_WRITTEN))
        else:
            assert (generation.status, claimed.result()) == (Status.STOPPED, [])
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
