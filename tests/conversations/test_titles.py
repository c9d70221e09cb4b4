"""A conversation's title, in its person's own words."""

from accounts.models import User
from conversations.models import Conversation, Model
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk


def test_a_title_is_given_and_bad_ones_are_refused_with_a_sentence(
    client_for: ClientFor, alice: User, charlie: User, model: Model
) -> None:
    talk = Talk(client_for(alice))
    path = f"/conversations/{talk.id}/title/"

    assert talk.client.post(path, {"title": "Costs"}, headers=JSON).json() == {"title": "Costs"}
    assert client_for(charlie).post(path, {"title": "Mine"}, headers=JSON).status_code == 404
    for title, sentence in (("", "Write a title."), ("x" * 121, "A title has at most 120 characters.")):
        answer = talk.client.post(path, {"title": title}, headers=JSON)
        assert (answer.status_code, answer.json()["error"]["message"]) == (422, sentence)
    assert Conversation.objects.get().title == "Costs"
