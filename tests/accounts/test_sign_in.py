"""Signing in and out."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD, ClientFor

SIGN_IN = "/account/login/"
REFUSAL = "This address and this password do not belong together."


def test_it_signs_in_and_goes_where_one_was_going(alice: User, client: Client) -> None:
    answer = client.post(SIGN_IN, {"login": "Alice@Example.org", "password": PASSWORD, "next": "/settings/"})

    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    assert client.get("/settings/").status_code == 200


def test_it_signs_out_and_asks_first(alice: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    assert "Sign out of this browser?" in client.get("/account/logout/").text
    assert client.get("/settings/").status_code == 200

    assert client.post("/account/logout/")["Location"] == SIGN_IN
    assert client.get("/settings/")["Location"] == f"{SIGN_IN}?next=/settings/"
    assert not Session.objects.exists()


@pytest.mark.parametrize("address", ["alice@example.org", "nobody@example.org"])
def test_a_refusal_does_not_tell_whether_the_address_exists(
    alice: User, client: Client, address: str
) -> None:
    answer = client.post(SIGN_IN, {"login": address, "password": "wrong"})

    assert answer.status_code == 422
    assert REFUSAL in answer.text
    assert "Alice" not in answer.text


def test_a_suspended_person_is_told_so_once_the_password_is_right(alice: User, client: Client) -> None:
    alice.is_active = False
    alice.save(update_fields=["is_active"])

    assert REFUSAL in client.post(SIGN_IN, {"login": alice.email, "password": "wrong"}).text
    answer = client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD}, follow=True)

    assert "This account is suspended" in answer.text
    assert client.get("/settings/").status_code == 302


def test_failures_are_limited_per_account_wherever_they_come_from(alice: User, client: Client) -> None:
    for n in range(5):
        client.post(SIGN_IN, {"login": alice.email, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{n}")

    answer = client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD}, REMOTE_ADDR="10.0.1.1")

    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    assert "Too many attempts" in answer.text


def test_failures_are_limited_per_place_whatever_the_account(db: None, client: Client) -> None:
    answers = [client.post(SIGN_IN, {"login": f"{n}@example.org", "password": "x"}) for n in range(11)]

    assert {answer.status_code for answer in answers[:10]} == {422}
    assert answers[10].status_code == 429


def test_whoever_follows_a_shared_link_is_told_why_to_sign_in(alice: User, client: Client) -> None:
    why = "Sign in to read what was shared with you."
    shared = f"/s/{'a' * 43}/"
    page = client.get(shared, follow=True)

    assert why in page.text
    assert why in client.post(SIGN_IN, {"login": alice.email, "password": "x", "next": shared}).text
    assert why not in client.get(SIGN_IN).text
    assert why not in client.get(f"{SIGN_IN}?next=/settings/").text


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http://localhost:1/",
    ],
)
def test_next_never_leads_off_the_site(alice: User, client: Client, goal: str) -> None:
    answer = client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD, "next": goal})

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_nobody_signs_up_without_an_invitation(db: None, client: Client) -> None:
    form = {"email": "new@example.org", "password1": PASSWORD, "display_name": "New"}

    assert client.get("/account/signup/").status_code == 403
    assert client.post("/account/signup/", form).status_code == 403
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "email/",
        "confirm-email/",
        "confirm-email/x/",
        "reauthenticate/",
        "password/set/",
        "login/code/confirm/",
    ],
)
def test_what_else_allauth_could_do_is_closed(alice: User, client_for: ClientFor, path: str) -> None:
    assert client_for(alice).get(f"/account/{path}").status_code == 404
    assert client_for(alice).post(f"/account/{path}").status_code == 404
