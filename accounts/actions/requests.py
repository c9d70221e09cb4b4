"""Asking for more than a limit, and deciding about it.

RequestRefused: nothing has changed, `str()` is a sentence for whoever asked.
"""

import uuid
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, budgets, money, signals, teams
from accounts.actions import grants
from accounts.actions.budgets import HIGHEST_LIMIT, LimitRefused
from accounts.models import (
    BudgetRequest,
    EntryKind,
    LedgerEntry,
    RequestState,
    Scope,
    Team,
    User,
    Window,
)

LONGEST_REASON = 1000
NO_AMOUNT = gettext_lazy("Enter an amount in dollars, more than 0.")
NO_LIMIT = gettext_lazy("You have no limit for that, so there is nothing to ask for.")


class RequestRefused(LimitRefused):
    """It cannot be asked for, or not be decided like this."""


@transaction.atomic
def ask_for_more(
    *, user: User, amount: Decimal, reason: str, window: str = Window.MONTH, team: Team | None = None
) -> BudgetRequest:
    """Ask for so much more until the window ends; of a team that one belongs to, its managers may give it.

    One request at a time. Raises RequestRefused.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise RequestRefused(
            _("Say in up to %(limit)s characters what it is for.") % {"limit": f"{LONGEST_REASON:,}"}
        )
    if not amount.is_finite() or not 0 < amount <= HIGHEST_LIMIT:
        raise RequestRefused(str(NO_AMOUNT))
    if team is not None and not teams.is_member(user.pk, team.pk):
        raise RequestRefused(_("You do not belong to that team."))
    if budgets.limit_of(user, window) is None:
        raise RequestRefused(str(NO_LIMIT))
    try:
        with transaction.atomic():
            return BudgetRequest.objects.create(
                person=user, team=team, amount=amount.quantize(money.PICO), window=window, reason=reason
            )
    except IntegrityError as fault:
        raise RequestRefused(
            _("You have asked already. Wait for the answer, or take it back first.")
        ) from fault


@transaction.atomic
def withdraw(*, user: User, request: BudgetRequest) -> None:
    """Take back what one asked for. What was decided stays."""
    _end(_open(request), RequestState.WITHDRAWN, decided_by=user)


@transaction.atomic
def approve(
    *, actor: User, request: BudgetRequest, amount: Decimal | None = None, note: str = ""
) -> BudgetRequest:
    """Give what was asked for, or another `amount`, until the window ends in which it is now.

    Administrators give anything; a manager of the team that was asked what its budget has left. Nobody gives to
    themselves but administrators. A second approval is refused. Raises RequestRefused or LimitRefused.
    """
    request = _open(request)
    amount = request.amount if amount is None else amount
    _check_right(actor, request)
    if not actor.is_administrator and request.team is not None:
        _check_member(request.person, request.team)
        _check_room(request.team, amount)
    grants.grant(
        actor=actor,
        scope=Scope.USER,
        scope_id=request.person_id,
        window=request.window,
        amount=amount,
        note=note.strip() or f"Asked for: {request.reason}",
        grant_id=request.pk,
        team=request.team,
    )
    request.granted = amount
    return _end(request, RequestState.APPROVED, decided_by=actor, note=note)


@transaction.atomic
def decline(*, actor: User, request: BudgetRequest, note: str = "") -> BudgetRequest:
    """Do not give it, and say why if one likes. Raises RequestRefused."""
    request = _open(request)
    _check_right(actor, request)
    return _end(request, RequestState.DECLINED, decided_by=actor, note=note)


def requests_for(user: User, state: str = RequestState.OPEN) -> list[BudgetRequest]:
    """What this person may decide about, oldest first: all of it for administrators."""
    found = BudgetRequest.objects.filter(state=state).select_related("person", "team", "decided_by")
    if not user.is_administrator:
        found = found.filter(team__in=teams.managed_by(user)).exclude(person=user)
    return list(found.order_by("created_at"))


def given_by(team_id: uuid.UUID, since: object) -> Decimal:
    """What managers of a team have given its members out of its budget, since an instant."""
    amounts = LedgerEntry.objects.filter(
        kind=EntryKind.GRANT, team_id=team_id, user_id__isnull=False, counted_at__gte=since
    ).values_list("amount", flat=True)
    return sum(amounts, Decimal(0))


def _open(request: BudgetRequest) -> BudgetRequest:
    """The row, locked: of two who decide at once the second one finds it decided."""
    row = (
        BudgetRequest.objects.select_for_update(no_key=True, of=("self",))
        .select_related("person", "team")
        .get(pk=request.pk)
    )
    if row.state != RequestState.OPEN:
        raise RequestRefused(
            _("This request was %(state)s already.") % {"state": RequestState(row.state).label}
        )
    return row


def _check_right(actor: User, request: BudgetRequest) -> None:
    if actor.is_administrator:
        return
    if request.person_id == actor.pk:
        raise RequestRefused(_("Another manager or an administrator decides about yours."))
    if request.team_id is None or not teams.is_manager(actor, request.team_id):
        raise RequestRefused(_("An administrator decides about this."))


def _check_member(person: User, team: Team) -> None:
    if not teams.is_member(person.pk, team.pk):
        raise RequestRefused(
            _("%(person)s no longer belongs to %(team)s. An administrator can give it.")
            % {"person": person.display_name, "team": team.name}
        )


def _check_room(team: Team, amount: Decimal) -> None:
    """A manager gives no more than the team has left, what was given before included; one manager at a time."""
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    limited = [left for left in budgets.standing_of_team(team.pk) if left.available is not None]
    if not limited:
        raise RequestRefused(
            _("%(team)s has no budget to give from. An administrator can decide.") % {"team": team.name}
        )
    room = min((left.available or Decimal(0)) - given_by(team.pk, left.starts_at) for left in limited)
    if amount > room:
        raise RequestRefused(
            _("%(team)s has %(left)s left to give. An administrator can give more.")
            % {"team": team.name, "left": money.format_left(room)}
        )


def _end(request: BudgetRequest, state: RequestState, *, decided_by: User, note: str = "") -> BudgetRequest:
    request.state, request.decided_by, request.note = state, decided_by, note.strip()
    request.decided_at = timezone.now()
    request.save(update_fields=["state", "granted", "decided_by", "decided_at", "note"])
    audit.record(
        actor=decided_by,
        action=f"request.{state}",
        target=request.person.display_name,
        before={"amount": request.amount, "window": request.window, "reason": request.reason},
        after={"request": request.pk, "granted": request.granted},
        note=note,
    )
    signals.tell_money_changed([request.person_id])
    return request
