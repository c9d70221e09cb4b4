"""Deciding about who asks for more: administrators about all of it, managers for their teams."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import teams
from accounts.access import MemberRequest, members_only
from accounts.actions import requests
from accounts.actions.budgets import LimitRefused
from accounts.form_refusals import told_in
from accounts.models import BudgetRequest, RequestState
from accounts.money_forms import DecisionForm
from accounts.usage import asked


@never_cache
@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """What waits for this person's decision, and what was decided lately."""
    return _page(request)


@require_POST
@members_only
def withdraw(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """Takes back what one asked for."""
    found = get_object_or_404(BudgetRequest, pk=request_id, person=request.user)
    try:
        requests.withdraw(user=request.user, request=found)
        messages.success(request, _("You have taken your request back."))
    except LimitRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('conversations:my_usage')}#ask")


@require_POST
@members_only
def decide(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """Approves, with another amount perhaps, or declines; what the button says."""
    found = next((one for one in requests.requests_for(request.user) if one.pk == request_id), None)
    if found is None:
        return _already_decided(request, request_id)
    form = DecisionForm(request.POST)
    if form.is_valid():
        note = form.cleaned_data["note"]
        with told_in(form, None, LimitRefused):
            if request.POST.get("act") == "approve":
                amount = form.cleaned_data["amount"]
                requests.approve(actor=request.user, request=found, amount=amount, note=note)
                said = _("%(name)s has it from the next message.")
            else:
                requests.decline(actor=request.user, request=found, note=note)
                said = _("Declined: %(name)s reads so under My usage.")
            messages.success(request, said % {"name": found.person.display_name})
            return redirect("accounts:requests")
    return _page(request, faulty=found.pk, decision_form=form)


def _already_decided(request: MemberRequest, request_id: uuid.UUID) -> HttpResponse:
    """Somebody else was quicker; to those who could not decide it anyway it does not exist."""
    if not any(one.pk == request_id for one in asked.decided_for(request.user)):
        raise Http404
    messages.error(request, _("Somebody else has decided this request already."))
    return redirect("accounts:requests")


def _page(request: MemberRequest, **changed: Any) -> HttpResponse:
    if not request.user.is_administrator and not teams.managed_by(request.user):
        raise Http404
    waiting = requests.requests_for(request.user, RequestState.OPEN)
    context: dict[str, Any] = {
        "opening": asked.sentence(waiting),
        "waiting": asked.rows(waiting),
        "decided": asked.decided_rows(asked.decided_for(request.user)),
    }
    return render(request, "accounts/requests.html", context | changed, status=422 if changed else 200)
