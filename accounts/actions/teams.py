"""Teams: people who share a budget. Administrators make them and say who belongs to them and who manages them."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit, signals
from accounts.models import Membership, Team, User

LONGEST_NAME = 80


class TeamRefused(Exception):
    """`str()` is a sentence for whoever asked."""


@transaction.atomic
def create_team(*, actor: User, name: str) -> Team:
    """A team nobody belongs to yet, and that has no limit yet. Raises TeamRefused."""
    name = _checked(name)
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name)
    except IntegrityError as fault:
        raise TeamRefused(_("There is a team called %(name)s already.") % {"name": name}) from fault
    audit.record(actor=actor, action="team.created", target=name, before={}, after={"team": team.pk})
    return team


@transaction.atomic
def rename_team(*, actor: User, team: Team, name: str) -> None:
    """Another name for the same team. Raises TeamRefused."""
    before, name = team.name, _checked(name)
    try:
        with transaction.atomic():
            Team.objects.filter(pk=team.pk).update(name=name)
    except IntegrityError as fault:
        raise TeamRefused(_("There is a team called %(name)s already.") % {"name": name}) from fault
    if before != name:
        audit.record(
            actor=actor,
            action="team.renamed",
            target=name,
            before={"name": before},
            after={"team": team.pk, "name": name},
        )


@transaction.atomic
def add_member(*, actor: User, team: Team, user: User, is_manager: bool = False) -> None:
    """From now on they may have the team pay. For a member it only says whether they manage it."""
    membership, is_new = Membership.objects.get_or_create(
        team=team, user=user, defaults={"is_manager": is_manager}
    )
    if not is_new:
        if membership.is_manager != is_manager:
            set_manager(actor=actor, team=team, user=user, is_manager=is_manager)
        return
    _record("team.member_added", actor, team, user, before={}, after={"is_manager": is_manager})
    signals.tell_money_changed([user.pk])


@transaction.atomic
def remove_member(*, actor: User, team: Team, user: User) -> None:
    """The team pays nothing more of theirs; a reply under way is still paid as it was begun."""
    membership = Membership.objects.filter(team=team, user=user).first()
    if membership is None:
        return
    membership.delete()
    _record("team.member_removed", actor, team, user, before={"is_manager": membership.is_manager}, after={})
    signals.tell_money_changed([user.pk])


@transaction.atomic
def set_manager(*, actor: User, team: Team, user: User, is_manager: bool) -> None:
    """Whether a member sees what the team spends and decides about requests to it."""
    changed = Membership.objects.filter(team=team, user=user, is_manager=not is_manager)
    if changed.update(is_manager=is_manager):
        action = "team.manager_made" if is_manager else "team.manager_unmade"
        _record(
            action, actor, team, user, before={"is_manager": not is_manager}, after={"is_manager": is_manager}
        )


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise TeamRefused(_("A team has a name of up to %(most)s characters.") % {"most": LONGEST_NAME})
    return name


def _record(
    action: str, actor: User, team: Team, user: User, *, before: dict[str, bool], after: dict[str, bool]
) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=f"{team.name}: {user.display_name}"[:120],
        before=before,
        after={"team": team.pk, "user": user.pk, **after},
    )
