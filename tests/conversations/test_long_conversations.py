"""Long conversations: a page carries their end, the rest comes in pieces, and a link leads to any message."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conversations import parts
from conversations.models import Message, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk, lengthen


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


@pytest.fixture
def talk(client: Client) -> Talk:
    talk = Talk(client, "one")
    talk.end("first answer")
    return talk


@pytest.fixture
def long(talk: Talk) -> list[str]:
    """The ids of the 402 messages of a long conversation."""
    return [talk.first, talk.reply, *(str(row.pk) for row in lengthen(talk.row, 200))]


def read(talk: Talk, **asked: str) -> dict[str, Any]:
    answer: dict[str, Any] = talk.client.get(
        f"/conversations/{talk.id}/messages/", asked, headers=JSON
    ).json()
    return answer


def on_page(client: Client, address: str) -> list[str]:
    html = client.get(address).content.decode().split('role="log"')[1].split("<template")[0]
    return re.findall(r'data-message="([0-9a-f-]+)"', html)


def test_the_page_carries_the_end_and_a_way_to_what_is_earlier(talk: Talk, long: list[str]) -> None:
    page = talk.client.get(f"/c/{talk.id}/")

    assert on_page(talk.client, f"/c/{talk.id}/") == long[-parts.PIECE :]
    assert f'href="?before={long[-parts.PIECE]}"' in page.content.decode()


def test_without_scripts_the_whole_of_it_can_be_read_by_following_links(talk: Talk, long: list[str]) -> None:
    address = f"/c/{talk.id}/"
    seen: list[str] = []
    for _ in range(20):
        html = talk.client.get(address).content.decode()
        seen = on_page(talk.client, address) + seen
        link = re.search(r'data-part="earlier"><a [^>]*href="(\?before=[0-9a-f-]+)"', html)
        if not link:
            break
        address = f"/c/{talk.id}/{link[1]}"

    assert seen == long


def test_pieces_before_what_is_known_join_without_a_gap(talk: Talk, long: list[str]) -> None:
    seen: list[str] = []
    answer = read(talk)
    seen = [view["id"] for view in answer["messages"]]
    while answer["earlier"]:
        answer = read(talk, before=seen[0])
        seen = [view["id"] for view in answer["messages"]] + seen
        assert answer["earlier"] == len(long) - len(seen)

    assert seen == long


def test_what_follows_a_known_message_comes_whole_however_much_it_is(talk: Talk, long: list[str]) -> None:
    answer = read(talk, after=long[100])

    assert [view["id"] for view in answer["messages"]] == long[101:]
    assert (answer["after"], answer["earlier"]) == (long[100], 101)


def test_who_knows_nothing_that_is_on_the_branch_gets_its_end(talk: Talk, long: list[str]) -> None:
    answer = read(talk, after=str(uuid.uuid4()))

    assert [view["id"] for view in answer["messages"]] == long[-parts.PIECE :]
    assert (answer["after"], answer["earlier"]) == ("", len(long) - parts.PIECE)
    assert read(talk, before="nonsense")["messages"] == answer["messages"]


def test_a_link_to_a_message_far_up_has_it_and_what_stands_around_it(talk: Talk, long: list[str]) -> None:
    shown = on_page(talk.client, f"/c/{talk.id}/?message={long[50]}")

    assert long[50] in shown
    assert shown == long[50 - parts.BEFORE_IT :][: parts.PIECE]


def test_a_link_to_a_message_on_another_branch_shows_that_branch_and_loses_nothing(talk: Talk) -> None:
    talk.retry(talk.reply)
    talk.end("another answer")
    assert talk.texts() == ["one", "another answer"]

    page = talk.client.get(f"/c/{talk.id}/?message={talk.reply}")

    assert f'data-wanted="{talk.reply}"' in page.content.decode()
    assert talk.texts() == ["one", "first answer"]
    assert Message.objects.filter(conversation=talk.row).count() == 3
    talk.assert_sound()


def test_while_a_reply_is_written_the_branch_stays_and_the_page_says_so(talk: Talk) -> None:
    talk.retry(talk.reply)
    before = talk.texts()

    page = talk.client.get(f"/c/{talk.id}/?message={talk.reply}").content.decode()

    assert "That message stands on another branch" in page
    assert talk.texts() == before


@pytest.mark.parametrize("wanted", ["", "nonsense", str(uuid.uuid4())])
def test_a_link_to_what_is_not_there_says_so_on_the_page(talk: Talk, wanted: str) -> None:
    page = talk.client.get(f"/c/{talk.id}/?message={wanted}")

    assert page.status_code == 200
    assert "That message is not here any more." in page.content.decode()


def test_a_message_of_another_conversation_or_person_is_not_here(
    talk: Talk, client_for: ClientFor, bob: User
) -> None:
    his, other = Talk(client_for(bob), "his"), Talk(talk.client, "other")
    for message in (his.first, other.first):
        page = talk.client.get(f"/c/{talk.id}/?message={message}").content.decode()
        assert "That message is not here any more." in page
    assert client_for(bob).get(f"/c/{talk.id}/?message={talk.first}").status_code == 404
