"""Invitations: a link, its places, and everything that makes it refuse."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import budgets
from accounts.actions import invitations, people
from accounts.models import AuditEntry, Invitation, User
from tests.conftest import PASSWORD, ClientFor

NEW = {"email": "Dana@Example.org", "display_name": "Dana", "password": PASSWORD}


def join(secret: str, client: Client | None = None, **changed: str) -> "tuple[int, str]":
    answer = (client or Client()).post(f"/join/{secret}/", NEW | changed)
    return answer.status_code, answer.headers.get("Location") or answer.text


def test_who_holds_the_link_joins_and_is_signed_in(admin: User, client: Client) -> None:
    secret = invitations.invite(actor=admin, monthly_budget=Decimal("2.50"))

    assert "Admin invites you to Parley." in client.get(f"/join/{secret}/").text
    assert join(secret, client) == (302, "/")

    dana = User.objects.get(email="dana@example.org")
    assert (dana.display_name, dana.is_staff, dana.check_password(PASSWORD)) == ("Dana", False, True)
    assert budgets.limit_of(dana) == Decimal("2.50")
    assert "dana@example.org" in client.get("/settings/").text
    assert AuditEntry.objects.filter(action="user.added", actor_id=admin.pk, target="Dana").exists()


def test_only_the_hash_of_a_secret_is_kept(admin: User) -> None:
    secret = invitations.invite(actor=admin)

    assert secret not in str(Invitation.objects.values().get()) + str(list(AuditEntry.objects.values()))


def test_each_place_is_given_once(admin: User) -> None:
    secret = invitations.invite(actor=admin, places=2)

    assert join(secret)[0] == 302
    assert join(secret, email="eve@example.org")[0] == 302
    status, text = join(secret, email="frank@example.org")

    assert (status, "This invitation has been used." in text) == (404, True)
    assert User.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "This invitation expired on"),
        ({"revoked_at": timezone.now()}, "This invitation was withdrawn."),
    ],
)
def test_a_dead_link_says_why(admin: User, client: Client, change: dict[str, object], sentence: str) -> None:
    secret = invitations.invite(actor=admin)
    Invitation.objects.update(**change)

    page = client.get(f"/join/{secret}/")

    assert (page.status_code, sentence in page.text) == (404, True)
    assert join(secret)[0] == 404
    assert not User.objects.filter(email="dana@example.org").exists()


def test_an_unknown_link_is_told_from_a_used_one(db: None, client: Client) -> None:
    page = client.get("/join/not-a-secret/")

    assert (page.status_code, "There is no such invitation." in page.text) == (404, True)


def test_an_invitation_for_one_address_refuses_another_and_does_not_show_it(admin: User) -> None:
    secret = invitations.invite(actor=admin, email="Eve@Example.org", places=9)

    status, text = join(secret)
    assert (status, "This invitation is for another address." in text) == (422, True)
    assert "eve@example.org" not in text.lower()

    assert join(secret, email="eve@example.org")[0] == 302
    assert join(secret, email="eve@example.org")[0] == 404  # one address, one place


def test_a_taken_address_costs_no_place_and_keeps_what_was_typed(admin: User, alice: User) -> None:
    secret = invitations.invite(actor=admin)

    status, text = join(secret, email="ALICE@example.org")
    assert (status, "This address cannot join." in text, 'value="Dana"' in text) == (422, True, True)

    assert join(secret)[0] == 302


def test_what_the_form_says_raises_no_role(admin: User) -> None:
    secret = invitations.invite(actor=admin)

    join(secret, is_staff="on", makes_administrator="on", is_admin="true", monthly_budget="1000")

    dana = User.objects.get(email="dana@example.org")
    assert (dana.is_staff, dana.is_superuser, budgets.limit_of(dana)) == (False, False, Decimal(5))


@pytest.mark.parametrize("password", ["short", "password1234", "Dana@Example", "with\0nul-byte-in-it"])
def test_a_weak_password_is_refused_with_words(admin: User, password: str) -> None:
    status, text = join(invitations.invite(actor=admin), password=password)

    assert (status, "field__error" in text, f'value="{password}"' in text) == (422, True, False)


def test_who_is_signed_in_already_is_not_made_somebody_else(
    admin: User, alice: User, client_for: ClientFor
) -> None:
    secret = invitations.invite(actor=admin)

    status, text = join(secret, client_for(alice))

    assert (status, "You are signed in as Alice" in text) == (200, True)
    assert Invitation.objects.get().used == 0


def test_the_invitations_of_a_suspended_administrator_die(admin: User) -> None:
    second = people.add_person(actor=admin, email="two@example.org", password=PASSWORD, is_admin=True)
    secret = invitations.invite(actor=second)

    people.suspend_user(actor=admin, user=second)

    assert join(secret)[0] == 404


def test_the_address_of_the_page_does_not_travel_to_other_sites(admin: User, client: Client) -> None:
    page = client.get(f"/join/{invitations.invite(actor=admin)}/")

    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_three_places(admin: User) -> None:
    secret = invitations.invite(actor=admin, places=3)

    def try_it(n: int) -> int:
        try:
            return join(secret, Client(REMOTE_ADDR=f"10.0.0.{n}"), email=f"p{n}@example.org")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(try_it, range(50)))

    assert (statuses.count(302), statuses.count(404)) == (3, 47)
    assert User.objects.filter(is_staff=False).count() == 3


def test_no_refusal_writes_the_secret_into_the_log(admin: User, caplog: pytest.LogCaptureFixture) -> None:
    secret = invitations.invite(actor=admin)

    assert join(secret, password="short")[0] == 422
    Invitation.objects.update(revoked_at=timezone.now())
    assert join(secret)[0] == 404

    assert secret not in caplog.text
