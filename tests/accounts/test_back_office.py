"""Django's admin: to look things up, for administrators only."""

import re
from html import unescape

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.actions import invitations
from accounts.admin import office
from accounts.models import Invitation, User
from tests.conftest import ClientFor

SHOWN = {
    "User", "Team", "Budget", "SpendWindow", "SpendDay", "Books", "Price", "Invitation", "LedgerEntry", "AuditEntry",
    "Provider", "Model", "Route",
}  # fmt: skip


@pytest.mark.parametrize("path", ["", "login/", "logout/", "accounts/user/", "jsi18n/", "nothing/"])
def test_for_everybody_else_it_does_not_exist(
    alice: User, client: Client, client_for: ClientFor, path: str
) -> None:
    assert client.get(f"/admin/{path}").status_code == 404
    assert client_for(alice).get(f"/admin/{path}").status_code == 404
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 404


def test_it_shows_no_text_anybody_wrote() -> None:
    assert {model.__name__ for model in office._registry} == SHOWN


@pytest.mark.parametrize("model", sorted(office._registry, key=str), ids=lambda model: model.__name__)
def test_everything_can_be_looked_up_and_nothing_changed(
    admin: User, client_for: ClientFor, model: type[User]
) -> None:
    invitations.invite(actor=admin)
    client = client_for(admin)
    where = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"

    assert client.get(where).status_code == 200
    assert client.get(f"{where}?q=nothing%20of%20the%20kind").status_code in (200, 302)
    assert client.get(f"{where}add/").status_code == 403
    for row in model.objects.all()[:1]:
        assert client.get(f"{where}{row.pk}/change/").status_code == 200
        assert client.post(f"{where}{row.pk}/change/", {"display_name": "x"}).status_code == 403
        assert client.post(f"{where}{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert model.objects.filter(pk=row.pk).exists()


def test_it_shows_no_hash_and_no_sealed_key(admin: User, client_for: ClientFor) -> None:
    invitations.invite(actor=admin)
    provider = apps.get_model("conversations", "Provider")
    row = provider.objects.create(
        slug="x", kind="openrouter", name="X", base_url="https://x.example/v1", sealed_key="sealed-thing"
    )
    client = client_for(admin)

    pages = [
        client.get(reverse("admin:accounts_user_change", args=[admin.pk])).text,
        client.get(reverse("admin:accounts_invitation_change", args=[Invitation.objects.get().pk])).text,
        client.get(reverse("admin:conversations_provider_change", args=[row.pk])).text,
    ]

    assert admin.password.split("$")[-1] not in pages[0]
    assert Invitation.objects.get().secret_hash not in pages[1]
    assert "sealed-thing" not in pages[2]


@pytest.mark.parametrize(
    "address",
    [
        "accounts/user/?password__startswith=a",
        "accounts/user/?password=a",
        "accounts/user/?email__startswith=a",
        "accounts/invitation/?secret_hash__gte=a",
        "conversations/provider/?sealed_key__startswith=a",
        "conversations/route/?provider__sealed_key__startswith=a",
    ],
)
def test_what_it_does_not_show_cannot_be_guessed_by_filters(
    admin: User, client_for: ClientFor, address: str
) -> None:
    assert client_for(admin).get(f"/admin/{address}").status_code == 400


@pytest.mark.parametrize("model", sorted(office._registry, key=str), ids=lambda model: model.__name__)
def test_every_filter_it_offers_works(admin: User, client_for: ClientFor, model: type[User]) -> None:
    client = client_for(admin)
    where = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    links = set(re.findall(r'href="(\?[^"]*)"', client.get(where).text))

    assert bool(office._registry[model].list_filter) <= bool(links)
    for link in links:
        assert client.get(f"{where}{unescape(link)}").status_code == 200, link


def test_passwords_and_signing_out_go_through_our_own_pages(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)

    assert client.get("/admin/password_change/")["Location"] == "/account/password/change/"
    assert client.post("/admin/logout/")["Location"] == "/account/logout/"
    assert client.get("/admin/").status_code == 200
