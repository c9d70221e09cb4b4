"""Limits and what is left of them. Reads only: who changes a limit is in `actions.budgets`."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from accounts import windows
from accounts.models import ORGANISATION_ID, Budget, Scope, SpendWindow, User, Window

# A notice is due when less than a fifth is left.
_LOW = Decimal("0.2")


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """One counter that a reply of somebody's touches, and its limit; None = counted, not limited."""

    scope: int
    scope_id: uuid.UUID
    window: str
    limit: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """How one window stands.

    `amount` is limit − spent, so it changes only when a reply is settled; `available` is what a new hold may
    take. Both are None without a limit.
    """

    scope: Scope
    window: str
    at: datetime
    limit: Decimal | None
    spent: Decimal
    held: Decimal

    @property
    def amount(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.spent

    @property
    def available(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.spent - self.held

    @property
    def resets_at(self) -> datetime | None:
        return windows.end_of(self.window, self.at)

    @property
    def is_low(self) -> bool:
        """Less than a fifth is left: time for the one line about it."""
        return self.limit is not None and self.limit - self.spent <= self.limit * _LOW


def counted_for(user_id: uuid.UUID, team_id: uuid.UUID | None = None) -> list[Counted]:
    """Every counter a reply of this person's moves: the month of each scope, and each window with a limit.

    In the order of scopes. One query.
    """
    owners = [(Scope.ORGANISATION, ORGANISATION_ID), (Scope.USER, user_id)]
    if team_id is not None:
        owners.insert(1, (Scope.TEAM, team_id))
    limits = _limits(owners)
    months = {(scope.value, owner, Window.MONTH.value) for scope, owner in owners}
    return sorted(Counted(*which, limits.get(which)) for which in months | set(limits))


def default_limit(window: str = Window.MONTH) -> Decimal | None:
    """What a person without a budget of their own may spend; None = no limit."""
    return (
        Budget.objects.filter(scope=Scope.USER, scope_id=None, window=window)
        .values_list("limit", flat=True)
        .first()
    )


def limit_of(user: User, window: str = Window.MONTH) -> Decimal | None:
    """A person's limit, their own or the default; None = no limit."""
    return limits_of([user.pk], window)[user.pk]


def limits_of(user_ids: Collection[uuid.UUID], window: str = Window.MONTH) -> dict[uuid.UUID, Decimal | None]:
    """`limit_of` for many. One query."""
    rows = Budget.objects.filter(
        Q(scope_id__in=user_ids) | Q(scope_id=None), scope=Scope.USER, window=window
    ).values_list("scope_id", "limit")
    known: dict[uuid.UUID | None, Decimal] = dict(rows)
    return {user_id: known.get(user_id, known.get(None)) for user_id in user_ids}


def standing_for(user: User, *, team_id: uuid.UUID | None = None, at: datetime | None = None) -> list[Left]:
    """How every window stands that a reply of this person's counts in, in the order of scopes. Two queries."""
    return _standing(counted_for(user.pk, team_id), at or timezone.now())


def left_for(user: User, at: datetime | None = None) -> Left:
    """How the tightest window of a person stands, the organisation's included; without limits, their month.

    Two queries.
    """
    at = at or timezone.now()
    standing = _standing(counted_for(user.pk), at)
    limited = [left for left in standing if left.amount is not None]
    if limited:
        return min(limited, key=lambda left: left.amount or Decimal(0))
    return next(left for left in standing if (left.scope, left.window) == (Scope.USER, Window.MONTH))


def spent_this_month(user_ids: Collection[uuid.UUID], at: datetime | None = None) -> dict[uuid.UUID, Decimal]:
    """What each of these people has spent this month. One query."""
    rows = SpendWindow.objects.filter(
        scope=Scope.USER,
        scope_id__in=user_ids,
        window=Window.MONTH,
        starts_at=windows.start_of(Window.MONTH, at or timezone.now()),
    ).values_list("scope_id", "spent")
    return dict.fromkeys(user_ids, Decimal(0)) | dict(rows)


def organisation_this_month(at: datetime | None = None) -> Left:
    """How the organisation's month stands. Two queries."""
    limits = _limits([(Scope.ORGANISATION, ORGANISATION_ID)])
    which = (Scope.ORGANISATION.value, ORGANISATION_ID, Window.MONTH.value)
    (left,) = _standing([Counted(*which, limits.get(which))], at or timezone.now())
    return left


def _limits(owners: Iterable[tuple[Scope, uuid.UUID]]) -> dict[tuple[int, uuid.UUID, str], Decimal]:
    """Limits by scope, owner and window; a person's own goes before the default."""
    owners = list(owners)
    wanted = Q()
    for scope, owner in owners:
        wanted |= Q(scope=scope, scope_id=owner)
        if scope == Scope.USER:
            wanted |= Q(scope=scope, scope_id=None)
    rows = list(Budget.objects.filter(wanted).values_list("scope", "scope_id", "window", "limit"))
    defaults = {window: limit for _, owner, window, limit in rows if owner is None}
    found = {
        (scope.value, owner, window): limit
        for scope, owner in owners
        if scope == Scope.USER
        for window, limit in defaults.items()
    }
    return found | {
        (scope, owner, window): limit for scope, owner, window, limit in rows if owner is not None
    }


def _standing(counted: Collection[Counted], at: datetime) -> list[Left]:
    wanted = Q()
    for one in counted:
        wanted |= Q(
            scope=one.scope,
            scope_id=one.scope_id,
            window=one.window,
            starts_at=windows.start_of(one.window, at),
        )
    rows = SpendWindow.objects.filter(wanted).values_list("scope", "window", "spent", "held")
    sums = {(scope, window): (spent, held) for scope, window, spent, held in rows}
    nothing = (Decimal(0), Decimal(0))
    return [
        Left(Scope(one.scope), one.window, at, one.limit, *sums.get((one.scope, one.window), nothing))
        for one in counted
    ]
