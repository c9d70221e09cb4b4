"""Moments stand on a page in its reader's time zone from the beginning, where their browser has said which it is."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from accounts.models import User
from conversations.models import Conversation, Generation, Message, Model, ShareLink, Status
from tests.conftest import ClientFor
from tests.conversations.test_sending import JSON, start

SAID = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)


@pytest.fixture
def reader(client_for: ClientFor, alice: User, model: Model) -> Client:
    """Somebody who said something, found it again and shared it, all at five past eleven in London."""
    client = client_for(alice)
    start(client, "Where is the qubit?")
    Generation.objects.update(status=Status.DONE)
    talk = Conversation.objects.get()
    client.post(f"/conversations/{talk.pk}/share/", {"days": "7"}, headers=JSON)
    Message.objects.update(created_at=SAID)
    ShareLink.objects.update(created_at=SAID, expires_at=SAID.replace(day=28))
    return client


@pytest.mark.parametrize(
    ("zone", "said", "shared", "until"),
    [
        ("Asia/Tokyo", "08:05", "22 November 2026, 08:05", "until 29 November 2026, 08:05"),
        ("", "23:05", "21 November 2026, 23:05", "until 28 November 2026, 23:05"),
        ("Nowhere/Atlantis", "23:05", "21 November 2026, 23:05", "until 28 November 2026, 23:05"),
    ],
)
def test_times_are_the_readers_or_the_installations_where_theirs_is_unknown(
    reader: Client, zone: str, said: str, shared: str, until: str
) -> None:
    reader.cookies["parley_zone"] = zone

    talk = reader.get(f"/c/{Conversation.objects.get().pk}/").text
    links = reader.get("/links/").text

    assert f">{said}</time>" in talk
    assert f'data-zone="{zone if zone == "Asia/Tokyo" else "UTC"}"' in talk
    assert f">{shared}</time>" in links
    assert until in links


def test_what_is_found_is_dated_in_words(reader: Client) -> None:
    reader.cookies["parley_zone"] = "Asia/Tokyo"

    page = reader.get("/search/?q=qubit").text
    at_hand = reader.get("/search/found/?q=qubit").json()

    assert '<time datetime="2026-11-22T08:05:00+09:00">22 November 2026, 08:05</time>' in page
    assert datetime.fromisoformat(at_hand["messages"][0]["said_at"]) == SAID


def test_the_next_readers_zone_is_their_own(reader: Client) -> None:
    reader.cookies["parley_zone"] = "Asia/Tokyo"
    reader.get("/")
    reader.cookies["parley_zone"] = ""

    assert 'data-zone="UTC"' in reader.get("/").text
