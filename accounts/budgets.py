"""Limits and what is left of them. Reads only: who changes a limit is in `actions.budgets`."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, F, Q
from django.utils import timezone

from accounts import windows
from accounts.models import ORGANISATION_ID, Budget, Scope, SpendWindow, User, Window

# A notice is due when less than a fifth is left.
_LOW = Decimal("0.2")


_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True, order=True)
class Counted:
    """One counter that a reply of somebody's touches, and its limits; None = counted, not limited.

    `own` is a lower limit that a person set for themselves: nothing that is granted raises it.
    """

    scope: int
    scope_id: uuid.UUID
    window: str
    limit: Decimal | None = None
    own: Decimal | None = None

    def given_with(self, granted: Decimal) -> Decimal | None:
        """What others allow in a window to which this was granted; never less than nothing."""
        return None if self.limit is None else max(_NOTHING, self.limit + granted)

    def limit_with(self, granted: Decimal) -> Decimal | None:
        """What may be spent in it in all."""
        both = (self.given_with(granted), self.own)
        return min((limit for limit in both if limit is not None), default=None)

    def is_own_with(self, granted: Decimal) -> bool:
        """Whether it is their own limit that they would come up against."""
        given = self.given_with(granted)
        return self.own is not None and (given is None or self.own < given)


@dataclass(frozen=True, slots=True)
class Left:
    """How one window stands.

    `limit` is what may be spent in it in all: the limit that was set and what was granted, or a person's own lower
    one (`is_own`). `amount` is limit − spent, so it changes only when a reply is settled; `available` is what a new
    hold may take. All are None without a limit.
    """

    scope: Scope
    window: str
    at: datetime
    limit: Decimal | None
    spent: Decimal
    held: Decimal
    granted: Decimal = _NOTHING
    is_own: bool = False

    @property
    def amount(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.spent

    @property
    def available(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.spent - self.held

    @property
    def starts_at(self) -> datetime:
        return windows.start_of(self.window, self.at)

    @property
    def resets_at(self) -> datetime | None:
        return windows.end_of(self.window, self.at)

    @property
    def is_low(self) -> bool:
        """Less than a fifth is left: time for the one line about it."""
        return self.limit is not None and self.limit - self.spent <= self.limit * _LOW


def counted_for(user_id: uuid.UUID, team_id: uuid.UUID | None = None) -> list[Counted]:
    """Every counter a reply of this person's moves: the month of each scope, and each window with a limit.

    All of them must allow it: the organisation's, the team's that pays, and the person's. In the order of scopes.
    One query.
    """
    owners = [(Scope.ORGANISATION, ORGANISATION_ID), (Scope.USER, user_id)]
    if team_id is not None:
        owners.insert(1, (Scope.TEAM, team_id))
    return _counted(owners, person=user_id)


def default_limit(window: str = Window.MONTH) -> Decimal | None:
    """What a person without a budget of their own may spend; None = no limit."""
    return (
        Budget.objects.filter(scope=Scope.USER, scope_id=None, window=window)
        .values_list("limit", flat=True)
        .first()
    )


def limit_of(user: User, window: str = Window.MONTH) -> Decimal | None:
    """What administrators allow a person, by a limit of their own or the default; None = no limit."""
    return limits_of([user.pk], window)[user.pk]


def limited_windows(user: User) -> set[str]:
    """Over which windows administrators limit a person. One query."""
    if user.is_exempt:
        return set()
    rows = Budget.objects.filter(
        Q(scope_id=user.pk) | Q(scope_id=None), scope=Scope.USER, is_own=False
    ).values_list("window", flat=True)
    return set(rows)


def limit_set(scope: Scope, scope_id: uuid.UUID, window: str) -> Decimal | None:
    """What administrators set, before anything is granted or a person limits themselves; None = no limit."""
    if scope == Scope.USER:
        return limits_of([scope_id], window)[scope_id]
    rows = Budget.objects.filter(scope=scope, scope_id=scope_id, window=window)
    return rows.values_list("limit", flat=True).first()


def limits_of(user_ids: Collection[uuid.UUID], window: str = Window.MONTH) -> dict[uuid.UUID, Decimal | None]:
    """`limit_of` for many. Two queries."""
    rows = Budget.objects.filter(
        Q(scope_id__in=user_ids) | Q(scope_id=None), scope=Scope.USER, window=window, is_own=False
    ).values_list("scope_id", "limit")
    known: dict[uuid.UUID | None, Decimal] = dict(rows)
    exempt = set(User.objects.filter(pk__in=user_ids, is_exempt=True).values_list("pk", flat=True))
    return {
        user_id: None if user_id in exempt else known.get(user_id, known.get(None)) for user_id in user_ids
    }


def standing_of(user: User, *, team_id: uuid.UUID | None = None, at: datetime | None = None) -> list[Left]:
    """How every window stands that a reply of this person's counts in, in the order of scopes. Two queries."""
    return _standing(counted_for(user.pk, team_id), at or timezone.now())


def standing_of_team(team_id: uuid.UUID, at: datetime | None = None) -> list[Left]:
    """How the windows of a team stand: its month, and each that has a limit. Two queries."""
    return _standing(_counted([(Scope.TEAM, team_id)]), at or timezone.now())


def standing_of_organisation(at: datetime | None = None) -> list[Left]:
    """How the organisation's windows stand: its month, and each that has a limit. Two queries."""
    return _standing(_counted([(Scope.ORGANISATION, ORGANISATION_ID)]), at or timezone.now())


def left_for(user: User, at: datetime | None = None, *, team_id: uuid.UUID | None = None) -> Left:
    """How the tightest window of a person stands, the organisation's and the paying team's included; without
    limits, their month. Two queries.
    """
    return tightest(standing_of(user, team_id=team_id, at=at))


def tightest(standing: Sequence[Left]) -> Left:
    """Of a person's windows the one with the least left; without limits, their month."""
    limited = [left for left in standing if left.amount is not None]
    if limited:
        return min(limited, key=lambda left: left.amount or _NOTHING)
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
    return next(left for left in standing_of_organisation(at) if left.window == Window.MONTH)


_Owner = tuple[int, uuid.UUID, str]


def _counted(owners: Sequence[tuple[Scope, uuid.UUID]], *, person: uuid.UUID | None = None) -> list[Counted]:
    """Limits by scope, owner and window: those that were set, a person's before the default, and their own lower
    ones. For a person who is exempt every window counts as for others, and only the latter limit them.
    """
    wanted = Q()
    for scope, owner in owners:
        wanted |= Q(scope=scope, scope_id=owner)
        if scope == Scope.USER:
            wanted |= Q(scope=scope, scope_id=None)
    exempt = Exists(User.objects.filter(pk__in=[person] if person else [], is_exempt=True))
    rows = (
        Budget.objects.filter(wanted)
        .annotate(is_lifted=exempt)
        .order_by(
            F("scope_id").asc(nulls_first=True)
        )  # a person's own row comes after the default, and stands
        .values_list("scope", "scope_id", "window", "limit", "is_own", "is_lifted")
    )
    given: dict[_Owner, Decimal | None] = {
        (scope.value, owner, Window.MONTH.value): None for scope, owner in owners
    }
    own: dict[_Owner, Decimal] = {}
    for scope_value, scope_id, window, limit, is_own, is_lifted in rows:
        which = (scope_value, scope_id or person or ORGANISATION_ID, window)
        if is_own:
            own[which] = limit
            given.setdefault(which, None)
        else:
            given[which] = None if is_lifted else limit
    return sorted(Counted(*which, limit, own.get(which)) for which, limit in given.items())


def _standing(counted: Collection[Counted], at: datetime) -> list[Left]:
    wanted = Q()
    for one in counted:
        wanted |= Q(
            scope=one.scope,
            scope_id=one.scope_id,
            window=one.window,
            starts_at=windows.start_of(one.window, at),
        )
    rows = SpendWindow.objects.filter(wanted).values_list("scope", "window", "spent", "held", "granted")
    sums = {(scope, window): figures for scope, window, *figures in rows}
    standing = []
    for one in counted:
        spent, held, granted = sums.get((one.scope, one.window), (_NOTHING, _NOTHING, _NOTHING))
        limit = one.limit_with(granted)
        standing.append(
            Left(Scope(one.scope), one.window, at, limit, spent, held, granted, one.is_own_with(granted))
        )
    return standing
