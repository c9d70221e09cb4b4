"""Opening a page changes nothing but sessions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import invitations, people
from accounts.models import User
from tests.conftest import ClientFor

WRITES = ("INSERT", "UPDATE", "DELETE")


def pages(admin: User, person: User) -> list[str]:
    first = invitations.invite(actor=admin)
    return [
        f"/join/{first}/",
        "/welcome/unknown/",
        people.reset_path(person),
        "/account/login/?next=/people/",
        "/account/logout/",
        "/account/inactive/",
        "/account/signup/",
        "/account/password/change/",
        "/account/password/reset/",
        "/account/password/reset/done/",
        "/settings/",
        "/setup/",
        "/setup/budgets/",
        "/setup/invite/",
        "/people/",
        f"/people/?person={person.pk}",
        "/admin/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{person.pk}/change/",
    ]


@pytest.mark.parametrize("who", ["stranger", "member", "administrator"])
def test_no_page_writes(admin: User, alice: User, bob: User, client_for: ClientFor, who: str) -> None:
    client = client_for({"administrator": admin}.get(who, alice))
    if who == "stranger":
        client.logout()

    for page in pages(admin, bob):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = client.get(page, follow=True)

        written = [
            q["sql"] for q in queries if q["sql"].startswith(WRITES) and "django_session" not in q["sql"]
        ]
        assert (page, answer.status_code < 500, written) == (page, True, [])
