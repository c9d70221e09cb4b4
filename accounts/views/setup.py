"""What a new administrator sets up: a provider (a page of `conversations`), the budgets, the first invitation."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import links, queries
from accounts.access import MemberRequest, administrators_only
from accounts.actions import invitations
from accounts.actions.budgets import LimitRefused
from accounts.actions.default_budgets import set_default_budgets
from accounts.form_refusals import told_in
from accounts.forms import DefaultBudgetsForm, PlacesForm


@require_safe
@administrators_only
def setup(request: MemberRequest) -> HttpResponse:
    """Step 1 is the providers' page; it leads on to step 2."""
    query = urlencode({"next": reverse("accounts:setup_budgets")})
    return HttpResponseRedirect(f"{reverse('conversations:connect')}?{query}")


@never_cache
@administrators_only
def setup_budgets(request: MemberRequest) -> HttpResponse:
    """Step 2: confirm what everybody may spend."""
    form = DefaultBudgetsForm(request.POST or None, initial=queries.default_budgets())
    _begin_at(form, "person")
    if form.is_valid():
        with told_in(form, None, LimitRefused):
            set_default_budgets(actor=request.user, **form.cleaned_data)
            return redirect("accounts:setup_invite")
    return render(
        request, "accounts/setup_budgets.html", {"form": form}, status=422 if form.is_bound else 200
    )


@never_cache
@administrators_only
def setup_invite(request: MemberRequest) -> HttpResponse:
    """Step 3: a link for the first people."""
    form = PlacesForm(request.POST or None)
    _begin_at(form, "places")
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        secret = invitations.invite(actor=request.user, **form.cleaned_data)
        context["link"] = links.to_copy(request, reverse("accounts:join", args=[secret]))
    is_faulty = form.is_bound and not form.is_valid()
    return render(request, "accounts/setup_invite.html", context, status=422 if is_faulty else 200)


def _begin_at(form: Form, name: str) -> None:
    """The page asks for this alone: whoever comes to it may type at once."""
    form.fields[name].widget.attrs["autofocus"] = True
