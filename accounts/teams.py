"""Who belongs to which team, and who may decide for it. Reads only."""

import uuid

from django.http import Http404

from accounts.models import Membership, Team, User


def teams_of(user: User) -> list[Team]:
    """The teams that may pay for them, by name. One query."""
    return list(Team.objects.filter(memberships__user=user).order_by("name"))


def managed_by(user: User) -> list[Team]:
    """The teams whose spending they see and whose requests they decide, by name: all, for administrators."""
    managed = Team.objects.all()
    if not user.is_administrator:
        managed = managed.filter(memberships__user=user, memberships__is_manager=True)
    return list(managed.order_by("name"))


def managed_team_for(user: User, team_id: uuid.UUID) -> Team:
    """A team that they manage, any for administrators; to everybody else it does not exist: 404."""
    team = next((team for team in managed_by(user) if team.pk == team_id), None)
    if team is None:
        raise Http404
    return team


def is_member(user_id: uuid.UUID, team_id: uuid.UUID) -> bool:
    """Whether the team may pay for them now."""
    return Membership.objects.filter(user_id=user_id, team_id=team_id).exists()


def is_manager(user: User, team_id: uuid.UUID) -> bool:
    """Whether they manage it as a member, administrator or not."""
    return Membership.objects.filter(user=user, team_id=team_id, is_manager=True).exists()
