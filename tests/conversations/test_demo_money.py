"""The demo's price is shown and billed to nobody, and every page says so in the same words."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from conversations.actions import catalogue
from conversations.models import Conversation, Model
from conversations.providers.demo import answers
from tests.conftest import ClientFor
from tests.conversations.test_model_page import RATES, called

WORDS = "demo price, not billed"


@pytest.fixture
def demo_only(db: None) -> Model:
    """A first start: the demo stands in for the default model, and nobody else is connected."""
    with override_settings(ENVIRONMENT=replace(settings.ENVIRONMENT, demo_base_url="http://127.0.0.1:9/v1")):
        catalogue.seed_catalogue()
    return Model.objects.get(is_default=True)


@pytest.fixture
def talk(demo_only: Model, alice: User) -> Conversation:
    """A conversation with one reply of the demo's."""
    attempt = called(demo_only, alice, timezone.now(), provider="demo", price=RATES | {"is_billed": False})
    reply = attempt.generation.reply
    Conversation.objects.update(tip_id=reply.pk)
    return reply.conversation


def test_its_price_is_said_so_before_anything_is_asked(
    client_for: ClientFor, alice: User, demo_only: Model
) -> None:
    text = client_for(alice).get("/").text

    assert f'data-price="$0.14 in · $0.28 out per 1M ({WORDS})"' in text
    assert f'<span data-model="price">$0.14 in · $0.28 out per 1M ({WORDS})</span></dd>' in text


def test_a_reply_and_what_all_of_them_came_to_say_the_same(
    client_for: ClientFor, alice: User, talk: Conversation
) -> None:
    page = client_for(alice)

    text = page.get(f"/c/{talk.pk}/").text
    lines = page.get(f"/conversations/{talk.pk}/money/").json()["lines"]

    assert f'<span data-part="figures">$0.00067 ({WORDS})' in text
    assert [line["value"] for line in lines] == [WORDS, WORDS]
    assert "free" not in str(lines)


def test_so_does_the_models_page(client_for: ClientFor, alice: User, talk: Conversation) -> None:
    text = client_for(alice).get("/models/deepseek-v4-flash/").text

    assert f"at $0.601 per 1M ({WORDS})." in text
    assert f'<div class="note">{WORDS}</div>' in text
    assert "in no sum" not in text  # nobody else answered, so these are the sums


def test_so_does_the_price_book_and_only_once(client_for: ClientFor, admin: User, demo_only: Model) -> None:
    answer = client_for(admin).get("/prices/")

    assert answer.text.count(WORDS) == answer.text.count("not billed") == 1


@pytest.mark.parametrize("question", ["Explain quantum computing", "What is the weather like?"])
def test_what_the_demo_says_of_itself_is_true_for_whoever_reads_it(question: str) -> None:
    said = answers.answer_to(question, "high").text

    assert "An administrator can connect DeepSeek V4 Flash to get real answers." in said
    assert "Connect DeepSeek" not in said + answers.answer_with("4").text
