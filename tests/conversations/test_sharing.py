"""Sharing: a frozen copy for who is signed in, taken back at the next request."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import people
from accounts.models import AuditEntry, User
from conversations.models import Conversation, Generation, Message, Model, ShareLink, Status
from tests.conftest import ClientFor
from tests.conversations.test_sending import JSON, start


@pytest.fixture
def conversation(client_for: ClientFor, alice: User, model: Model) -> Conversation:
    """Alice's, with one finished reply."""
    start(client_for(alice), "What is shared?")
    Generation.objects.update(status=Status.DONE)
    Message.objects.filter(role="assistant").update(
        text="Only this.", reasoning="thought-canary", reasoning_ms=900
    )
    return Conversation.objects.get()


def share(client: Client, conversation: Conversation, **more: Any) -> Any:
    return client.post(f"/conversations/{conversation.pk}/share/", more, headers=JSON)


def path_of(answer: Any) -> str:
    return f"/s/{answer.json()['url'].split('/s/', 1)[1]}"


def test_somebody_signed_in_reads_a_copy_without_thinking_cost_or_address(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    page = client_for(bob).get(path)

    text = page.content.decode()
    assert page.status_code == 200
    assert "What is shared?" in text and "Only this." in text and "Alice" in text
    assert "thought-canary" not in text and alice.email not in text
    assert "noindex" in page.headers["X-Robots-Tag"] and "no-store" in page.headers["Cache-Control"]


def test_thinking_is_shown_only_when_asked_for(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation, reasoning="on"))

    assert "thought-canary" in client_for(bob).get(path).content.decode()


def test_a_reply_without_an_answer_says_so_and_not_why_in_a_copy_too(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    Generation.objects.update(status=Status.FAILED, fault="fault-canary")
    Message.objects.filter(role="assistant").update(text="")
    path = path_of(share(client_for(alice), conversation))

    page = client_for(bob).get(path).content.decode()

    copy = client_for(bob).post(f"{path}continue/", follow=True).content.decode()
    for shown in (page, copy):
        assert shown.count("No answer was written.") == 1
        assert "fault-canary" not in shown


@pytest.mark.parametrize(
    ("end", "sentence"),
    [
        ({"status": Status.STOPPED}, "Stopped before its end."),
        ({"status": Status.INTERRUPTED, "fault": "fault-canary"}, "Broken off before its end."),
        ({"status": Status.FAILED, "fault": "fault-canary"}, "Broken off before its end."),
        ({"finish_reason": "length"}, "Cut before its end."),
        ({"finish_reason": "no_budget"}, "Cut before its end."),
    ],
    ids=["stopped", "interrupted", "failed", "at its length", "by a budget"],
)
def test_a_reply_that_is_not_whole_says_so_and_not_why_behind_the_link_in_a_copy_and_in_a_fork_of_it(
    client_for: ClientFor,
    alice: User,
    bob: User,
    conversation: Conversation,
    end: dict[str, str],
    sentence: str,
) -> None:
    Generation.objects.update(**end)
    path = path_of(share(client_for(alice), conversation))

    page = client_for(bob).get(path).content.decode()

    copied = client_for(bob).post(f"{path}continue/", follow=True)
    reply = Message.objects.get(conversation__owner=bob, role="assistant")
    forked = client_for(bob).post(f"/messages/{reply.pk}/fork/", {"client_id": uuid4()}, follow=True)
    for shown in (page, copied.content.decode(), forked.content.decode()):
        assert shown.count(sentence) == 1
        assert "fault-canary" not in shown and "budget has no room" not in shown


def test_a_whole_reply_and_links_made_before_there_was_such_a_word_say_nothing_of_their_end(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))
    link = ShareLink.objects.get()
    del link.turns[-1]["cut_short"]
    link.save()

    page = client_for(bob).get(path).content.decode()

    copied = client_for(bob).post(f"{path}continue/", follow=True).content.decode()
    for shown in (page, copied):
        assert "before its end" not in shown


def test_the_secret_of_a_link_has_256_bits(
    client_for: ClientFor, alice: User, conversation: Conversation
) -> None:
    share(client_for(alice), conversation)

    assert len(ShareLink.objects.get().token) == 43


def test_later_turns_do_not_show_through(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    Message.objects.filter(role="assistant").update(text="Changed afterwards.")

    assert "Only this." in client_for(bob).get(path).content.decode()


def test_revoking_acts_on_the_next_request_and_tells_how_many_had_opened_it(
    client_for: ClientFor, alice: User, bob: User, charlie: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))
    for reader in (bob, bob, charlie, alice):
        assert client_for(reader).get(path).status_code == 200

    answer = client_for(alice).post(f"/links/{ShareLink.objects.get().pk}/revoke/", headers=JSON)

    assert answer.json()["sentence"] == "The link is dead. Two people had opened it."
    revoked, unknown = client_for(bob).get(path), client_for(bob).get("/s/" + "x" * 43 + "/")
    assert revoked.status_code == unknown.status_code == 404
    assert client_for(bob).post(path + "continue/").status_code == 404
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"link.made", "link.revoked"}


@pytest.mark.parametrize("token", ["x%00", "x" * 300, "..%2f", "<b>"])
def test_an_address_that_is_no_secret_finds_nothing(client_for: ClientFor, alice: User, token: str) -> None:
    assert client_for(alice).get(f"/s/{token}/").status_code == 404


def test_only_its_maker_can_revoke_a_link(
    client_for: ClientFor, alice: User, charlie: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    answer = client_for(charlie).post(f"/links/{ShareLink.objects.get().pk}/revoke/", headers=JSON)

    assert answer.status_code == 404
    assert client_for(charlie).get(path).status_code == 200


def test_an_expired_link_is_as_good_as_unknown(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation, days="1"))
    assert client_for(bob).get(path).status_code == 200

    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client_for(bob).get(path).status_code == 404


def test_the_links_of_somebody_suspended_are_dead(
    client_for: ClientFor, alice: User, bob: User, admin: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    people.suspend_user(actor=admin, user=alice, note="")

    assert client_for(bob).get(path).status_code == 404


def test_a_signed_out_reader_comes_back_to_the_link_after_signing_in(
    client: Client, client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    answer = client.get(path)
    signed_in = client.post(
        answer.headers["Location"], {"login": bob.email, "password": "correct horse battery staple"}
    )

    assert answer.status_code == 302
    assert signed_in.headers["Location"] == path


def test_a_reader_goes_on_in_a_private_copy_that_outlives_the_link(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))
    reader = client_for(bob)

    page = reader.post(path + "continue/", follow=True)
    ShareLink.objects.all().delete()

    copy = Conversation.objects.get(owner=bob)
    assert "Only this." in page.content.decode()
    assert reader.get(f"/c/{copy.pk}/").status_code == 200
    assert client_for(alice).get(f"/c/{copy.pk}/").status_code == 404
    assert list(copy.messages.order_by("created_at").values_list("text", flat=True)) == [
        "What is shared?",
        "Only this.",
    ]


def test_the_copy_goes_on_where_it_ended(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    reader = client_for(bob)
    reader.post(path_of(share(client_for(alice), conversation)) + "continue/")
    copy = Conversation.objects.get(owner=bob)

    answer = reader.post(
        f"/conversations/{copy.pk}/messages/",
        {"client_id": "0190aaaa-more", "text": "And then?", "after": str(copy.tip_id)},
        headers=JSON,
    )

    assert answer.status_code == 201


def test_a_reply_that_is_being_written_is_not_shared(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    start(client_for(alice), "Not yet")
    running = Conversation.objects.get()

    preview = client_for(alice).get(f"/conversations/{running.pk}/share/", headers=JSON).json()
    answer = share(client_for(alice), running)

    assert preview["turns"] == 0
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "nothing_to_share")


def test_the_dialog_says_first_what_will_be_seen(
    client_for: ClientFor, alice: User, conversation: Conversation
) -> None:
    preview = client_for(alice).get(f"/conversations/{conversation.pk}/share/", headers=JSON).json()

    assert preview["sentence"] == "Up to message 2. Without thinking. Costs are never shown."


def test_my_links_lists_mine_only(
    client_for: ClientFor, alice: User, bob: User, conversation: Conversation
) -> None:
    path = path_of(share(client_for(alice), conversation))

    assert path in client_for(alice).get("/links/").content.decode()
    assert path not in client_for(bob).get("/links/").content.decode()
