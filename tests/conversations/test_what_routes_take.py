"""What a route cannot take goes another way, or is refused with the reason; administrators say what it takes."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actions import prices
from accounts.models import AuditEntry, User
from conversations.models import Conversation, Generation, Message, Model, Provider, ProviderKind, Route
from tests.conftest import ClientFor
from tests.conversations.tree import JSON, Talk

PAGE = "/providers/models/"
TAKES = {
    "context_window": "",
    "longest_reply": "",
    "efforts": ["off", "low", "high", "max"],
    "takes": ["temperature", "top_p", "tools"],
}
SETTINGS = {"instructions": "", "temperature": "", "top_p": "", "reply_limit": ""}


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    return client_for(admin)


@pytest.fixture
def first(model: Model) -> Route:
    return model.routes.get()


@pytest.fixture
def second(model: Model) -> Route:
    """A way that is tried after the first."""
    provider = Provider.objects.create(
        slug="second", kind=ProviderKind.COMPATIBLE, name="Second", base_url="http://127.0.0.1:8/v1"
    )
    prices.set_price(
        actor=None, provider="second", upstream_model="v4", input=Decimal(1), cache_read=None,
        output=Decimal(1), source="test",
    )  # fmt: skip
    return Route.objects.create(model=model, provider=provider, upstream_model="v4", order=2)


@pytest.fixture
def talk(client_for: ClientFor, alice: User, model: Model) -> Talk:
    talk = Talk(client_for(alice))
    talk.end()
    return talk


def limit(office: Client, route: Route, **changes: Any) -> Any:
    return office.post(f"/providers/routes/{route.pk}/takes/", TAKES | changes)


def save(talk: Talk, **changes: str) -> None:
    talk.client.post(f"/conversations/{talk.id}/settings/", SETTINGS | changes, headers=JSON)


def passed_over(talk: Talk) -> list[dict[str, str]]:
    """As the last reply's details say it."""
    message = Message.objects.filter(role="assistant").latest("created_at").pk
    groups = talk.client.get(f"/replies/{message}/details/", headers=JSON).json()["groups"]
    return next((group["lines"] for group in groups if group["title"] == "Passed over"), [])


def test_a_message_that_is_too_long_for_the_first_route_goes_to_the_next_and_the_details_say_so(
    office: Client, talk: Talk, first: Route, second: Route
) -> None:
    limit(office, first, context_window="8,192")

    talk.say("word " * 8_000)

    assert Generation.objects.latest("queued_at").provider == "second"
    assert passed_over(talk) == [{"label": "Scripted", "value": "Reads 8.2k tokens at most"}]


@pytest.mark.parametrize(
    ("lacks", "wish", "effort", "why"),
    [
        ({"takes": ["top_p", "tools"]}, {"temperature": "0.7"}, "off", "Takes no temperature"),
        ({"takes": ["temperature", "tools"]}, {"top_p": "0.5"}, "off", "Takes no top-p"),
        ({"takes": ["temperature", "top_p"]}, {"tools": "calculate"}, "high", "Takes no tools"),
        ({"efforts": ["low", "high"]}, {}, "off", "Does not answer without thinking"),
        ({"efforts": ["off", "high"]}, {}, "max", "Cannot be asked to think that hard"),
    ],
)
def test_what_a_conversation_asks_for_is_sent_by_a_route_that_takes_it(
    office: Client,
    talk: Talk,
    first: Route,
    second: Route,
    lacks: dict[str, Any],
    wish: dict[str, str],
    effort: str,
    why: str,
) -> None:
    limit(office, first, **lacks)
    save(talk, **wish)

    talk.say("Now", effort=effort)
    assert Generation.objects.latest("queued_at").provider == "second"
    assert passed_over(talk) == [{"label": "Scripted", "value": why}]

    talk.end()
    save(talk)
    talk.say("And as usual", effort="high")
    assert Generation.objects.latest("queued_at").provider == "scripted"
    assert passed_over(talk) == []


def test_where_no_route_takes_it_the_reason_is_said_and_nothing_is_kept(
    office: Client, talk: Talk, first: Route, second: Route
) -> None:
    limit(office, first, takes=["top_p", "tools"])
    limit(office, second, efforts=["high"])
    save(talk, temperature="0.7")
    before = Message.objects.count()

    answer = talk.say("Now", effort="off")

    assert answer.status_code == 422
    assert answer.json()["error"]["message"] == (
        "Nobody who runs DeepSeek V4 Flash can take this, so nothing was sent: Scripted takes no temperature; Second "
        "does not answer without thinking. Change what this conversation asks for, or pick another model."
    )
    assert Message.objects.count() == before


def test_where_every_route_is_too_small_the_largest_is_named(
    office: Client, talk: Talk, first: Route, second: Route
) -> None:
    limit(office, first, context_window="8,192")
    limit(office, second, context_window="10,000")

    answer = talk.say("word " * 40_000)

    assert answer.status_code == 422
    assert "about 50k tokens long and the model reads 10k" in answer.json()["error"]["message"]


def test_no_more_is_held_for_than_the_longest_reply_that_a_route_writes(
    office: Client, talk: Talk, first: Route
) -> None:
    limit(office, first, longest_reply="2,000")

    talk.say("Now")

    assert Generation.objects.latest("queued_at").max_tokens == 2_000


def test_thinking_that_no_route_can_be_asked_for_is_not_offered(
    office: Client, talk: Talk, first: Route, second: Route
) -> None:
    def offered() -> list[str]:
        """As the chip of models tells it to the chip of efforts."""
        page = talk.client.get(f"/c/{talk.id}/").text
        return re.search(r'data-efforts="([a-z ]*)"', page)[1].split()  # type: ignore[index]

    assert offered() == ["off", "low", "high", "max"]
    limit(office, first, efforts=["low", "high"])
    assert offered() == ["off", "low", "high", "max"]
    limit(office, second, efforts=["high", "max"])
    assert offered() == ["low", "high", "max"]


def test_tools_that_no_route_takes_are_greyed_and_not_asked_for_until_one_does(
    office: Client, talk: Talk, first: Route, second: Route
) -> None:
    def offered() -> bool:
        """As the chip of models tells it to the settings."""
        return "data-tools" in talk.client.get(f"/c/{talk.id}/").text

    save(talk, tools="calculate")
    limit(office, first, takes=["temperature", "top_p"])
    assert offered()
    limit(office, second, takes=["temperature", "top_p"])
    assert not offered()

    assert talk.say("Now").status_code == 201
    assert Generation.objects.latest("queued_at").tools == []

    talk.end()
    limit(office, second)
    talk.say("And now?")
    assert offered()
    assert Generation.objects.latest("queued_at").tools == ["calculate"]


def test_what_a_route_takes_is_saved_shown_and_written_down(
    office: Client, client_for: ClientFor, alice: User, first: Route
) -> None:
    limit(office, first, context_window="65,536", efforts=["high"], takes=["tools"])

    page = office.get(PAGE).text
    assert "Reads 65.5k tokens at most · thinking: high · takes no temperature · takes no top-p" in page
    form = office.get(f"/providers/routes/{first.pk}/takes/").text
    assert 'value="65,536"' in form
    entry = AuditEntry.objects.get(action="route.limited")
    assert (entry.before["context_window"], entry.after["context_window"]) == (None, 65_536)
    assert limit(client_for(alice), first).status_code == 404


def test_what_is_wrong_is_said_and_the_rest_is_kept_for_mending(office: Client, first: Route) -> None:
    small = limit(office, first, longest_reply="12")
    assert "Enter 1024 or more." in small.text

    answer = limit(office, first, context_window="many", longest_reply="4,096", efforts=[])

    assert answer.status_code == 422
    assert "Enter a whole number, such as 65,536." in answer.text
    assert 'value="4,096"' in answer.text
    assert "Choose at least one, or nothing could be sent there." in answer.text
    first.refresh_from_db()
    assert first.longest_reply is None


def test_a_provider_that_is_connected_begins_with_what_it_is_known_to_take(
    office: Client, model: Model
) -> None:
    for kind in ("routeway", "deepseek", "openrouter"):
        office.post("/providers/connect/", {"kind": kind, "api_key": "sk-0123456789"})

    takes = Route.objects.exclude(provider__slug="scripted")
    assert {route.provider.slug: (route.efforts, route.lacks, route.longest_reply) for route in takes} == {
        "routeway": (["low", "high", "max"], [], None),
        "deepseek": (None, ["top_p"], 393_216),
        "openrouter": (None, [], None),
    }
    assert Conversation.objects.count() == 0
