"""What is done later, by the worker. Each task may run twice without harm."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts import links
from accounts.actions import people
from accounts.models import User

_RETRIES = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(queue="mail", retry=_RETRIES)
def send_reset_link(email: str) -> None:
    """Mails a link to set a new password, if an active person has this address.

    The link is made here and not by whoever defers the task, so that no secret lies in the queue.
    """
    user = User.objects.filter(email=email, is_active=True).first()
    if user is None:
        return
    context = {"user": user, "link": links.to_send(people.reset_path(user))}
    send_mail(
        subject="Set a new password for Parley",
        message=render_to_string("account/email/reset_link.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[user.email],
    )
