"""What a person's new conversations begin with: a model, and how hard it thinks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only
from accounts.actions import people
from conversations import offers
from conversations.forms import UsualForm
from conversations.views.acts import answered, given


@require_POST
@members_only
def usual(request: MemberRequest) -> HttpResponse:
    """Keep it; empty is what the installation and the model have."""
    return answered(request, reverse("accounts:settings"), lambda: _kept(request))


def _kept(request: MemberRequest) -> HttpResponse:
    posted = given(request, UsualForm)
    if posted["model"]:
        offers.offered(posted["model"])
    people.change_settings(user=request.user, default_model=posted["model"], default_effort=posted["effort"])
    messages.success(request, _("New conversations begin like that from now on."))
    return redirect("accounts:settings")
