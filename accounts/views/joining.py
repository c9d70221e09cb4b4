"""The two pages behind a link: an invitation, and the first administrator's welcome."""

from allauth.account.utils import perform_login
from allauth.decorators import rate_limit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.actions import invitations, people
from accounts.forms import JoinForm
from accounts.models import Invitation, User


@never_cache
@sensitive_post_parameters("password")
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """Makes the first administrator, once, and leads them through the setup."""
    return _answer(request, secret, is_first=True)


@never_cache
@sensitive_post_parameters("password")
@rate_limit(action="signup")  # type: ignore[untyped-decorator]
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Lets whoever holds an invitation join."""
    return _answer(request, secret, is_first=False)


def _answer(request: HttpRequest, secret: str, *, is_first: bool) -> HttpResponse:
    try:
        invitation = invitations.open_invitation(secret, is_first=is_first)
        if request.user.is_authenticated:
            return render(request, "accounts/joined_already.html")
        form = JoinForm(request.POST or None)
        if form.is_valid() and (user := _joined(invitation, form)):
            return _enter(request, user, invitation)
    except invitations.InvitationIsDead as refusal:
        return render(request, "accounts/invitation_is_dead.html", {"sentence": str(refusal)}, status=404)
    context = {"form": form, "invitation": invitation, "inviter": invitations.inviter_of(invitation)}
    return render(request, "accounts/join.html", context, status=422 if form.is_bound else 200)


def _joined(invitation: Invitation, form: JoinForm) -> User | None:
    """The new person, or None with the reason written into the form."""
    try:
        return invitations.join(invitation=invitation, **form.cleaned_data)
    except people.AddressTaken:
        form.add_error("email", _("This address cannot join. If it is yours, sign in instead."))
    except invitations.InvitationForAnother as refusal:
        form.add_error("email", str(refusal))
    return None


def _enter(request: HttpRequest, user: User, invitation: Invitation) -> HttpResponse:
    goal = reverse("accounts:setup") if invitation.makes_first_administrator else "/"
    response: HttpResponse = perform_login(request, user, redirect_url=goal)
    return response
