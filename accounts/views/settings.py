"""A person's own settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.access import MemberRequest, members_only
from accounts.actions import people
from accounts.forms import NameForm


@members_only
def settings(request: MemberRequest) -> HttpResponse:
    """Their name; the way to their password; the way out."""
    form = NameForm(request.POST or None, initial={"display_name": request.user.display_name})
    if form.is_valid():
        people.rename(user=request.user, **form.cleaned_data)
        messages.success(request, "Your name is saved.")
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.is_bound else 200)
