"""Giving more than a limit, or taking some off it, until its window ends: on the record, with a reason."""

import uuid
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit, budgets, ledger, money, signals, windows
from accounts.actions.budgets import HIGHEST_LIMIT, LimitRefused, people_of
from accounts.ids import new_id
from accounts.models import Scope, Team, User, Window


@transaction.atomic
def grant(
    *,
    actor: User,
    scope: Scope,
    scope_id: uuid.UUID,
    window: str = Window.MONTH,
    amount: Decimal,
    note: str,
    grant_id: uuid.UUID | None = None,
    team: Team | None = None,
) -> None:
    """Let a person, a team or the organisation spend so much more (negative: less) until the window ends.

    `note` says why, and is kept. Under the same `grant_id` it happens once. `team` says whose manager gave it.
    Raises LimitRefused, and then nothing has changed.
    """
    amount, note, now = _checked(amount), note.strip(), timezone.now()
    if not note:
        raise LimitRefused(_("Say why: it is kept with the amount."))
    limit = budgets.limit_set(scope, scope_id, window)
    if limit is None:
        raise LimitRefused(_("There is no limit for this window, so there is nothing to raise or lower."))
    granted = ledger.grant(
        key=f"grant:{grant_id or new_id()}",
        scope=scope,
        scope_id=scope_id,
        window=window,
        amount=amount,
        note=note,
        team_id=team.pk if team else None,
        at=now,
    )
    if granted is None:
        return
    _refuse_beyond(limit, granted, amount)
    audit.record(
        actor=actor,
        action="budget.granted" if amount > 0 else "budget.deducted",
        target=_name_of(scope, scope_id),
        before={"window": window, "granted": granted - amount},
        after={"window": window, "granted": granted, "until": windows.end_of(window, now)},
        note=note,
    )
    signals.tell_money_changed(people_of(scope, scope_id))


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 < abs(amount) <= HIGHEST_LIMIT:
        raise LimitRefused(
            _("Enter an amount other than 0, up to %(highest)s.")
            % {"highest": money.format_limit(HIGHEST_LIMIT)}
        )
    return amount.quantize(money.PICO)


def _refuse_beyond(limit: Decimal, granted: Decimal, amount: Decimal) -> None:
    """Raise LimitRefused where the last `amount` of what was granted leaves less than nothing, or more than a limit
    may be.
    """
    before = limit + granted - amount
    if amount < 0 and before + amount < 0:
        raise LimitRefused(
            _("At most %(amount)s can be taken off.")
            % {"amount": money.format_limit(max(Decimal(0), before))}
        )
    if amount > 0 and before + amount > HIGHEST_LIMIT:
        most = max(Decimal(0), HIGHEST_LIMIT - before)
        raise LimitRefused(_("At most %(most)s more can be given.") % {"most": money.format_limit(most)})


def _name_of(scope: Scope, scope_id: uuid.UUID) -> str:
    if scope == Scope.ORGANISATION:
        return "the organisation"
    if scope == Scope.TEAM:
        return Team.objects.get(pk=scope_id).name
    return User.objects.get(pk=scope_id).display_name
