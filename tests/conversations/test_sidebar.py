"""The list of conversations: by the reader's day, part by part, and anew for a page that was away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conversations import listing
from conversations.models import Conversation, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

LIST = "/conversations/list/"
# What any page may ask of the database before and around its list.
QUERIES_OF_A_PAGE = 20

Begin = Callable[..., list[Conversation]]


@pytest.fixture
def begin(model: Model) -> Begin:
    def begun(owner: User, count: int, *, at: datetime | None = None, **more: Any) -> list[Conversation]:
        """So many conversations, a minute apart, the first named the latest."""
        latest = at or timezone.now()
        rows = [
            Conversation(
                owner=owner,
                title=f"Talk {number}",
                model=model,
                effort="high",
                updated_at=latest - timedelta(minutes=number),
                **more,
            )
            for number in range(count)
        ]
        return Conversation.objects.bulk_create(rows)

    return begun


def asked(client: Client, address: str = LIST) -> dict[str, Any]:
    answer = client.get(address, headers=JSON)
    assert answer.status_code == 200
    return dict(answer.json())


def titles(part: dict[str, Any]) -> dict[str, list[str]]:
    return {group["label"]: [row["title"] for row in group["rows"]] for group in part["groups"]}


def test_a_page_that_was_away_learns_what_runs_what_is_shared_and_what_is_unread(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    client = client_for(alice)
    over = Talk(client, "over by now")
    over.end()
    client.post(f"/conversations/{over.id}/share/", headers=JSON)
    client.post(f"/conversations/{over.id}/share/", headers=JSON)
    running = Talk(client, "still written")

    answer = client.get(LIST, headers=JSON)

    marks = {
        row["id"]: [name for name in ("is_running", "is_shared", "is_unread") if row[name]]
        for group in answer.json()["groups"]
        for row in group["rows"]
    }
    assert marks == {running.id: ["is_running"], over.id: ["is_shared", "is_unread"]}
    assert "no-store" in answer.headers["Cache-Control"]


def test_nobody_learns_of_another_persons_conversations(
    client_for: ClientFor, alice: User, bob: User, begin: Begin
) -> None:
    begin(alice, 60)

    client = client_for(bob)

    assert asked(client)["groups"] == []
    assert asked(client, asked(client_for(alice))["older"])["groups"] == []


def test_who_is_signed_out_is_told_so(client_for: ClientFor, alice: User, model: Model) -> None:
    client = client_for(alice)
    client.logout()

    assert client.get(LIST, headers=JSON).status_code == 401


def test_what_was_looked_at_is_unread_on_no_device_any_more(
    client_for: ClientFor, alice: User, bob: User, model: Model
) -> None:
    def is_unread(client: Client) -> bool:
        return bool(asked(client)["groups"][0]["rows"][0]["is_unread"])

    desk, phone = client_for(alice), client_for(alice)
    talk = Talk(desk, "a long answer")
    talk.end()
    assert is_unread(phone)

    assert client_for(bob).post(f"/conversations/{talk.id}/seen/", headers=JSON).status_code == 404
    assert is_unread(phone)
    assert desk.post(f"/conversations/{talk.id}/seen/", headers=JSON).status_code == 200

    assert not is_unread(phone)


@pytest.mark.usefixtures("november")
def test_days_go_together_the_further_back_they_are(client_for: ClientFor, alice: User, begin: Begin) -> None:
    now = datetime(2026, 11, 22, 11, tzinfo=UTC)
    for days in (0, 1, 2, 7, 8, 30, 31, 330):
        begin(alice, 1, at=now - timedelta(days=days))
    begin(alice, 1, at=now - timedelta(days=90), pinned_at=now)

    groups = titles(asked(client_for(alice)))

    assert {label: len(rows) for label, rows in groups.items()} == {
        "Pinned": 1,
        "Today": 1,
        "Yesterday": 1,
        "Previous 7 days": 2,
        "Previous 30 days": 2,
        "October": 1,
        "December 2025": 1,
    }


@pytest.mark.usefixtures("november")
@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Tokyo", "Today"),
        ("America/Los_Angeles", "Yesterday"),
        ("Asia/Calcutta", "Today"),
        ("", "Yesterday"),
        ("../../etc/passwd", "Yesterday"),
        ("Nowhere/Atlantis", "Yesterday"),
    ],
)
def test_the_day_is_the_readers_or_the_installations_where_theirs_is_unknown(
    client_for: ClientFor, alice: User, begin: Begin, zone: str, label: str
) -> None:
    begin(alice, 1, at=datetime(2026, 11, 21, 23, tzinfo=UTC))
    client = client_for(alice)
    client.cookies["parley_zone"] = zone

    assert list(titles(asked(client))) == [label]
    assert f'data-group="{label}"' in client.get("/").content.decode()


def test_older_leads_to_every_conversation_once_though_the_list_changes_meanwhile(
    client_for: ClientFor, alice: User, begin: Begin
) -> None:
    rows = begin(alice, 140)
    client = client_for(alice)
    first = asked(client)
    moved, gone = rows[60], rows[49]
    Conversation.objects.filter(pk=moved.pk).update(updated_at=timezone.now())
    gone.delete()

    second = asked(client, first["older"])
    third = asked(client, second["older"])

    shown = [title for part in (first, second, third) for rows in titles(part).values() for title in rows]
    assert shown == [f"Talk {number}" for number in range(140) if number != 60]
    assert third["older"] == ""


def test_pinned_ones_come_first_however_many_there_are(
    client_for: ClientFor, alice: User, begin: Begin
) -> None:
    now = timezone.now()
    begin(alice, 60, pinned_at=now)
    begin(alice, 1)
    client = client_for(alice)

    first = asked(client)
    second = asked(client, first["older"])

    assert [[len(rows) for rows in titles(part).values()] for part in (first, second)] == [[50], [10, 1]]
    assert next(iter(titles(second))) == "Pinned"


def test_a_page_that_opened_more_gets_as_much_again(client_for: ClientFor, alice: User, begin: Begin) -> None:
    begin(alice, 120)
    client = client_for(alice)

    counts = [
        sum(len(rows) for rows in titles(asked(client, f"{LIST}?rows={rows}")).values())
        for rows in ("100", "1", "a lot", "-3", "99999")
    ]

    assert counts == [100, 50, 50, 50, 120]


@pytest.mark.parametrize("after", ["x", "1.2.3", f"..{'0' * 32}", f".{'9' * 40}.{'0' * 32}"])
def test_an_address_that_leads_nowhere_is_not_found(client_for: ClientFor, alice: User, after: str) -> None:
    assert client_for(alice).get(LIST, {"after": after}).status_code == 404


def test_without_scripts_older_is_a_page_of_its_own(client_for: ClientFor, alice: User, begin: Begin) -> None:
    begin(alice, 120)
    client = client_for(alice)

    page = client.get(asked(client)["older"])

    main = page.content.decode().partition("<main")[2]
    assert main.count('class="rows__row"') == 50
    assert "Talk 50" in main and "Talk 99" in main and ">Older</a>" in main


def test_the_list_is_read_from_its_index_in_its_order(alice: User, bob: User, begin: Begin) -> None:
    begin(alice, 3000)
    begin(bob, 3000)
    begin(alice, 500, archived_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conversations_conversation")
    middle = listing.rows_of(alice)[1500]
    place = listing.Place(middle.pinned_at, middle.updated_at, middle.pk)

    for part in (listing.rows_of(alice)[:51], listing.rows_of(alice, place)[:51]):
        plan = part.explain()

        assert "using listed on conversations_conversation" in plan
        assert "Sort" not in plan


def test_the_page_asks_no_more_however_many_there_are_and_reads_no_instructions(
    client_for: ClientFor, alice: User, begin: Begin
) -> None:
    client = client_for(alice)
    begin(alice, 1)
    with CaptureQueriesContext(connection) as few:
        client.get("/")
    begin(alice, 300, instructions="be long " * 1000)

    with CaptureQueriesContext(connection) as many:
        client.get("/")

    assert len(many) == len(few) <= QUERIES_OF_A_PAGE
    assert not any('"conversations_conversation"."instructions"' in query["sql"] for query in many)


def test_what_was_put_away_comes_in_pages(client_for: ClientFor, alice: User, begin: Begin) -> None:
    begin(alice, 101, archived_at=timezone.now())
    begin(alice, 101, deleted_at=timezone.now())
    client = client_for(alice)

    first = client.get("/conversations/put-away/").content.decode()
    last = client.get("/conversations/put-away/?page=2&deleted=2").content.decode()

    assert "101 conversations are archived." in first
    assert [page.count('class="rows__row"') for page in (first, last)] == [200, 2]


@pytest.mark.parametrize("rows", ["9" * 5_000, "-1", "many", ""])
def test_a_number_of_rows_that_is_none_gives_the_usual_part(
    client_for: ClientFor, alice: User, begin: Begin, rows: str
) -> None:
    begin(alice, 3)

    part = asked(client_for(alice), f"{LIST}?rows={rows}")

    assert part == asked(client_for(alice))
