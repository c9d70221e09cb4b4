"""The budget of one owner: everybody by default, the organisation, a team, a person. For administrators."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import budgets
from accounts.access import MemberRequest, administrators_only
from accounts.actions import exemptions, grants, limits
from accounts.actions.budgets import LimitRefused
from accounts.form_refusals import told_in
from accounts.ids import new_id
from accounts.models import ORGANISATION_ID, Scope, Team, User, Window
from accounts.money_forms import ExceptionsForm, GrantForm, LimitsForm
from accounts.usage import windows_shown
from accounts.usage.facts import Of


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose budget it is. `scope_id` None: the default of everybody."""

    kind: str
    name: str
    scope: Scope
    scope_id: uuid.UUID | None
    person: User | None = None

    @property
    def of(self) -> Of:
        """What they spend."""
        return Of(
            user=self.scope_id if self.scope == Scope.USER else None,
            team=self.scope_id if self.scope == Scope.TEAM else None,
        )

    @property
    def url(self) -> str:
        return reverse("accounts:limits", args=[self.kind, self.scope_id or ORGANISATION_ID])


@never_cache
@require_safe
@administrators_only
def index(request: MemberRequest, kind: str, owner_id: uuid.UUID) -> HttpResponse:
    """How the owner stands, and what may be changed."""
    return _page(request, _owner(kind, owner_id))


@require_POST
@administrators_only
def set_limits(request: MemberRequest, kind: str, owner_id: uuid.UUID) -> HttpResponse:
    """Sets every window's limit as the form has it."""
    owner = _owner(kind, owner_id)
    form = LimitsForm(request.POST)
    if form.is_valid():
        with told_in(form, None, LimitRefused):
            limits.set_limits(
                actor=request.user,
                scope=owner.scope,
                scope_id=owner.scope_id,
                limits=form.limits(),
                note=form.cleaned_data["note"],
            )
            messages.success(request, _("The budget is saved. It holds from the next message."))
            return redirect(owner.url)
    return _page(request, owner, limits_form=form)


@require_POST
@administrators_only
def grant(request: MemberRequest, kind: str, owner_id: uuid.UUID) -> HttpResponse:
    """Gives more than the limit, or takes some off it, until the window ends."""
    owner = _owner(kind, owner_id)
    form = GrantForm(request.POST, windows=_limited(owner))
    if form.is_valid() and owner.scope_id is not None:
        given = form.cleaned_data
        with told_in(form, None, LimitRefused):
            grants.grant(
                actor=request.user,
                scope=owner.scope,
                scope_id=owner.scope_id,
                window=given["window"],
                amount=given["amount"] if given["act"] == "give" else -given["amount"],
                note=given["note"],
                grant_id=_id_of(request.POST.get("grant_id", "")),
            )
            messages.success(request, _("It is booked, and holds from the next message."))
            return redirect(owner.url)
    return _page(request, owner, grant_form=form)


@require_POST
@administrators_only
def set_exceptions(request: MemberRequest, user_id: uuid.UUID) -> HttpResponse:
    """Lifts a person's limits, or says how many of their replies may be written at once."""
    owner = _owner("person", user_id)
    form = ExceptionsForm(request.POST)
    if not form.is_valid() or owner.person is None:
        return _page(request, owner, exceptions_form=form)
    exemptions.set_exempt(actor=request.user, user=owner.person, is_exempt=form.cleaned_data["is_exempt"])
    exemptions.set_most_parallel(
        actor=request.user, user=owner.person, most=form.cleaned_data["most_parallel"]
    )
    messages.success(request, _("Saved. It holds from the next message."))
    return redirect(owner.url)


def _page(request: MemberRequest, owner: Owner, **changed: Any) -> HttpResponse:
    standing = limits.limits_set(owner.scope, owner.scope_id)
    limited = _limited(owner)
    context: dict[str, Any] = {
        "owner": owner,
        "opening": _opening(owner),
        "windows": _rows(owner),
        "limits_form": LimitsForm(initial=standing),
        "grant_form": GrantForm(windows=limited) if limited else None,
        "grant_id": new_id(),  # so that a form sent twice gives once
    }
    if owner.person is not None:
        context["exceptions_form"] = ExceptionsForm(
            initial={"is_exempt": owner.person.is_exempt, "most_parallel": owner.person.most_parallel}
        )
    return render(request, "accounts/limits.html", context | changed, status=422 if changed else 200)


def _owner(kind: str, owner_id: uuid.UUID) -> Owner:
    match kind:
        case "everybody":
            return Owner(kind, _("each person, by default"), Scope.USER, None)
        case "organisation":
            return Owner(kind, _("all together"), Scope.ORGANISATION, ORGANISATION_ID)
        case "team":
            team = get_object_or_404(Team, pk=owner_id)
            return Owner(kind, team.name, Scope.TEAM, team.pk)
        case "person":
            person = get_object_or_404(User, pk=owner_id)
            return Owner(kind, person.display_name, Scope.USER, person.pk, person)
    raise Http404


def _standing(owner: Owner) -> list[budgets.Left]:
    if owner.person is not None:
        found = budgets.standing_of(owner.person)
        return [left for left in found if left.scope == Scope.USER]
    if owner.scope == Scope.TEAM and owner.scope_id is not None:
        return budgets.standing_of_team(owner.scope_id)
    return budgets.standing_of_organisation() if owner.scope == Scope.ORGANISATION else []


def _rows(owner: Owner) -> list[windows_shown.WindowRow]:
    return windows_shown.rows_of(_standing(owner), owner.of)


def _limited(owner: Owner) -> list[str]:
    """The windows in which there is a limit to raise or lower."""
    if owner.scope_id is None:
        return []
    return [
        left.window
        for left in _standing(owner)
        if budgets.limit_set(owner.scope, owner.scope_id, left.window) is not None
    ]


def _opening(owner: Owner) -> str:
    if owner.scope_id is None:
        return _("What each person may spend who has no budget of their own.")
    month = next(left for left in _standing(owner) if left.window == Window.MONTH)
    words = windows_shown.month_words(month, is_estimated=windows_shown.is_estimated(month, owner.of))
    return f"{owner.name[0].upper()}{owner.name[1:]}, {words}"


def _id_of(given: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(given)
    except ValueError:
        return None
