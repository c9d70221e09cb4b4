"""What no page of ours would send is refused in our words, like everything else."""

from importlib import import_module
from typing import Any

import pytest
from django import forms

from accounts.models import User
from accounts.own_words import OwnWords
from conversations.models import Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

NO_TEXT = "This has characters that no text has. Take them out and try again."
NOTHING_HERE = "There is no such thing here. Load the page again."


@pytest.fixture
def talk(client_for: ClientFor, alice: User, model: Model) -> Talk:
    talk = Talk(client_for(alice))
    talk.end()
    return talk


@pytest.mark.parametrize(
    ("path", "posted", "sentence"),
    [
        ("/replies/{reply}/rating/", {"verdict": "up", "note": "So\0so"}, NO_TEXT),
        (
            "/replies/{reply}/rating/",
            {"verdict": "up", "note": "x" * 2_001},
            "Enter at most 2,000 characters.",
        ),
        ("/replies/{reply}/rating/", {"verdict": "sideways"}, "Choose one of these."),
        ("/conversations/{id}/settings/", {"instructions": "Be\0brief."}, NO_TEXT),
        ("/conversations/{id}/rename/", {"title": "Be\0ans"}, NO_TEXT),
        ("/conversations/{id}/rename/", {"title": "x" * 121}, "Enter at most 120 characters."),
        ("/conversations/{id}/rename/", {"title": ""}, "Enter a title."),
        ("/conversations/{id}/model/", {"model": "no slug"}, NOTHING_HERE),
        ("/conversations/{id}/model/", {"model": "s\0lug"}, NOTHING_HERE),
        ("/conversations/{id}/model/", {"model": "x" * 81}, NOTHING_HERE),
        ("/conversations/{id}/messages/", {"text": "And?", "after": "no id"}, NOTHING_HERE),
        ("/conversations/{id}/messages/", {"text": "And?", "client_id": "no id"}, NOTHING_HERE),
        ("/conversations/{id}/messages/", {"text": "And?", "effort": "endless"}, "Choose one of these."),
    ],
)
def test_an_odd_post_is_refused_in_our_words(
    talk: Talk, path: str, posted: dict[str, str], sentence: str
) -> None:
    answer = talk.client.post(path.format(id=talk.id, reply=talk.reply), posted, headers=JSON)

    assert (answer.status_code, answer.json()["error"]["message"]) == (422, sentence)


def test_every_form_of_ours_speaks_in_our_words() -> None:
    import_module("chatapp.urls")

    ours = [
        form
        for form in _kinds_of(forms.BaseForm)
        if form.__module__.startswith(("accounts.", "conversations."))
    ]

    assert len(ours) > 20
    assert [form.__qualname__ for form in ours if not issubclass(form, OwnWords)] == []


def _kinds_of(kind: type[Any]) -> list[type[Any]]:
    found: list[type[Any]] = []
    for below in kind.__subclasses__():
        found += [below, *_kinds_of(below)]
    return found
