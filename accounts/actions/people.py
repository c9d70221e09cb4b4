"""Adding, renaming, suspending and restoring people. Each act is one transaction with its audit entry.

PersonRefused
├── AddressTaken    somebody has this address already
└── CannotSuspend   oneself, or the last administrator
"""

from decimal import Decimal

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions import budgets
from accounts.models import Invitation, Scope, User, Window

# One lock for every act that depends on how many administrators there are: two such acts never overlap.
_ADMINISTRATORS_LOCK = 0x7061726C


class PersonRefused(Exception):
    """`str()` is a sentence for whoever asked."""


class AddressTaken(PersonRefused):
    """Two people cannot sign in with one address."""

    def __init__(self, email: str) -> None:
        super().__init__(_("There is an account with the address %(address)s already.") % {"address": email})


class CannotSuspend(PersonRefused):
    """It would leave nobody who can undo it."""


def lock_administrators() -> None:
    """Makes every other act that counts administrators wait until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADMINISTRATORS_LOCK])


@transaction.atomic
def add_person(
    *,
    actor: User | None,
    email: str,
    password: str | None,
    display_name: str = "",
    is_admin: bool = False,
    monthly_budget: Decimal | None = None,
) -> User:
    """A new person, who may sign in at once; without a password only after using a reset link.

    `actor` None means the command line. Raises AddressTaken.
    """
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, display_name=display_name, is_admin=is_admin)
    except IntegrityError as fault:
        raise AddressTaken(email) from fault
    audit.record(
        actor=actor,
        action="user.added",
        target=user.display_name,
        before={},
        after={"user": user.pk, "is_administrator": is_admin},
    )
    if monthly_budget is not None:
        budgets.set_budget(
            actor=actor, scope=Scope.USER, scope_id=user.pk, window=Window.MONTH, limit=monthly_budget
        )
    return user


def change_settings(*, user: User, **settings: str) -> None:
    """One's own name, looks and instructions, by the fields' names. What was said before keeps the name it had."""
    for name, value in settings.items():
        setattr(user, name, value)
    user.save(update_fields=list(settings))


@transaction.atomic
def suspend_user(*, actor: User, user: User, note: str = "") -> None:
    """Ends a person's access: no sign-in, no session, their invitations dead, running replies stopped.

    Nothing they wrote is deleted. Raises CannotSuspend for oneself and for the last administrator.
    """
    lock_administrators()
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not user.is_active:
        return
    if user.pk == actor.pk:
        raise CannotSuspend(_("You cannot suspend yourself. Another administrator can."))
    if user.is_staff and not _administrators().exclude(pk=user.pk).exists():
        raise CannotSuspend(_("%(name)s is the last administrator.") % {"name": user.display_name})
    _set_active(user, is_active=False)
    _end_sessions(user)
    Invitation.open.filter(invited_by=user.pk).update(revoked_at=timezone.now())
    _record_state(actor, user, "user.suspended", note)


@transaction.atomic
def restore_user(*, actor: User, user: User, note: str = "") -> None:
    """Gives a suspended person everything back, but for their sessions: they sign in anew."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_active:
        return
    _set_active(user, is_active=True)
    _record_state(actor, user, "user.restored", note)


@transaction.atomic
def issue_reset_link(*, actor: User | None, user: User) -> str:
    """The path of a link by which a person sets a new password, once, within PASSWORD_RESET_TIMEOUT."""
    audit.record(
        actor=actor,
        action="user.reset_link_issued",
        target=user.display_name,
        before={},
        after={"user": user.pk},
    )
    return reset_path(user)


def reset_path(user: User) -> str:
    """The path of a reset link. It dies with the next sign-in or change of password or address."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user.pk.hex, "key": key})


def has_administrator() -> bool:
    """True once anybody was made an administrator, suspended or not."""
    return User.objects.filter(is_staff=True).exists()


def _administrators() -> QuerySet[User]:
    return User.objects.filter(is_staff=True, is_active=True)


def _set_active(user: User, *, is_active: bool) -> None:
    user.is_active = is_active
    user.save(update_fields=["is_active"])


def _record_state(actor: User, user: User, action: str, note: str) -> None:
    audit.record(
        actor=actor,
        action=action,
        target=user.display_name,
        before={"is_active": not user.is_active},
        after={"user": user.pk, "is_active": user.is_active},
        note=note,
    )


def _end_sessions(user: User) -> None:
    """Deletes a person's sessions, so that a restored person does not find old ones alive."""
    running = Session.objects.filter(expire_date__gt=timezone.now())
    own = [s.pk for s in running.iterator() if s.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=own).delete()
