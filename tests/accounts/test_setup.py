"""The three steps of a new administrator, and a person's own settings."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from accounts import budgets
from accounts.models import Invitation, User
from tests.conftest import ClientFor


def test_the_steps_lead_from_one_to_the_next(admin: User, alice: User, client_for: ClientFor) -> None:
    client = client_for(admin)

    assert client.get("/setup/")["Location"] == "/providers/connect/?next=%2Fsetup%2Fbudgets%2F"
    second = client.get("/setup/budgets/").text
    assert ("Step 2 of 3" in second, 'value="5.00"' in second, 'value="100.00"' in second) == (
        True,
        True,
        True,
    )
    saved = client.post("/setup/budgets/", {"person": "4", "organisation": "80"})
    assert saved["Location"] == "/setup/invite/"
    third = client.post("/setup/invite/", {"places": "12"}).text

    link = re.findall(r'value="https?://[^/"]+(/join/[^"]+)"', third)[0]
    assert (budgets.limit_of(alice), Invitation.objects.get().places) == (Decimal(4), 12)
    assert "Admin invites you to Parley." in Client().get(link).text
    assert "Open the chat" in third


@pytest.mark.parametrize(
    ("path", "name"),
    [("/providers/connect/", "api_key"), ("/setup/budgets/", "person"), ("/setup/invite/", "places")],
)
def test_each_step_begins_with_the_cursor_in_its_first_field(
    admin: User, client_for: ClientFor, path: str, name: str
) -> None:
    page = client_for(admin).get(path).text

    assert re.findall(r'<input[^>]* name="(\w+)"[^>]* autofocus', page) == [name]


def test_whoever_left_half_way_is_led_back_until_they_went_on(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    sentence = "Set-up is not finished:"

    assert sentence in client.get("/people/").text
    client.post("/setup/invite/", {"places": "3"})

    assert sentence not in client.get("/people/").text


def test_who_has_company_was_set_up_by_other_means(admin: User, alice: User, client_for: ClientFor) -> None:
    assert "Set-up is not finished:" not in client_for(admin).get("/people/").text


@pytest.mark.parametrize("path", ["/setup/", "/setup/budgets/", "/setup/invite/"])
def test_the_steps_are_the_administrators(
    alice: User, client: Client, client_for: ClientFor, path: str
) -> None:
    assert client_for(alice).get(path).status_code == 404
    assert client.get(path)["Location"].startswith("/account/login/")


@pytest.mark.parametrize("places", ["0", "-1", "501", "many", ""])
def test_a_bad_number_of_places_is_refused(admin: User, client_for: ClientFor, places: str) -> None:
    assert client_for(admin).post("/setup/invite/", {"places": places}).status_code == 422
    assert not Invitation.objects.exists()


def test_the_settings_lead_administrators_on_and_members_not(
    admin: User, alice: User, client_for: ClientFor
) -> None:
    assert "People and budgets" in client_for(admin).get("/settings/").text
    assert "People and budgets" not in client_for(alice).get("/settings/").text
