"""Signing in again over a page that stands open: what its scripts ask, and what they are told."""

from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD, ClientFor

SIGN_IN = "/account/login/"
AS_SCRIPT = {"Accept": "application/json"}


def test_a_page_learns_who_is_signed_in_now(alice: User, client: Client, client_for: ClientFor) -> None:
    assert client.get("/session/").json()["user"] == ""
    assert client_for(alice).get("/session/").json()["user"] == str(alice.pk)


def test_no_cache_ever_keeps_the_answer(client: Client, db: None) -> None:
    assert "no-store" in client.get("/session/")["Cache-Control"]


def test_its_token_is_the_one_that_the_next_form_needs(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    form = {"login": alice.email, "password": PASSWORD}

    assert browser.post(SIGN_IN, form, headers=AS_SCRIPT).status_code == 403
    form["csrfmiddlewaretoken"] = browser.get("/session/").json()["csrf"]
    assert browser.post(SIGN_IN, form, headers=AS_SCRIPT).status_code == 200

    after = browser.get("/session/").json()
    assert after["user"] == str(alice.pk)
    assert browser.post("/account/logout/", {"csrfmiddlewaretoken": after["csrf"]}).status_code == 302


def test_a_script_is_told_why_it_may_not_sign_in_and_when_to_try_again(alice: User, client: Client) -> None:
    wrong = {"login": alice.email, "password": "wrong"}
    answers = [client.post(SIGN_IN, wrong, headers=AS_SCRIPT) for _ in range(6)]

    assert answers[0].status_code == 422
    assert answers[0].json()["error"]["message"] == "This address and this password do not belong together."
    assert (answers[5].status_code, answers[5]["Retry-After"]) == (429, "300")
    assert answers[5].json()["error"]["message"] == "Too many attempts. Wait five minutes, then sign in."


def test_a_suspended_person_stays_out(alice: User, client: Client) -> None:
    alice.is_active = False
    alice.save(update_fields=["is_active"])

    answer = client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD}, headers=AS_SCRIPT)

    assert answer.json() == {"location": "/account/inactive/"}
    assert client.get("/session/").json()["user"] == ""
