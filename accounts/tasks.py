"""What is done later or on a schedule, by the worker. Each task may run twice without harm."""

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts import links, rebuilding, rollups
from accounts.actions import invitations, people
from accounts.models import Invitation, User

_RETRIES = RetryStrategy(max_attempts=5, exponential_wait=4)
_BATCH = 5_000


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
        subject=_("Set a new password for Parley"),
        message=render_to_string("account/email/reset_link.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[user.email],
    )


@app.task(queue="mail", retry=_RETRIES)
def send_invitation(invitation_id: str) -> None:
    """Mails an invitation to the address it names, with a link made here, unless it was withdrawn or used."""
    invitation = Invitation.objects.get(pk=invitation_id)
    secret = invitations.renew_secret(invitation)
    if secret is None:
        return
    inviter = invitations.inviter_of(invitation)
    context = {"inviter": inviter, "link": links.to_send(reverse("accounts:join", args=[secret]))}
    send_mail(
        subject=_("You are invited to Parley"),
        message=render_to_string("account/email/invitation.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        recipient_list=[invitation.email],
    )


@app.periodic(cron="37 * * * *")
@app.task(name="accounts.forget_sessions", queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Delete the sessions that are over, a few at a time: others sign in and out meanwhile."""
    while True:
        over = Session.objects.filter(expire_date__lt=timezone.now()).values("pk")[:_BATCH]
        if Session.objects.filter(pk__in=over).delete()[0] < _BATCH:
            return


@app.periodic(cron="5 * * * *")
@app.task(name="accounts.close_days", queueing_lock="close_days", pass_context=False)
def close_days(timestamp: int) -> None:
    """Add up the days that are over. Hourly, since midnight is where BUDGET_TIME_ZONE has it."""
    rebuilding.follow_time_zone()
    rollups.close_days()
