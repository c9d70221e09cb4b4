"""Where money moves: hold before a call, settle after it, correct when the provider says so later, grant more.

Every function wants the caller's transaction, and may be repeated: an entry's key exists once, and whoever
comes second finds it. Postgres alone decides. `docs/ledger.md` explains it.
"""

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.utils import timezone

from accounts import budgets, counters, fitting, rollups
from accounts.bounds import CostBound as CostBound
from accounts.budgets import Counted
from accounts.models import CostSource, EntryKind, LedgerEntry, Posting, Scope, SpendWindow, User
from accounts.money import PICO
from accounts.refusals import BudgetRefused as BudgetRefused
from accounts.verification import verify as verify

logger = logging.getLogger("parley.ledger")

_NOTHING = Decimal(0)


class LedgerFault(Exception):
    """A step was asked for that the entries before it do not allow: a mistake of ours, never a person's."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What was granted. `max_tokens` must be sent upstream, or the amount bounds nothing."""

    amount: Decimal
    max_tokens: int
    is_shortened: bool


@dataclass(frozen=True, slots=True)
class Charge:
    """What one attempt cost. An unbilled one costs 0 and is charged all the same."""

    attempt_id: uuid.UUID
    amount: Decimal
    source: CostSource
    details: dict[str, Any] = field(default_factory=dict)


def hold(
    *,
    generation_id: uuid.UUID,
    user: User,
    team_id: uuid.UUID | None = None,
    bound: CostBound,
    at: datetime | None = None,
) -> Hold:
    """Set money aside for a generation in every window it counts in; BudgetRefused if one has too little.

    Locks the windows until the caller's transaction ends, so call it last. A repeat returns the first result.
    Nine queries at most.
    """
    at = at or timezone.now()
    counters.enter()
    counted = budgets.counted_for(user.pk, team_id)
    locked = counters.open_and_lock(counted, at)
    key = f"hold:{generation_id}"
    earlier = LedgerEntry.objects.filter(key=key).first()
    if earlier:
        return Hold(earlier.amount, earlier.details["max_tokens"], earlier.details["is_shortened"])
    max_tokens = fitting.tokens_allowed(bound, counted, locked, at)
    granted = Hold(bound.cost(max_tokens), max_tokens, is_shortened=max_tokens < bound.max_tokens)
    entry = LedgerEntry(
        key=key,
        kind=EntryKind.HOLD,
        amount=granted.amount,
        generation_id=generation_id,
        user_id=user.pk,
        team_id=team_id,
        details={"max_tokens": granted.max_tokens, "is_shortened": granted.is_shortened},
        counted_at=at,
        created_at=at,
    )
    counters.book([entry], [window.pk for window in locked])
    return granted


def hold_next(*, generation_id: uuid.UUID, number: int, charges: Sequence[Charge], bound: CostBound) -> Hold:
    """Between two calls of a generation: release what was held for the one that ended, book what it cost, and hold for
    the next, on the same windows. BudgetRefused if one of them has too little: nothing of it is to be kept then.

    `number` is the next call's. A repeat under it returns the first result; LedgerFault once all was released.
    Eleven queries at most.
    """
    account = _account_of(generation_id)
    key = f"hold:{generation_id}:{number}"
    earlier = account.entries.get(key)
    if earlier:
        return Hold(earlier.amount, earlier.details["max_tokens"], earlier.details["is_shortened"])
    if f"release:{generation_id}" in account.entries:
        raise LedgerFault(f"generation {generation_id} has ended: nothing more is held for it")
    first = account.first
    _release_and_charge(account, f"release:{generation_id}:{number}", charges)
    counted = budgets.counted_for(_required(first.user_id), first.team_id)
    windows = list(SpendWindow.objects.filter(id__in=account.window_ids))
    max_tokens = fitting.tokens_allowed(bound, counted, windows, first.counted_at)
    granted = Hold(bound.cost(max_tokens), max_tokens, is_shortened=max_tokens < bound.max_tokens)
    entry = _following(first, EntryKind.HOLD, key, granted.amount)
    entry.details = {"max_tokens": granted.max_tokens, "is_shortened": granted.is_shortened}
    counters.book([entry], account.window_ids)
    return granted


def settle(*, generation_id: uuid.UUID, charges: Sequence[Charge]) -> None:
    """Release all that is held and book what each attempt cost, on the windows the hold was made in.

    Without charges it only releases. What was booked before stays: another figure for an attempt is a matter
    for `correct`. Eight queries at most.
    """
    _release_and_charge(_account_of(generation_id), f"release:{generation_id}", charges)


def lock_for_next(
    *, generation_id: uuid.UUID, user: User, team_id: uuid.UUID | None = None, at: datetime
) -> None:
    """Lock what settling this generation and then holding for another one at `at` will touch.

    Where one transaction does both, each by itself would lock in the order of scopes, but the two together would
    not: two such transactions could wait for each other. Four queries.
    """
    counters.enter()
    _, window_ids = _first_hold_of(generation_id)
    counters.open_and_lock(budgets.counted_for(user.pk, team_id), at, besides=window_ids)


def correct(
    *,
    attempt_id: uuid.UUID,
    generation_id: uuid.UUID,
    amount: Decimal,
    source: CostSource,
    details: dict[str, Any] | None = None,
) -> Decimal:
    """Book what an attempt truly cost (`amount`), as the difference to what is booked for it; returns that.

    A repeat finds no difference and writes nothing. Raises LedgerFault when the attempt was never charged.
    """
    amount = _checked(amount)
    account = _account_of(generation_id)
    costs = account.of(EntryKind.CHARGE, EntryKind.CORRECTION)
    of_attempt = [entry for entry in costs if entry.attempt_id == attempt_id]
    if not of_attempt:
        raise LedgerFault(f"attempt {attempt_id} has no charge to correct")
    booked = sum((entry.amount for entry in of_attempt), _NOTHING)
    difference = amount - booked
    if difference:
        entry = _following(
            account.first, EntryKind.CORRECTION, f"correction:{attempt_id}:{len(of_attempt)}", difference
        )
        entry.attempt_id, entry.source = attempt_id, source
        # What this figure takes the place of.
        entry.details = (details or {}) | {"before": str(booked), "before_source": of_attempt[-1].source}
        held = sum((one.amount for one in account.of(EntryKind.HOLD)), _NOTHING)
        _mark_if_over(held, sum((one.amount for one in costs), _NOTHING), [entry])
        counters.book([entry], account.window_ids)
        rollups.add_late([entry])
    return difference


def grant(
    *,
    key: str,
    scope: Scope,
    scope_id: uuid.UUID,
    window: str,
    amount: Decimal,
    note: str,
    team_id: uuid.UUID | None = None,
    at: datetime | None = None,
) -> Decimal | None:
    """Let this much more (negative: less) be spent in the window of `at`, until it ends; returns what it was granted
    in all. A repeat under the same key changes nothing, and returns None.

    `team_id` names the team whose manager gave it to a person. Who may, and how much, is `actions.grants`.
    """
    at = at or timezone.now()
    counters.enter()
    (locked,) = counters.open_and_lock([Counted(scope, scope_id, window)], at)
    if LedgerEntry.objects.filter(key=key).exists():
        return None
    entry = LedgerEntry(
        key=key,
        kind=EntryKind.GRANT,
        amount=amount.quantize(PICO, ROUND_HALF_EVEN),
        user_id=scope_id if scope == Scope.USER else None,
        team_id=scope_id if scope == Scope.TEAM else team_id,
        details={"scope": int(scope), "scope_id": str(scope_id), "window": window},
        note=note,
        counted_at=at,
        created_at=at,
    )
    counters.book([entry], [locked.pk])
    return locked.granted + entry.amount


@dataclass(frozen=True, slots=True)
class _Account:
    """All that was booked for a generation, by key and in order, read once its windows were locked."""

    first: LedgerEntry
    window_ids: list[uuid.UUID]
    entries: dict[str, LedgerEntry]

    def of(self, *kinds: EntryKind) -> list[LedgerEntry]:
        return [entry for entry in self.entries.values() if entry.kind in kinds]

    @property
    def held(self) -> Decimal:
        """What no release has given back."""
        return sum((one.amount for one in self.of(EntryKind.HOLD, EntryKind.RELEASE)), _NOTHING)


def _account_of(generation_id: uuid.UUID) -> _Account:
    """Enters the books and locks the windows. Four queries."""
    counters.enter()
    first, window_ids = _first_hold_of(generation_id)
    counters.lock(window_ids)
    entries = LedgerEntry.objects.filter(generation_id=generation_id).order_by("id")
    return _Account(first, window_ids, {entry.key: entry for entry in entries})


def _first_hold_of(generation_id: uuid.UUID) -> tuple[LedgerEntry, list[uuid.UUID]]:
    """The first hold, and the windows that all of its generation is posted to."""
    postings = list(Posting.objects.filter(entry__key=f"hold:{generation_id}").select_related("entry"))
    if not postings:
        raise LedgerFault(f"nothing was held for generation {generation_id}")
    return postings[0].entry, [posting.window_id for posting in postings]


def _release_and_charge(account: _Account, release_key: str, charges: Sequence[Charge]) -> None:
    held = account.held
    wanted = [_following(account.first, EntryKind.RELEASE, release_key, -held)]
    for charge in charges:
        amount = _checked(charge.amount)
        entry = _following(account.first, EntryKind.CHARGE, f"charge:{charge.attempt_id}", amount)
        entry.attempt_id, entry.source, entry.details = charge.attempt_id, charge.source, charge.details
        wanted.append(entry)
    new = [entry for entry in wanted if entry.key not in account.entries]
    if new:
        _mark_if_over(held, _NOTHING, [entry for entry in new if entry.kind == EntryKind.CHARGE])
        counters.book(new, account.window_ids)
        rollups.add_late(new)


def _required(user_id: uuid.UUID | None) -> uuid.UUID:
    if user_id is None:
        raise LedgerFault("a hold belongs to nobody")
    return user_id


def _following(held: LedgerEntry, kind: EntryKind, key: str, amount: Decimal) -> LedgerEntry:
    return LedgerEntry(
        key=key,
        kind=kind,
        amount=amount,
        generation_id=held.generation_id,
        user_id=held.user_id,
        team_id=held.team_id,
        counted_at=held.counted_at,
    )


def _checked(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"{amount} is not a cost")
    return amount.quantize(PICO, ROUND_HALF_EVEN)


def _mark_if_over(held: Decimal, before: Decimal, costs: Sequence[LedgerEntry]) -> None:
    """Note on each cost by how much it goes beyond what was held, `before` being booked already; and raise alarm.

    It can only be a provider's doing, who billed above the bound that was sent to them. All of it is booked.
    """
    for cost in costs:
        after = before + cost.amount
        beyond = after - max(held, before)
        if beyond > 0:
            cost.over = beyond
            logger.error(
                "charged %s for generation %s, of which only %s was held",
                after,
                cost.generation_id,
                held,
            )
        before = after
