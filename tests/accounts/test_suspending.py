"""Suspending and restoring people."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.actions import people
from accounts.adapter import Adapter
from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD, ClientFor


def test_it_ends_every_session_and_every_sign_in(
    admin: User, alice: User, bob: User, client: Client, client_for: ClientFor
) -> None:
    at_home, at_work, bobs = client_for(alice), client_for(alice), client_for(bob)

    answer = client_for(admin).post(f"/people/{alice.pk}/suspend/", {"note": "left"}, follow=True)

    assert "Alice is suspended. Everything they wrote is kept." in answer.text
    assert [c.get("/settings/").status_code for c in (at_home, at_work, bobs)] == [302, 302, 200]
    page = client.post("/account/login/", {"login": alice.email, "password": PASSWORD}, follow=True)
    assert "This account is suspended" in page.text
    entry = AuditEntry.objects.get(action="user.suspended")
    assert (entry.actor_name, entry.target, entry.note) == ("Admin", "Alice", "left")


def test_restored_they_sign_in_anew(admin: User, alice: User, client: Client, client_for: ClientFor) -> None:
    old = client_for(alice)
    administrators = client_for(admin)
    administrators.post(f"/people/{alice.pk}/suspend/")

    administrators.post(f"/people/{alice.pk}/restore/")

    assert old.get("/settings/").status_code == 302
    answer = client.post("/account/login/", {"login": alice.email, "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert AuditEntry.objects.filter(action="user.restored").count() == 1


def test_nobody_suspends_themselves(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)

    answer = client.post(f"/people/{admin.pk}/suspend/", follow=True)

    assert "You cannot suspend yourself." in answer.text
    assert client.get("/people/").status_code == 200


def test_twice_is_as_good_as_once(admin: User, alice: User) -> None:
    for _ in range(2):
        people.suspend_user(actor=admin, user=alice)

    assert AuditEntry.objects.filter(action="user.suspended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_suspend_each_other_leave_one(admin: User) -> None:
    other = people.add_person(actor=admin, email="o@example.org", password=None, is_admin=True)

    def suspend(pair: tuple[User, User]) -> bool:
        try:
            people.suspend_user(actor=pair[0], user=pair[1])
        except people.CannotSuspend:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(suspend, [(admin, other), (other, admin)]))

    assert sorted(done) == [False, True]
    assert User.objects.filter(is_staff=True, is_active=True).count() == 1


def test_a_new_password_does_not_undo_a_suspension(admin: User, alice: User) -> None:
    """The form was open, with its own copy of the row, when the suspension came."""
    stale = User.objects.get(pk=alice.pk)
    people.suspend_user(actor=admin, user=alice)

    Adapter().set_password(stale, "something new and long")

    alice.refresh_from_db()
    assert not alice.is_active
