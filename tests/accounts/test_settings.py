"""A person's own settings: their name, how Parley looks to them, what every model is told."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import ClientFor

SETTINGS = "/settings/"


def test_what_is_saved_is_kept_and_shown_again(alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    answer = save(
        client,
        display_name="Alice A.",
        appearance="dark",
        reasoning_display="closed",
        money_display="hover",
        instructions="Answer in German.\r\nBe brief.",
    )

    assert (answer.status_code, answer["Location"]) == (302, SETTINGS)
    alice.refresh_from_db()
    assert (alice.display_name, alice.instructions) == ("Alice A.", "Answer in German.\nBe brief.")
    page = client.get(SETTINGS).text
    assert "Your settings are saved." in page
    assert re.findall(r'<option value="(\w+)" selected', page)[:3] == ["dark", "closed", "hover"]


def test_a_person_gives_themselves_another_name(alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    save(client, display_name="  Dr <b>Alice</b> ")

    alice.refresh_from_db()
    assert alice.display_name == "Dr <b>Alice</b>"
    assert "<b>Alice</b>" not in client.get(SETTINGS).text


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\0b"])
def test_a_name_that_cannot_be_shown_is_refused(alice: User, client_for: ClientFor, name: str) -> None:
    assert save(client_for(alice), display_name=name).status_code == 422


def test_pages_are_made_as_their_reader_wants_them(alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)
    here = {"zone": "UTC"}
    assert root_of(client) == {"appearance": "system", "reasoning": "auto", "money": "shown", **here}

    save(client, appearance="light", reasoning_display="open", money_display="hidden")

    assert root_of(client) == {"appearance": "light", "reasoning": "open", "money": "hidden", **here}
    assert '<meta name="color-scheme" content="light">' in client.get(SETTINGS).text


def test_one_persons_settings_are_nobody_elses(alice: User, bob: User, client_for: ClientFor) -> None:
    save(client_for(alice), appearance="dark", instructions="Only for me.")

    assert root_of(client_for(bob))["appearance"] == "system"
    assert "Only for me." not in client_for(bob).get(SETTINGS).text


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("display_name", "", "Fill this in."),
        ("appearance", "pink", "Choose one of these."),
        ("instructions", "x" * 8_001, "Enter at most 8,000 characters."),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence_and_nothing_is_lost(
    alice: User, client_for: ClientFor, field: str, value: str, sentence: str
) -> None:
    answer = save(client_for(alice), **{"instructions": "Be brief.", field: value})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert (value if field == "instructions" else "Be brief.") in answer.text
    alice.refresh_from_db()
    assert (alice.display_name, alice.appearance, alice.instructions) == ("Alice", "system", "")


def save(client: Client, **changes: str) -> Any:
    now = {
        "display_name": "Alice",
        "appearance": "system",
        "reasoning_display": "auto",
        "money_display": "shown",
        "instructions": "",
    }
    return client.post(SETTINGS, now | changes)


def root_of(client: Client) -> dict[str, str]:
    root = re.search(r"<html[^>]*>", client.get(SETTINGS).text)
    assert root is not None
    return {name: value for name, value in re.findall(r'data-(\w+)="(\w+)"', root[0]) if name != "sidebar"}


def test_the_appearance_alone_is_kept_and_nothing_else_changes(alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    answer = client.post(f"{SETTINGS}appearance/", {"appearance": "dark"})

    assert answer.json() == {"appearance": "dark"}
    alice.refresh_from_db()
    assert (alice.appearance, alice.display_name) == ("dark", "Alice")
    assert 'data-appearance="dark"' in client.get("/links/").text


def test_an_appearance_that_there_is_not_is_refused_and_a_stranger_has_none(
    alice: User, client_for: ClientFor
) -> None:
    client = client_for(alice)

    answer = client.post(f"{SETTINGS}appearance/", {"appearance": "<b>pink"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    alice.refresh_from_db()
    assert alice.appearance == "system"
    json = {"Accept": "application/json"}
    stranger = Client().post(f"{SETTINGS}appearance/", {"appearance": "dark"}, headers=json)
    assert stranger.status_code == 401
