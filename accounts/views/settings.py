"""A person's own settings."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import MemberRequest, members_only
from accounts.actions import people
from accounts.forms import AppearanceForm, SettingsForm


@members_only
def settings(request: MemberRequest) -> HttpResponse:
    """Their name, how pages look to them, what every model is told; the way to their password; the way out."""
    now = {name: getattr(request.user, name) for name in SettingsForm.base_fields}
    form = SettingsForm(request.POST or None, initial=now)
    if form.is_valid():
        people.change_settings(user=request.user, **form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
@members_only
def appearance(request: MemberRequest) -> HttpResponse:
    """Light or dark alone, for the page's own commands."""
    form = AppearanceForm(request.POST)
    if not form.is_valid():
        sentence = str(form.errors["appearance"][0])
        return JsonResponse({"error": {"code": "invalid", "message": sentence}}, status=422)
    people.change_settings(user=request.user, **form.cleaned_data)
    return JsonResponse(form.cleaned_data)
