"""Setting limits. The next hold obeys them; what is spent or held already stays, and counts.

A limit that cannot be is LimitRefused, whose `str()` is a sentence for whoever set it.
"""

import uuid
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, budgets, counters, money, rebuilding, signals
from accounts.models import ORGANISATION_ID, Budget, Membership, Scope, Team, User, Window

# More than the column holds would be a fault of the database's; this is already no limit at all.
HIGHEST_LIMIT = Decimal(10_000_000)

# From the shortest to the longest: none may have more than one that holds it whole.
_BY_LENGTH = (Window.DAY, Window.WEEK, Window.MONTH, Window.TOTAL)
_SPAN = {
    Window.DAY: gettext_lazy("a day"),
    Window.WEEK: gettext_lazy("a week"),
    Window.MONTH: gettext_lazy("a month"),
    Window.TOTAL: gettext_lazy("all time"),
}


class LimitRefused(ValueError):
    """What was asked for is no limit, or contradicts another one."""


@transaction.atomic
def set_budget(
    *,
    actor: User | None,
    scope: Scope,
    scope_id: uuid.UUID | None = None,
    window: str = Window.MONTH,
    limit: Decimal | None,
    note: str = "",
) -> None:
    """Set, change or (None) remove one limit.

    Under Scope.USER no id means the default, for everybody without a limit of their own; the organisation
    needs none. What was spent since the window began counts, whenever the limit is set. Raises LimitRefused.
    """
    if scope == Scope.ORGANISATION:
        scope_id = ORGANISATION_ID
    if limit is not None:
        limit = _checked(limit)
    which: dict[str, Any] = {"scope": scope, "scope_id": scope_id, "window": Window(window)}
    earlier = _put(which, limit)
    if limit == earlier:
        return
    audit.record(
        actor=actor,
        action="budget.set" if limit is not None else "budget.removed",
        target=_name_of(scope, scope_id),
        before={"window": window, "limit": earlier},
        after={"window": window, "limit": limit},
        note=note,
    )
    signals.tell_money_changed(people_of(scope, scope_id))


@transaction.atomic
def limit_oneself(*, user: User, window: str, limit: Decimal | None) -> None:
    """Set or (None) remove a person's own lower limit. Nothing granted raises it. Raises LimitRefused."""
    if limit is not None:
        limit = _checked(limit)
        allowed = budgets.limit_of(user, window)
        if allowed is not None and limit >= allowed:
            raise LimitRefused(
                _("Your limit for %(span)s is %(limit)s already. One of your own has to be lower.")
                % {"span": _SPAN[Window(window)], "limit": money.format_limit(allowed)}
            )
    which = {"scope": Scope.USER, "scope_id": user.pk, "window": Window(window), "is_own": True}
    earlier = _put(which, limit)
    if limit == earlier:
        return
    audit.record(
        actor=user,
        action="budget.own_set" if limit is not None else "budget.own_removed",
        target=user.display_name,
        before={"window": window, "limit": earlier},
        after={"window": window, "limit": limit},
    )
    signals.tell_money_changed([user.pk])


def people_of(scope: Scope, scope_id: uuid.UUID | None) -> list[uuid.UUID] | None:
    """Whom a limit or a grant of this scope concerns; None = everybody."""
    if scope == Scope.USER and scope_id is not None:
        return [scope_id]
    if scope == Scope.TEAM and scope_id is not None:
        return list(Membership.objects.filter(team_id=scope_id).values_list("user_id", flat=True))
    return None


def checked_amount(amount: Decimal, what: str) -> Decimal:
    """An amount of dollars as it is kept. Raises LimitRefused for what is none."""
    if not amount.is_finite() or not 0 <= amount <= HIGHEST_LIMIT:
        raise LimitRefused(
            _("%(what)s is an amount from $0 to %(highest)s.")
            % {"what": what, "highest": money.format_limit(HIGHEST_LIMIT)}
        )
    return amount.quantize(money.PICO)


def _put(which: dict[str, Any], limit: Decimal | None) -> Decimal | None:
    """Write the row, or take it away; returns the limit there was. Alone with the books, since counters may be
    wanting: nobody holds by the old limits what the new counter would miss.
    """
    counters.enter_alone()
    which = {"is_own": False, **which}
    row = Budget.objects.filter(**which).first()
    if limit is None:
        Budget.objects.filter(**which).delete()
    else:
        if not which["is_own"]:
            _refuse_contradiction(which, limit)
        Budget.objects.update_or_create(**which, defaults={"limit": limit})
        if row is None:
            rebuilding.complete(
                Scope(which["scope"]), which["window"], scope_id=which["scope_id"], at=timezone.now()
            )
    return row.limit if row else None


def _refuse_contradiction(which: dict[str, Any], limit: Decimal) -> None:
    rows = Budget.objects.filter(scope=which["scope"], scope_id=which["scope_id"], is_own=False)
    limits: dict[str, Decimal] = dict(rows.values_list("window", "limit"))
    limits[which["window"]] = limit
    known = [window for window in _BY_LENGTH if window in limits]
    for shorter, longer in pairwise(known):
        if limits[shorter] > limits[longer]:
            raise LimitRefused(
                _(
                    "%(shorter)s for %(span)s is more than "
                    "%(longer)s for %(longer_span)s. The shorter one may not have more."
                )
                % {
                    "shorter": money.format_limit(limits[shorter]),
                    "span": _SPAN[shorter],
                    "longer": money.format_limit(limits[longer]),
                    "longer_span": _SPAN[longer],
                }
            )


def _checked(limit: Decimal) -> Decimal:
    return checked_amount(limit, _("A limit"))


def _name_of(scope: Scope, scope_id: uuid.UUID | None) -> str:
    if scope == Scope.ORGANISATION:
        return "the organisation"
    if scope_id is None:
        return "everybody by default"
    if scope == Scope.TEAM:
        return Team.objects.get(pk=scope_id).name
    return User.objects.get(pk=scope_id).display_name
