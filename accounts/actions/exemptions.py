"""What stands for one person alone beside their budget: no limits, or another number of replies at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, signals
from accounts.actions.budgets import LimitRefused
from accounts.models import User

MOST_PARALLEL = 100


@transaction.atomic
def set_exempt(*, actor: User, user: User, is_exempt: bool, note: str = "") -> None:
    """Let no limit stand for a person but one of their own, or all of them again. They are recorded either way."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.is_exempt == is_exempt:
        return
    user.is_exempt = is_exempt
    user.save(update_fields=["is_exempt"])
    audit.record(
        actor=actor,
        action="user.exempted" if is_exempt else "user.limited_again",
        target=user.display_name,
        before={"is_exempt": not is_exempt},
        after={"user": user.pk, "is_exempt": is_exempt},
        note=note,
    )
    signals.tell_money_changed([user.pk])


@transaction.atomic
def set_most_parallel(*, actor: User, user: User, most: int | None, note: str = "") -> None:
    """How many of a person's replies may be written at once; None = as the installation has it.

    Raises LimitRefused for what is no such number.
    """
    if most is not None and not 1 <= most <= MOST_PARALLEL:
        raise LimitRefused(_("Enter a number from 1 to %(most)s.") % {"most": MOST_PARALLEL})
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.most_parallel == most:
        return
    before, user.most_parallel = user.most_parallel, most
    user.save(update_fields=["most_parallel"])
    audit.record(
        actor=actor,
        action="user.parallel_set",
        target=user.display_name,
        before={"most_parallel": before},
        after={"user": user.pk, "most_parallel": most},
        note=note,
    )
