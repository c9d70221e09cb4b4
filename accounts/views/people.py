"""The page of people: who they are, what they may spend, who may come in. For administrators."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import links, queries, tasks
from accounts.access import MemberRequest, administrators_only
from accounts.actions import budgets, invitations
from accounts.actions import people as actions
from accounts.actions.default_budgets import set_default_budgets
from accounts.form_refusals import told_in
from accounts.forms import BudgetForm, DefaultBudgetsForm, InvitationForm, NoteForm
from accounts.models import Invitation, Scope, User


@never_cache
@require_safe
@administrators_only
def people(request: MemberRequest) -> HttpResponse:
    """Everybody, by name. `?person=` opens one row for editing."""
    return _page(request)


@require_POST
@administrators_only
def invite(request: MemberRequest) -> HttpResponse:
    """Makes an invitation: mailed where it names an address and there is mail, else a link shown this once."""
    form = InvitationForm(request.POST)
    if not form.is_valid():
        return _page(request, invitation_form=form)
    with transaction.atomic():
        secret = invitations.invite(actor=request.user, **form.cleaned_data)
        if settings.MAIL_IS_ON and form.cleaned_data["email"]:
            invitation = invitations.open_invitation(secret, is_first=False)
            tasks.send_invitation.defer(invitation_id=str(invitation.pk))
            messages.success(
                request,
                _("The invitation goes to %(address)s by mail.") % {"address": form.cleaned_data["email"]},
            )
            return redirect("accounts:people")
    link = links.to_copy(request, reverse("accounts:join", args=[secret]))
    whom = form.cleaned_data["email"] or _people(form.cleaned_data["places"])
    return _page(
        request,
        shown_once={
            "label": _("Invitation for %(address)s") % {"address": whom},
            "link": link,
            "until": _("for 7 days"),
        },
    )


@require_POST
@administrators_only
def revoke(request: MemberRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """Withdraws an invitation that is still open."""
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    invitations.revoke_invitation(actor=request.user, invitation=invitation)
    messages.success(request, _("The invitation is dead. Who joined by it stays."))
    return redirect("accounts:people")


@require_POST
@administrators_only
def set_budget(request: MemberRequest, user_id: uuid.UUID) -> HttpResponse:
    """Gives a person a monthly budget of their own, or the default again."""
    user = get_object_or_404(User, pk=user_id)
    form = BudgetForm(request.POST)
    if form.is_valid():
        with told_in(form, "limit", budgets.LimitRefused):
            budgets.set_budget(actor=request.user, scope=Scope.USER, scope_id=user.pk, **form.cleaned_data)
            said = _("The budget of %(name)s is saved. It holds from the next message.")
            return _back_to(request, user, said % {"name": user.display_name})
    return _page(request, person=user, budget_form=form)


@require_POST
@administrators_only
def default_budgets(request: MemberRequest) -> HttpResponse:
    """Sets what everybody may spend in a month, each and together."""
    form = DefaultBudgetsForm(request.POST)
    if form.is_valid():
        with told_in(form, "person", budgets.LimitRefused):
            set_default_budgets(actor=request.user, **form.cleaned_data)
            messages.success(request, _("The budgets are saved. They hold from the next message."))
            return redirect("accounts:people")
    return _page(request, defaults_form=form)


@require_POST
@administrators_only
def suspend(request: MemberRequest, user_id: uuid.UUID) -> HttpResponse:
    """Ends a person's access at once. Everything of theirs is kept."""
    user = get_object_or_404(User, pk=user_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, person=user, note_form=form)
    try:
        actions.suspend_user(actor=request.user, user=user, note=form.cleaned_data["note"])
    except actions.CannotSuspend as refusal:
        return _back_to(request, user, str(refusal), level=messages.ERROR)
    return _back_to(
        request,
        user,
        _("%(name)s is suspended. Everything they wrote is kept.") % {"name": user.display_name},
    )


@require_POST
@administrators_only
def restore(request: MemberRequest, user_id: uuid.UUID) -> HttpResponse:
    """Gives a suspended person their access back."""
    user = get_object_or_404(User, pk=user_id)
    actions.restore_user(actor=request.user, user=user)
    return _back_to(request, user, _("%(name)s may sign in again.") % {"name": user.display_name})


@require_POST
@administrators_only
def reset_link(request: MemberRequest, user_id: uuid.UUID) -> HttpResponse:
    """Makes a link by which a person sets a new password, and shows it, this once."""
    user = get_object_or_404(User, pk=user_id, is_active=True)
    link = links.to_copy(request, actions.issue_reset_link(actor=request.user, user=user))
    label = _("Link for %(name)s to set a new password") % {"name": user.display_name}
    return _page(
        request, person=user, shown_once={"label": label, "link": link, "until": _("once, for 24 hours")}
    )


def _back_to(
    request: MemberRequest, user: User, sentence: str, level: int = messages.SUCCESS
) -> HttpResponseRedirect:
    """To the person's row, where the sentence will stand."""
    messages.add_message(request, level, sentence, extra_tags=str(user.pk))
    return HttpResponseRedirect(f"{reverse('accounts:people')}#person-{user.pk}")


def _page(request: MemberRequest, *, person: User | None = None, **changed: Any) -> HttpResponse:
    """The page, with the given forms in place of fresh ones; 422 when one of them has faults."""
    opened = person or _asked_for(request.GET.get("person", ""))
    search = request.GET.get("q", "").replace("\0", "").strip()
    page = queries.people_page(search=search, number=request.GET.get("page", "1"))
    estimated = queries.people_with_estimates()
    rows = queries.person_rows(list(page), estimated)
    if opened and all(row.user.pk != opened.pk for row in rows):
        rows = [*queries.person_rows([opened], estimated), *rows]
    own = next((row.own_budget for row in rows if opened and row.user.pk == opened.pk), None)
    said = list(messages.get_messages(request))
    shown = {row.key for row in rows}
    context: dict[str, Any] = {
        "said": [message for message in said if message.extra_tags in shown],
        "messages": [message for message in said if message.extra_tags not in shown],
        "opening": queries.month_sentence(is_estimated=bool(estimated)),
        "is_not_set_up": queries.is_not_set_up(),
        "page": page,
        "rows": rows,
        "search": search,
        "opened": opened,
        "invitations": queries.invitation_rows(),
        "budget_form": BudgetForm(initial={"limit": own}),
        "note_form": NoteForm(),
        "invitation_form": InvitationForm(initial={"places": 1}),
        "defaults_form": DefaultBudgetsForm(initial=queries.default_budgets()),
    }
    is_faulty = any(getattr(form, "errors", None) for form in changed.values())
    return render(request, "accounts/people.html", context | changed, status=422 if is_faulty else 200)


def _asked_for(person: str) -> User | None:
    try:
        return User.objects.filter(pk=uuid.UUID(person)).first()
    except ValueError:
        return None


def _people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
