"""Asking for more, and deciding about it: administrators about all of it, managers for their teams."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import links, teams
from accounts.access import MemberRequest, members_only, wants_json
from accounts.actions import requests
from accounts.actions.budgets import LimitRefused
from accounts.form_refusals import told_in
from accounts.models import BudgetRequest, RequestState
from accounts.money_forms import AskForm, DecisionForm
from accounts.usage import asked


@never_cache
@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """What waits for this person's decision, and what was decided lately."""
    return _page(request)


@require_POST
@members_only
def ask(request: MemberRequest) -> HttpResponse:
    """Asks for more; then back to where it was asked."""
    back = links.local_or(request.POST.get("next", ""), f"{reverse('conversations:my_usage')}#ask")
    form = AskForm(request.POST, user=request.user)
    try:
        if not form.is_valid():
            raise LimitRefused(next(str(errors[0]) for errors in form.errors.values()))
        requests.ask_for_more(user=request.user, **form.cleaned_data)
    except LimitRefused as refusal:
        if wants_json(request):
            return JsonResponse({"error": {"code": "invalid", "message": str(refusal)}}, status=422)
        messages.error(request, str(refusal))
        return redirect(back)
    sentence = sent_sentence(form.cleaned_data["team"].name if form.cleaned_data["team"] else "")
    if wants_json(request):
        return JsonResponse({"message": sentence}, status=201)
    messages.success(request, sentence)
    return redirect(back)


def sent_sentence(team: str) -> str:
    """What is said to whoever asked."""
    if team:
        return _(
            "It waits for a manager of %(team)s or an administrator. You can keep writing; drafts are saved."
        ) % {"team": team}
    return _("It waits for an administrator. You can keep writing; drafts are saved.")


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
