"""Links by which people join, and the one that makes the first administrator.

Refusals are `people.PersonRefused`:
├── InvitationIsDead      unknown, used up, expired or withdrawn
├── InvitationForAnother  it names somebody else's address
└── people.AddressTaken
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, ids
from accounts.actions import people
from accounts.models import Invitation, User

_FIRST_ADMINISTRATOR_DAYS = 7


class InvitationIsDead(people.PersonRefused):
    """The link cannot be used any more, or never could."""


class InvitationForAnother(people.PersonRefused):
    """The link names the address that may use it, and this is not it."""


@transaction.atomic
def invite(
    *,
    actor: User,
    email: str = "",
    places: int = 1,
    makes_administrator: bool = False,
    monthly_budget: Decimal | None = None,
    days: int = 7,
) -> str:
    """The secret of a new invitation, to be shown once: only its hash is kept.

    With an address only that address may join; without one whoever holds the link, `places` times.
    """
    secret = ids.new_secret()
    invitation = Invitation.objects.create(
        secret_hash=ids.secret_hash(secret),
        email=email.strip().lower(),
        places=1 if email else places,
        makes_administrator=makes_administrator,
        monthly_budget=monthly_budget,
        invited_by=actor.pk,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record(
        actor=actor,
        action="invitation.made",
        target=_name_of(invitation),
        before={},
        after={
            "invitation": invitation.pk,
            "places": invitation.places,
            "makes_administrator": makes_administrator,
            "monthly_budget": monthly_budget,
            "days": days,
        },
    )
    return secret


def renew_secret(invitation: Invitation) -> str | None:
    """Another secret in place of the one before, for a link made where it is sent; None if the invitation is dead."""
    secret = ids.new_secret()
    renewed = Invitation.open.filter(pk=invitation.pk).update(secret_hash=ids.secret_hash(secret))
    return secret if renewed else None


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    """Kills the link at once. Who joined by it stays."""
    withdrawn = Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=timezone.now())
    if withdrawn:
        audit.record(
            actor=actor,
            action="invitation.revoked",
            target=_name_of(invitation),
            before={},
            after={"invitation": invitation.pk},
        )


@transaction.atomic
def first_administrator_link() -> str | None:
    """The secret of a fresh link that makes the first administrator; None once there is one.

    Earlier links of this kind that nobody used die, so that only the last one printed works.
    """
    people.lock_administrators()
    if people.has_administrator():
        return None
    now = timezone.now()
    Invitation.open.filter(makes_first_administrator=True).update(revoked_at=now)
    secret = ids.new_secret()
    Invitation.objects.create(
        secret_hash=ids.secret_hash(secret),
        makes_administrator=True,
        makes_first_administrator=True,
        expires_at=now + timedelta(days=_FIRST_ADMINISTRATOR_DAYS),
    )
    return secret


def open_invitation(secret: str, *, is_first: bool) -> Invitation:
    """The invitation behind a link that can be used now. Raises InvitationIsDead, which says why it cannot."""
    invitation = Invitation.objects.filter(
        secret_hash=ids.secret_hash(secret), makes_first_administrator=is_first
    ).first()
    return _checked(invitation)


@transaction.atomic
def join(*, invitation: Invitation, email: str, display_name: str, password: str) -> User:
    """Makes the person and takes one place. Raises a PersonRefused, and then nothing has happened.

    The row's lock makes those who come at once wait for each other, so no place is given twice.
    """
    if invitation.makes_first_administrator:
        people.lock_administrators()
    invitation = _checked(Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk))
    if invitation.email and invitation.email != email.strip().lower():
        raise InvitationForAnother(_("This invitation is for another address."))
    invitation.used += 1
    invitation.save(update_fields=["used"])
    return people.add_person(
        actor=inviter_of(invitation),
        email=email,
        password=password,
        display_name=display_name,
        is_admin=invitation.makes_administrator,
        monthly_budget=invitation.monthly_budget,
    )


def inviter_of(invitation: Invitation) -> User | None:
    """Who made the invitation; nobody made the first administrator's."""
    return User.objects.filter(pk=invitation.invited_by).first() if invitation.invited_by else None


def _checked(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise InvitationIsDead(_("There is no such invitation. Check that the whole link was copied."))
    if invitation.makes_first_administrator and people.has_administrator():
        raise InvitationIsDead(_("There is an administrator already, so this link has done its work."))
    if invitation.revoked_at is not None:
        raise InvitationIsDead(_("This invitation was withdrawn."))
    if invitation.used >= invitation.places:
        raise InvitationIsDead(_("This invitation has been used."))
    if invitation.expires_at <= timezone.now():
        raise InvitationIsDead(
            _("This invitation expired on %(day)s.") % {"day": _day(invitation.expires_at)}
        )
    return invitation


def _day(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%B}"


def _name_of(invitation: Invitation) -> str:
    return "a named person" if invitation.email else f"{invitation.places} places"
