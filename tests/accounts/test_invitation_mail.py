"""Invitations by mail, where there is mail: sent by the worker, with a link that only the mail holds."""

import re
from typing import Any

from django.core import mail
from django.test import Client, override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts import tasks
from accounts.models import Invitation, User
from tests.conftest import PASSWORD, ClientFor

FORM = {"email": "dana@example.org", "places": "1", "monthly_budget": ""}


@override_settings(MAIL_IS_ON=True)
def test_with_mail_an_invitation_to_an_address_is_mailed_and_joins(
    admin: User, client_for: ClientFor, client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    page = client_for(admin).post("/people/invite/", FORM, follow=True).text
    job = ProcrastinateJob.objects.get()

    tasks.send_invitation(**job.args)

    (message,) = mail.outbox
    link = re.findall(r"^http\S+$", str(message.body), re.MULTILINE)[0]
    path = link.removeprefix(settings.PUBLIC_ORIGINS[0])
    assert "/join/" not in page and message.to == ["dana@example.org"]
    new = {"email": "dana@example.org", "display_name": "Dana", "password": PASSWORD}
    assert client.post(path, new).status_code == 302
    assert User.objects.filter(email="dana@example.org").exists()


@override_settings(MAIL_IS_ON=True)
def test_a_mail_is_plain_text_whatever_those_in_it_are_called(
    admin: User, client_for: ClientFor, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    admin.display_name = '<img src="https://evil.test/" onerror="alert(1)">'
    admin.save(update_fields=["display_name"])
    client_for(admin).post("/people/invite/", FORM)

    tasks.send_invitation(str(Invitation.objects.get().pk))
    tasks.send_reset_link(admin.email)

    for message in mail.outbox:
        sent = message.message()
        assert (sent.get_content_type(), sent.is_multipart()) == ("text/plain", False)
        assert admin.display_name in str(message.body)
        assert "evil" not in "".join(str(value) for value in sent.values())
    assert len(mail.outbox) == 2


@override_settings(MAIL_IS_ON=True)
def test_an_invitation_withdrawn_before_it_was_mailed_is_not_mailed(
    admin: User, client_for: ClientFor, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    inviter = client_for(admin)
    inviter.post("/people/invite/", FORM)
    invitation = Invitation.objects.get()
    inviter.post(f"/people/invitations/{invitation.pk}/revoke/")
    assert Invitation.objects.get().revoked_at is not None

    tasks.send_invitation(str(invitation.pk))

    assert mail.outbox == []


def test_without_mail_the_link_is_shown_to_copy(admin: User, client_for: ClientFor) -> None:
    page = client_for(admin).post("/people/invite/", FORM, follow=True).text

    assert "/join/" in page
    assert not ProcrastinateJob.objects.exists()
