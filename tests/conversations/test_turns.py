"""What can be done with one message: fork from it, rate it, look at how it came about, delete it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import LedgerEntry, User
from conversations import access, outcome_words
from conversations.actions import forks, versions
from conversations.models import Conversation, Generation, Message, Model, Rating
from conversations.providers.base import FaultCode
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


@pytest.fixture
def client(client_for: ClientFor, alice: User) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client, model: Model) -> Talk:
    """Two turns, both answered."""
    talk = Talk(client, "One")
    talk.end("First answer")
    talk.say("Two")
    talk.end("Second answer")
    return talk


def texts(talk: Talk) -> list[str]:
    return [message["text"] for message in talk.shown()]


# --- forking --------------------------------------------------------------------------------------------------


def test_a_fork_has_what_was_said_up_to_there_and_costs_nothing(talk: Talk) -> None:
    entries = LedgerEntry.objects.count()
    Conversation.objects.update(instructions="Be brief.", temperature="0.5")

    begun = fork(talk, talk.reply).json()["conversation"]

    assert begun["title"] == "One (fork)"
    copy = Conversation.objects.get(pk=begun["id"])
    shown = talk.client.get(f"/conversations/{begun['id']}/messages/", headers=JSON).json()["messages"]
    assert [message["text"] for message in shown] == ["One", "First answer"]
    assert (copy.instructions, str(copy.temperature), str(copy.forked_from_id)) == (
        "Be brief.",
        "0.50",
        talk.id,
    )
    assert LedgerEntry.objects.count() == entries
    assert texts(talk) == ["One", "First answer", "Two", "Second answer"]
    assert "Forked from" in talk.client.get(begun["url"]).text


def test_asking_twice_for_a_fork_makes_one(talk: Talk) -> None:
    first = fork(talk, talk.first, client_id="0190aaaa-fork").json()
    again = fork(talk, talk.first, client_id="0190aaaa-fork").json()

    assert first == again
    assert Conversation.objects.count() == 2


def test_a_fork_goes_on_by_itself(talk: Talk) -> None:
    begun = fork(talk, talk.reply).json()["conversation"]
    tip = Conversation.objects.get(pk=begun["id"]).tip_id

    answer = talk.client.post(
        f"/conversations/{begun['id']}/messages/", {"text": "Otherwise", "after": str(tip)}, headers=JSON
    )

    assert answer.status_code == 201
    assert Generation.objects.get(reply_id=answer.json()["reply"]["id"]).input_bound >= len("OneFirst answer")
    assert len(texts(talk)) == 4


def test_a_reply_that_is_being_written_cannot_be_forked(talk: Talk) -> None:
    talk.say("Three")

    assert fork(talk, talk.shown()[-1]["id"]).json()["error"]["code"] == "busy"
    assert fork(talk, talk.shown()[-2]["id"]).status_code == 201


# --- rating ---------------------------------------------------------------------------------------------------


def test_a_rating_is_kept_changed_and_taken_back(talk: Talk) -> None:
    assert rate(talk, "down", "Too long.").json() == {"rating": {"verdict": "down", "note": "Too long."}}
    assert [message["rating"] for message in talk.shown()] == [
        None, {"verdict": "down", "note": "Too long."}, None, None,
    ]  # fmt: skip

    rate(talk, "up")
    assert talk.shown()[1]["rating"] == {"verdict": "up", "note": ""}

    assert rate(talk, "").json() == {"rating": None}
    assert not Rating.objects.exists()


def test_a_rating_is_for_its_owner_and_administrators_see_counts_only(
    talk: Talk, admin: User, bob: User, client_for: ClientFor
) -> None:
    rate(talk, "down", "A secret remark")

    page = client_for(admin).get("/ratings/")

    assert page.status_code == 200
    assert "DeepSeek V4 Flash" in page.text
    assert "A secret remark" not in page.text
    assert client_for(bob).get("/ratings/").status_code == 404
    assert client_for(bob).post(f"/replies/{talk.reply}/rating/", {"verdict": "up"}).status_code == 404


@pytest.mark.parametrize(("verdict", "note"), [("sideways", ""), ("up", "x" * 2_001)])
def test_a_rating_that_makes_no_sense_is_refused(talk: Talk, verdict: str, note: str) -> None:
    assert rate(talk, verdict, note).status_code == 422
    assert not Rating.objects.exists()


# --- details --------------------------------------------------------------------------------------------------


def test_details_say_who_wrote_it_and_what_it_was_asked_with(talk: Talk) -> None:
    groups = talk.client.get(f"/replies/{talk.reply}/details/", headers=JSON).json()["groups"]

    asked = {
        one["label"]: one["value"]
        for group in groups
        if group["title"] == "Asked for"
        for one in group["lines"]
    }
    assert asked == {"Thinking": "high", "Longest reply allowed": "32,768 tokens"}
    assert details(talk, talk.reply)["Model"] == "DeepSeek V4 Flash"


@pytest.mark.parametrize("code", list(FaultCode))
def test_every_fault_of_a_provider_has_its_words(code: FaultCode) -> None:
    assert outcome_words.failed(code) not in ("", code.value)


def test_what_only_one_provider_says_of_an_end_stands_as_it_is() -> None:
    assert (outcome_words.ended("stop"), outcome_words.ended("eos"), outcome_words.ended("")) == (
        "by itself",
        "eos",
        "",
    )


def test_details_of_a_copied_reply_say_that_it_was_copied(talk: Talk) -> None:
    begun = fork(talk, talk.reply).json()["conversation"]
    copied = Message.objects.get(conversation=begun["id"], role="assistant")

    assert details(talk, str(copied.pk))["Origin"].startswith("This reply was copied")


def test_nobody_else_sees_details(talk: Talk, charlie: User, client_for: ClientFor) -> None:
    assert client_for(charlie).get(f"/replies/{talk.reply}/details/").status_code == 404


# --- deleting -------------------------------------------------------------------------------------------------


def test_deleting_takes_a_message_and_what_follows_and_leaves_the_ledger_alone(talk: Talk) -> None:
    entries = list(LedgerEntry.objects.order_by("pk"))
    second = talk.shown()[2]["id"]

    answer = delete(talk, second)

    assert answer.json() == {"replaces": second, "messages": []}
    assert texts(talk) == ["One", "First answer"]
    assert list(LedgerEntry.objects.order_by("pk")) == entries
    assert talk.say("Instead").status_code == 201


def test_what_was_deleted_is_there_for_nothing_any_more(talk: Talk) -> None:
    second, answer = (message["id"] for message in talk.shown()[2:])
    delete(talk, second)

    assert talk.edit(second, "Other").status_code == 404
    assert talk.retry(answer).status_code == 404
    assert talk.choose(answer).status_code == 404
    assert fork(talk, answer).status_code == 404
    assert talk.say("After it", after=answer, branch="on").status_code == 409
    assert delete(talk, second).status_code == 404


def test_another_version_comes_in_the_place_of_a_deleted_one(talk: Talk) -> None:
    second = talk.shown()[2]["id"]
    talk.edit(second, "Two, otherwise")
    talk.end("Other answer")
    edited = talk.shown()[2]["id"]

    instead = delete(talk, edited).json()["messages"]

    assert [message["text"] for message in instead] == ["Two", "Second answer"]
    assert texts(talk) == ["One", "First answer", "Two", "Second answer"]
    assert instead[0]["versions"] is None


def test_the_first_message_can_be_deleted_and_something_else_be_said(talk: Talk) -> None:
    delete(talk, talk.first)

    assert texts(talk) == []
    assert talk.client.get(f"/c/{talk.id}/").status_code == 200
    assert talk.say("Anew", after="").status_code == 201
    assert texts(talk)[0] == "Anew"


def test_a_deleted_reply_leaves_its_question(talk: Talk) -> None:
    delete(talk, talk.shown()[3]["id"])

    assert texts(talk) == ["One", "First answer", "Two"]


def test_nothing_is_deleted_while_a_reply_is_written(talk: Talk) -> None:
    talk.say("Three")

    assert delete(talk, talk.first).json()["error"]["code"] == "busy"
    assert len(texts(talk)) == 6


@pytest.mark.parametrize("act", ["edit", "retry", "choose", "fork"])
def test_an_act_that_comes_to_the_lock_behind_a_delete_brings_nothing_back(talk: Talk, act: str) -> None:
    message = Message.objects.select_related("conversation").get(text="Two")  # found before it was deleted
    reply = Message.objects.select_related("conversation", "parent").get(text="Second answer")
    user = message.conversation.owner
    talk.client.post(f"/messages/{message.pk}/delete/", headers=JSON)
    acts: dict[str, Callable[[], object]] = {
        "edit": lambda: versions.edit_message(
            user=user, message=message, client_id="late-edit", text="Hm?", effort=""
        ),
        "retry": lambda: versions.retry_reply(user=user, reply=reply, client_id="late-retry"),
        "choose": lambda: versions.choose_version(user=user, message=reply),
        "fork": lambda: forks.fork_conversation(user=user, message=reply, client_id="late-fork"),
    }

    with pytest.raises(access.NotFound):
        acts[act]()

    assert texts(talk) == ["One", "First answer"]
    assert Generation.objects.count() == 2


def test_a_fork_no_longer_names_an_origin_that_was_deleted(talk: Talk) -> None:
    begun = fork(talk, talk.reply).json()["conversation"]

    talk.client.post(f"/conversations/{talk.id}/delete/", headers=JSON)

    assert "Forked from" not in talk.client.get(begun["url"]).text


def test_another_person_can_delete_nothing(talk: Talk, charlie: User, client_for: ClientFor) -> None:
    assert client_for(charlie).post(f"/messages/{talk.first}/delete/").status_code == 404
    assert len(texts(talk)) == 4


# --- how it is asked ------------------------------------------------------------------------------------------


def fork(talk: Talk, message: str, **more: str) -> Any:
    return talk.client.post(f"/messages/{message}/fork/", more, headers=JSON)


def rate(talk: Talk, verdict: str, note: str = "") -> Any:
    return talk.client.post(
        f"/replies/{talk.reply}/rating/", {"verdict": verdict, "note": note}, headers=JSON
    )


def delete(talk: Talk, message: str) -> Any:
    return talk.client.post(f"/messages/{message}/delete/", headers=JSON)


def details(talk: Talk, message: str) -> dict[str, str]:
    groups = talk.client.get(f"/replies/{message}/details/", headers=JSON).json()["groups"]
    return {line["label"]: line["value"] for group in groups for line in group["lines"]}


# --- very long texts --------------------------------------------------------------------------------------------


def test_of_a_very_long_text_the_beginning_is_shown_and_all_of_it_is_a_press_away(
    client: Client, model: Model, charlie: User, client_for: ClientFor
) -> None:
    text = "<b>ä</b> " * 5_000
    talk = Talk(client, text)
    talk.end()

    said = talk.shown()[0]

    assert said["whole"] == "45,000"
    assert said["text"] == text[:20_000].rstrip() + "…"
    whole = client.get(f"/messages/{talk.first}/text/")
    assert (whole["Content-Type"], whole["X-Content-Type-Options"]) == (
        "text/plain; charset=utf-8",
        "nosniff",
    )
    assert whole.content.decode() == text
    assert "All 45,000 characters, as they were sent" in client.get(f"/c/{talk.id}/").text
    assert client_for(charlie).get(f"/messages/{talk.first}/text/").status_code == 404
