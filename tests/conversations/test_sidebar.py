"""The sidebar's marks, for a page that was away while something began, ended or was shared."""

from accounts.models import User
from conversations.models import Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

MARKS = "/conversations/marks/"


def test_a_page_that_was_away_learns_what_runs_and_what_is_shared(
    client_for: ClientFor, alice: User, model: Model
) -> None:
    client = client_for(alice)
    over = Talk(client, "over by now")
    over.end()
    client.post(f"/conversations/{over.id}/share/", headers=JSON)
    client.post(f"/conversations/{over.id}/share/", headers=JSON)
    running = Talk(client, "still written")

    answer = client.get(MARKS, headers=JSON)

    assert answer.json() == {"running": [running.id], "shared": [over.id], "unread": [over.id]}
    assert "no-store" in answer.headers["Cache-Control"]


def test_nobody_learns_of_another_persons_conversations(
    client_for: ClientFor, alice: User, bob: User, model: Model
) -> None:
    Talk(client_for(alice), "hers")

    assert client_for(bob).get(MARKS, headers=JSON).json() == {"running": [], "shared": [], "unread": []}


def test_who_is_signed_out_is_told_so(client_for: ClientFor, alice: User, model: Model) -> None:
    client = client_for(alice)
    client.logout()

    assert client.get(MARKS, headers=JSON).status_code == 401


def test_what_was_looked_at_is_unread_on_no_device_any_more(
    client_for: ClientFor, alice: User, bob: User, model: Model
) -> None:
    desk, phone = client_for(alice), client_for(alice)
    talk = Talk(desk, "a long answer")
    talk.end()
    assert phone.get(MARKS, headers=JSON).json()["unread"] == [talk.id]

    assert client_for(bob).post(f"/conversations/{talk.id}/seen/", headers=JSON).status_code == 404
    assert phone.get(MARKS, headers=JSON).json()["unread"] == [talk.id]
    assert desk.post(f"/conversations/{talk.id}/seen/", headers=JSON).status_code == 200

    assert phone.get(MARKS, headers=JSON).json()["unread"] == []
