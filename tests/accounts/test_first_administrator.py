"""The one-time link that makes the first administrator."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import invitations
from accounts.models import User
from tests.conftest import PASSWORD

NEW = {"email": "ada@example.org", "display_name": "Ada", "password": PASSWORD}


def a_link() -> str:
    secret = invitations.first_administrator_link()
    assert secret
    return f"/welcome/{secret}/"


def test_the_link_makes_the_administrator_and_leads_to_the_setup(db: None, client: Client) -> None:
    link = a_link()

    assert "Make the first account" in client.get(link).text
    answer = client.post(link, NEW)

    assert (answer.status_code, answer["Location"]) == (302, "/setup/")
    assert User.objects.get().is_administrator
    assert client.get("/people/").status_code == 200


def test_who_comes_without_the_link_reads_where_it_is(db: None, client: Client) -> None:
    where = "The link that makes the first was printed where Parley was started."

    assert where in client.get("/", follow=True).text
    client.post(a_link(), NEW)

    page = Client().get("/", follow=True).text
    assert (where in page, "People join by invitation." in page) == (False, True)


def test_only_the_last_link_works(db: None, client: Client) -> None:
    first, second = a_link(), a_link()

    assert client.post(first, NEW).status_code == 404
    assert client.post(second, NEW).status_code == 302


def test_there_is_no_link_once_there_is_an_administrator(db: None, client: Client) -> None:
    link = a_link()
    client.post(link, NEW)

    page = Client().get(link)

    assert invitations.first_administrator_link() is None
    assert (page.status_code, "There is an administrator already" in page.text) == (404, True)


def test_the_link_dies_when_an_administrator_comes_by_another_way(admin: User, client: Client) -> None:
    User.objects.update(is_staff=False)
    link = a_link()
    User.objects.update(is_staff=True)

    assert client.post(link, NEW).status_code == 404
    assert User.objects.count() == 1


def test_an_invitation_is_no_welcome_and_a_welcome_no_invitation(db: None, client: Client) -> None:
    link = a_link()

    assert client.get(link.replace("/welcome/", "/join/")).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_fifty_claims_at_once_make_one_administrator() -> None:
    link = a_link()

    def claim(n: int) -> int:
        try:
            client = Client(REMOTE_ADDR=f"10.0.0.{n}")
            return client.post(link, NEW | {"email": f"claimer{n}@example.org"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(claim, range(50)))

    assert (statuses.count(302), statuses.count(404)) == (1, 49)
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_links_made_at_once_leave_one_that_works() -> None:
    def make(n: int) -> str:
        try:
            return a_link()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        links = list(pool.map(make, range(20)))

    assert [Client().get(link).status_code for link in links].count(200) == 1
