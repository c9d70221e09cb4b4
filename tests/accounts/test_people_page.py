"""The page of people, for administrators."""

import re
import uuid
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import budgets, windows
from accounts.models import (
    ORGANISATION_ID,
    AuditEntry,
    Invitation,
    Scope,
    SpendWindow,
    User,
    Window,
)
from tests.conftest import PASSWORD, ClientFor

PAGE = "/people/"


def spend(scope: Scope, scope_id: uuid.UUID, amount: str) -> None:
    SpendWindow.objects.create(
        scope=scope,
        scope_id=scope_id,
        window=Window.MONTH,
        starts_at=windows.start_of(Window.MONTH, timezone.now()),
        spent=Decimal(amount),
    )


def link_on(text: str, path: str) -> str:
    return str(re.findall(rf'value="https?://[^/"]+(/{path}/[^"]+)"', text)[0])


@time_machine.travel("2026-11-12T12:00:00Z", tick=False)
def test_it_opens_with_the_month_in_a_sentence(
    admin: User, alice: User, bob: User, client_for: ClientFor
) -> None:
    spend(Scope.ORGANISATION, ORGANISATION_ID, "38.111")
    spend(Scope.USER, alice.pk, "38.1109")
    spend(Scope.USER, bob.pk, "0.0001")

    page = client_for(admin).get(PAGE).text

    assert "November so far: $38.12 of $100.00, by 2 people." in page
    assert "$38.12" in page
    assert "$0.00010" in page


def test_it_lists_people_with_their_addresses_and_what_is_special(
    admin: User, alice: User, client_for: ClientFor
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    page = client_for(admin).get(PAGE).text

    assert "alice@example.org · suspended · not signed in yet" in page
    assert "admin@example.org · administrator" in page


@pytest.mark.parametrize("name", ["people", "invite", "budget", "suspend", "restore", "reset-link", "prices"])
def test_for_members_there_is_no_such_page(alice: User, bob: User, client_for: ClientFor, name: str) -> None:
    paths = {"people": PAGE, "invite": f"{PAGE}invite/", "prices": "/prices/"}
    path = paths.get(name, f"{PAGE}{bob.pk}/{name}/")
    form = {"limit": "100", "places": "1"}
    client = client_for(alice)

    answer = client.get(path) if name == "people" else client.post(path, form)

    assert answer.status_code == 404
    assert "bob@example.org" not in answer.text
    assert not AuditEntry.objects.exists()
    assert not Invitation.objects.exists()


def test_a_stranger_is_asked_to_sign_in(admin: User, client: Client) -> None:
    assert client.get(PAGE)["Location"] == "/account/login/?next=/people/"
    answer = client.post(f"{PAGE}{admin.pk}/suspend/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signed_out")


def test_a_member_sees_nobodys_address_but_their_own(alice: User, bob: User, client_for: ClientFor) -> None:
    client = client_for(alice)

    pages = client.get("/settings/").text + client.get("/links/").text

    assert "alice@example.org" in pages
    assert "bob@example.org" not in pages


def test_it_sets_a_budget_in_place_with_a_note(admin: User, alice: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    assert "Save budget" in client.get(f"{PAGE}?person={alice.pk}").text

    answer = client.post(f"{PAGE}{alice.pk}/budget/", {"limit": "12.5", "note": "thesis"}, follow=True)

    assert "The budget of Alice is saved." in answer.text
    assert budgets.limit_of(alice) == Decimal("12.5")
    entry = AuditEntry.objects.get(action="budget.set")
    assert (entry.actor_name, entry.target, entry.note) == ("Admin", "Alice", "thesis")
    assert entry.after["limit"] == "12.500000000000"


def test_an_empty_budget_gives_the_default_again(admin: User, alice: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.post(f"{PAGE}{alice.pk}/budget/", {"limit": "12"})

    client.post(f"{PAGE}{alice.pk}/budget/", {"limit": ""})

    assert budgets.limit_of(alice) == Decimal(5)


@pytest.mark.parametrize("limit", ["-1", "a lot", "NaN", "Infinity", "1e9", "0.001", "99999999", "1\0"])
def test_a_bad_budget_is_refused_where_it_was_typed(
    admin: User, alice: User, client_for: ClientFor, limit: str
) -> None:
    answer = client_for(admin).post(f"{PAGE}{alice.pk}/budget/", {"limit": limit, "note": "kept"})

    assert (answer.status_code, "field__error" in answer.text, 'value="kept"' in answer.text) == (
        422,
        True,
        True,
    )
    assert budgets.limit_of(alice) == Decimal(5)


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("0.505", "Enter whole cents, such as 0.50."),
        ("-1", "Enter 0 or more."),
        ("-0.001", "Enter 0 or more."),
        ("1e30", "Enter 10,000,000 or less."),
        ("lots", "Enter an amount in dollars, such as 5.00."),
    ],
)
def test_it_says_what_an_amount_must_be(
    admin: User, client_for: ClientFor, limit: str, sentence: str
) -> None:
    page = client_for(admin).post(f"{PAGE}budgets/", {"person": "3", "organisation": limit}).text

    assert re.findall(r'class="field__error"[^>]*>([^<]+)', page) == [sentence]
    assert re.findall(r'<input[^>]*name="(\w+)"[^>]* autofocus', page) == ["organisation"]


def test_it_sets_the_budgets_of_everybody(admin: User, alice: User, client_for: ClientFor) -> None:
    client_for(admin).post(f"{PAGE}budgets/", {"person": "3", "organisation": "$40"})

    assert budgets.limit_of(alice) == Decimal(3)
    assert budgets.organisation_this_month().limit == Decimal(40)
    assert AuditEntry.objects.filter(action="budget.set").count() == 2


def test_an_invitation_is_shown_once_and_can_be_revoked(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    form = {"email": "", "places": "3", "monthly_budget": "2", "makes_administrator": ""}

    link = link_on(client.post(f"{PAGE}invite/", form).text, "join")
    listed = client.get(PAGE).text
    assert "3 of 3 places left, $2.00 a month" in listed
    assert link not in listed

    client.post(f"{PAGE}invitations/{Invitation.objects.get().pk}/revoke/")
    assert Client().get(link).status_code == 404
    assert "3 of 3 places left" not in client.get(PAGE).text
    assert AuditEntry.objects.filter(action="invitation.revoked").count() == 1


def test_an_administrator_can_be_invited(admin: User, client_for: ClientFor) -> None:
    form = {"email": "eve@example.org", "places": "1", "makes_administrator": "on"}
    link = link_on(client_for(admin).post(f"{PAGE}invite/", form).text, "join")

    Client().post(link, {"email": "eve@example.org", "display_name": "Eve", "password": PASSWORD})

    assert User.objects.get(email="eve@example.org").is_administrator


def test_people_are_found_by_name_and_address_a_page_at_a_time(admin: User, client_for: ClientFor) -> None:
    User.objects.bulk_create(
        User(email=f"p{n}@example.org", display_name=f"Person {n:03}") for n in range(120)
    )
    client = client_for(admin)

    assert "Person 049" not in client.get(PAGE).text
    assert "Person 060" in client.get(f"{PAGE}?page=2").text
    assert "Person 119" in client.get(f"{PAGE}?q=P119@").text
    assert "Nobody has this name or address." in client.get(f"{PAGE}?q=zzz%00").text
    assert client.get(f"{PAGE}?page=junk&person=junk").status_code == 200


def test_it_asks_the_database_no_more_often_for_fifty_people(
    admin: User, client_for: ClientFor, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.bulk_create(
        User(email=f"p{n}@example.org", display_name=f"Person {n:03}") for n in range(60)
    )
    client = client_for(admin)

    with django_assert_max_num_queries(20):
        client.get(PAGE)
