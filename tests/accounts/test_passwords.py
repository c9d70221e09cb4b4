"""Changing a password, and getting back in without one."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import tasks
from accounts.models import AuditEntry, User
from tests.conftest import PASSWORD, ClientFor

NEW = "a longer and different one"


def reset_link(admin_client: Client, user: User) -> str:
    page = admin_client.post(f"/people/{user.pk}/reset-link/")
    return str(re.findall(r'value="https?://[^/"]+(/account/password/reset/key/[^"]+)"', page.text)[0])


def test_changing_it_signs_out_everywhere_else(alice: User, client_for: ClientFor) -> None:
    here, elsewhere = client_for(alice), client_for(alice)

    answer = here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW}, follow=True)

    assert "Your password is changed." in answer.text
    assert here.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"oldpassword": "wrong", "password1": NEW}, "This is not your current password."),
        ({"oldpassword": PASSWORD, "password1": "short"}, "Use at least 10 characters."),
    ],
)
def test_changing_it_wants_the_old_one_and_a_good_one(
    alice: User, client_for: ClientFor, typed: dict[str, str], sentence: str
) -> None:
    assert sentence in client_for(alice).post("/account/password/change/", typed).text
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1234567", "Use at least 10 characters."),
        ("1234567890", "This password is too common."),
        ("alice@example", "This password is too close to your address or name."),
        ("marguerite1", "This password is too close to your address or name."),
    ],
)
def test_of_all_that_is_wrong_with_a_new_one_the_first_is_said_where_it_was_typed(
    alice: User, client_for: ClientFor, typed: str, sentence: str
) -> None:
    User.objects.filter(pk=alice.pk).update(display_name="Marguerite")

    page = (
        client_for(alice)
        .post("/account/password/change/", {"oldpassword": PASSWORD, "password1": typed})
        .text
    )

    assert re.findall(r'class="field__error"[^>]*>([^<]+)', page) == [sentence]
    (faulty,) = re.findall(r"<input[^>]*aria-invalid[^>]*>", page)
    assert ('name="password1"' in faulty, " autofocus" in faulty) == (True, True)


def test_an_administrators_link_sets_a_new_one_once(
    admin: User, alice: User, client: Client, client_for: ClientFor
) -> None:
    link = reset_link(client_for(admin), alice)

    page = client.get(link, follow=True)
    form = page.redirect_chain[0][0]
    assert link not in page.text
    answer = client.post(form, {"password1": NEW})

    alice.refresh_from_db()
    assert (answer.status_code, answer["Location"], alice.check_password(NEW)) == (302, "/", True)
    assert client.get("/settings/").status_code == 200
    used = Client().get(link, follow=True).text
    assert "does not work any more" in used
    assert "Opening it changed nothing." in used
    assert AuditEntry.objects.get(action="user.reset_link_issued").target == "Alice"


def test_a_link_dies_when_the_password_changes(admin: User, alice: User, client_for: ClientFor) -> None:
    link = reset_link(client_for(admin), alice)
    alice.set_password(NEW)
    alice.save(update_fields=["password"])

    assert "does not work any more" in Client().get(link, follow=True).text


def test_a_link_does_not_let_a_suspended_person_in(
    admin: User, alice: User, client: Client, client_for: ClientFor
) -> None:
    link = reset_link(client_for(admin), alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert "does not work any more" in client.get(link, follow=True).text


@pytest.mark.parametrize("key", ["x-y", "zz-" + "a" * 40, "0" * 32 + "-abc-def", "0" * 32 + "-a%00b"])
def test_a_made_up_link_is_refused(db: None, client: Client, key: str) -> None:
    assert "does not work any more" in client.get(f"/account/password/reset/key/{key}/", follow=True).text


@override_settings(SUPPORT_CONTACT="Ms Ito, room 12")
def test_without_mail_the_page_says_whom_to_ask(alice: User, client: Client) -> None:
    assert "Ask Ms Ito, room 12 for a link" in client.get("/account/password/reset/").text

    answer = client.post("/account/password/reset/", {"email": alice.email})

    assert "This installation sends no mail." in answer.text
    assert not ProcrastinateJob.objects.exists()


@override_settings(MAIL_IS_ON=True)
def test_with_mail_every_address_gets_the_same_answer_and_the_worker_sends(
    alice: User, client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    pages = [
        client.post("/account/password/reset/", {"email": address}, follow=True).text
        for address in (alice.email, "nobody@example.org")
    ]

    assert pages[0] == pages[1]
    jobs = ProcrastinateJob.objects.order_by("id").values_list("task_name", "args")
    assert list(jobs) == [
        ("accounts.tasks.send_reset_link", {"email": alice.email}),
        ("accounts.tasks.send_reset_link", {"email": "nobody@example.org"}),
    ]
    assert not mail.outbox


def test_the_mailed_link_is_on_our_own_origin_and_works(alice: User, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    tasks.send_reset_link(alice.email)
    tasks.send_reset_link("nobody@example.org")

    (message,) = mail.outbox
    link = re.findall(r"^http\S+$", str(message.body), re.MULTILINE)[0]
    assert message.to == [alice.email]
    assert link.startswith(f"{settings.PUBLIC_ORIGINS[0]}/account/password/reset/key/")
    assert "Set a new password" in client.get(link.removeprefix(settings.PUBLIC_ORIGINS[0]), follow=True).text
