"""`manage.py create_user`."""

import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import budgets
from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_user", *arguments, stdout=out)
    return out.getvalue()


def test_it_makes_somebody_who_can_sign_in(db: None, client: Client) -> None:
    said = create("Ann@Example.org", "--password", PASSWORD, "--name", "Ann", "--monthly-budget", "7.50")

    ann = User.objects.get()
    assert said == "Ann (ann@example.org) can sign in.\n"
    assert (ann.is_administrator, budgets.limit_of(ann)) == (False, Decimal("7.50"))
    answer = client.post("/account/login/", {"login": "ann@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    assert AuditEntry.objects.get(action="user.added").actor_id is None


def test_it_makes_administrators(db: None) -> None:
    create("root@example.org", "--admin", "--password", PASSWORD)

    assert User.objects.get().is_administrator


def test_without_a_password_it_prints_a_link_to_set_one(db: None, client: Client) -> None:
    said = create("ann@example.org")

    path = re.findall(r"^https?://[^/]+(/\S+)$", said, re.MULTILINE)[0]
    form = client.get(path, follow=True).redirect_chain[0][0]
    client.post(form, {"password1": "something new and long"})

    assert client.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["alice@example.org"], "There is an account with the address alice@example.org already."),
        (["ALICE@example.org"], "There is an account with the address alice@example.org already."),
        (["not an address"], "EMAIL: Enter a valid email address."),
        (["a@example.org", "--monthly-budget", "lots"], "--monthly-budget: Enter an amount in dollars"),
        (["a@example.org", "--monthly-budget", "-5"], "--monthly-budget: Enter 0 or more."),
        (["a@example.org", "--password", "short"], "--password: Use at least 10 characters."),
    ],
)
def test_it_says_what_is_wrong_and_does_nothing(alice: User, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=re.escape(sentence)):
        create(*arguments)

    assert list(User.objects.all()) == [alice]
    assert not AuditEntry.objects.exists()
