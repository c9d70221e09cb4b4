"""Teams: who belongs to them and what they spend. Managers see theirs; administrators change them."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import teams
from accounts.access import MemberRequest, administrators_only, members_only
from accounts.actions import requests
from accounts.actions import teams as actions
from accounts.form_refusals import told_in
from accounts.models import Team, User
from accounts.money_forms import MemberForm, TeamForm
from accounts.usage import asked, mine, pace, spend, team_pages
from accounts.usage.facts import Of, today


@never_cache
@require_safe
@members_only
def index(request: MemberRequest) -> HttpResponse:
    """Every team for administrators, those one manages for others; a page that does not exist for the rest."""
    return _index(request)


@require_POST
@administrators_only
def create(request: MemberRequest) -> HttpResponse:
    """Makes a team, then opens it."""
    form = TeamForm(request.POST)
    if form.is_valid():
        with told_in(form, "name", actions.TeamRefused):
            team = actions.create_team(actor=request.user, name=form.cleaned_data["name"])
            return redirect("accounts:team", team.pk)
    return _index(request, form=form)


@never_cache
@require_safe
@members_only
def show(request: MemberRequest, team_id: uuid.UUID) -> HttpResponse:
    """What the team spent this month, its members, and what waits for a decision."""
    return _show(request, teams.managed_team_for(request.user, team_id))


@require_POST
@administrators_only
def rename(request: MemberRequest, team_id: uuid.UUID) -> HttpResponse:
    """Gives the team another name."""
    team = get_object_or_404(Team, pk=team_id)
    form = TeamForm(request.POST)
    if form.is_valid():
        with told_in(form, "name", actions.TeamRefused):
            actions.rename_team(actor=request.user, team=team, name=form.cleaned_data["name"])
            messages.success(request, _("The team has its new name."))
            return redirect("accounts:team", team.pk)
    return _show(request, team, name_form=form)


@require_POST
@administrators_only
def add_member(request: MemberRequest, team_id: uuid.UUID) -> HttpResponse:
    """Lets somebody belong to the team."""
    team = get_object_or_404(Team, pk=team_id)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _show(request, team, member_form=form)
    person: User = form.cleaned_data["email"]
    actions.add_member(actor=request.user, team=team, user=person, is_manager=form.cleaned_data["is_manager"])
    messages.success(
        request, _("%(name)s belongs to %(team)s.") % {"name": person.display_name, "team": team.name}
    )
    return redirect("accounts:team", team.pk)


@require_POST
@administrators_only
def change_member(request: MemberRequest, team_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponse:
    """Makes a member a manager or not, or removes them; what the button says."""
    team = get_object_or_404(Team, pk=team_id)
    person = get_object_or_404(User, pk=user_id, memberships__team=team)
    match request.POST.get("act"):
        case "remove":
            actions.remove_member(actor=request.user, team=team, user=person)
            messages.success(
                request,
                _("%(name)s no longer belongs to %(team)s.")
                % {"name": person.display_name, "team": team.name},
            )
        case "manager":
            actions.set_manager(actor=request.user, team=team, user=person, is_manager=True)
            messages.success(
                request, _("%(name)s manages %(team)s.") % {"name": person.display_name, "team": team.name}
            )
        case "member":
            actions.set_manager(actor=request.user, team=team, user=person, is_manager=False)
            messages.success(request, _("%(name)s is a member like others.") % {"name": person.display_name})
        case _:
            raise Http404
    return redirect("accounts:team", team.pk)


def _index(request: MemberRequest, *, form: TeamForm | None = None) -> HttpResponse:
    managed = teams.managed_by(request.user)
    if not request.user.is_administrator and not managed:
        raise Http404
    context = {
        "opening": team_pages.opening(managed, request.user),
        "rows": team_pages.rows(managed),
        "form": form or TeamForm(),
    }
    return render(request, "accounts/teams.html", context, status=422 if form else 200)


def _show(request: MemberRequest, team: Team, **changed: Any) -> HttpResponse:
    month = mine.month_of(Of(team=team.pk), pace.month_of(today()))
    by_person = spend.sums_of(spend.slice_of({"by": "person", "team": str(team.pk)}))
    waiting = [one for one in requests.requests_for(request.user) if one.team_id == team.pk]
    context: dict[str, Any] = {
        "team": team,
        "opening": team_pages.month_sentence(team, is_estimated=month.total.is_estimated),
        "windows": team_pages.windows_of(team),
        "people": team_pages.spenders(by_person),
        "models": mine.model_rows(month),
        "span": month.span,
        "members": team_pages.members(team),
        "waiting": asked.rows(waiting),
        "member_form": MemberForm(auto_id="member_%s"),
        "name_form": TeamForm(initial={"name": team.name}, auto_id="name_%s"),
    }
    return render(request, "accounts/team.html", context | changed, status=422 if changed else 200)
