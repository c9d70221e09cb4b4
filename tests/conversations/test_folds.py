"""What somebody said at length stands folded: its beginning, and the rest in one line."""

import pytest
from django.test import Client

from accounts.models import User
from conversations import folds
from conversations.models import Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

PASTE = "A clause of the contract.\n\n" * 400


@pytest.fixture
def client(client_for: ClientFor, alice: User, model: Model) -> Client:
    return client_for(alice)


def test_what_was_typed_stands_above_the_line_of_what_was_pasted(client: Client) -> None:
    paste = "x" * 9_000
    talk = Talk(client, f"Sum this up.\n\nIn German.\n\n{paste}")

    (said, _) = talk.shown()

    assert said["fold"] == {
        "head": "Sum this up.\n\nIn German.",
        "rest": paste,
        "line": "Long text, 9,000 characters",
    }


@pytest.mark.parametrize(
    "text",
    [
        PASTE,
        "x" * 9_000,
        "\n\n" + "x" * 9_000,
        "y" * 600 + "\n\n" + PASTE,
        "y" * 601 + "\n\n" + PASTE,
        "😀\n\n" + PASTE,
    ],
)
def test_nothing_of_it_is_lost(text: str) -> None:
    fold = folds.fold_of(text)

    assert fold is not None
    assert "\n\n".join(filter(None, [fold["head"], fold["rest"]])) == text
    assert len(fold["head"]) <= 600
    assert fold["line"] == f"Long text, {len(fold['rest']):,} characters"


def test_what_the_box_would_not_fold_is_shown_as_it_is(client: Client) -> None:
    talk = Talk(client, "x" * 7_999)
    reply = talk.end("y" * 20_000)

    said, answer = talk.shown()

    assert (said["fold"], answer["fold"], answer["id"]) == (None, None, reply)


def test_of_a_text_that_is_not_here_whole_the_line_counts_all(client: Client) -> None:
    talk = Talk(client, "Sum this up.\n\n" + "x" * 50_000)

    (said, _) = talk.shown()

    assert said["fold"]["line"] == "Long text, 50,000 characters"
    assert said["whole"] == "50,014"
    assert said["fold"]["rest"].endswith("x…")


def test_without_scripts_and_on_a_shared_page_all_of_it_is_there(
    client: Client, client_for: ClientFor, bob: User
) -> None:
    talk = Talk(client, f"Sum this up.\n\n{PASTE}")
    talk.end()
    link = client.post(f"/conversations/{talk.id}/share/", headers=JSON).json()["url"]

    for page in (client.get(f"/c/{talk.id}/"), client_for(bob).get(link.replace("http://testserver", ""))):
        assert PASTE[-9_000:] in page.text
        assert "characters</span></summary>" in page.text
