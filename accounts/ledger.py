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

from accounts import budgets, counters, rollups
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
    max_tokens = _granted(bound, counted, locked, at)
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


def hold_more(*, generation_id: uuid.UUID, number: int, bound: CostBound, spent: Decimal) -> Hold:
    """Set money aside for one more call of a generation that has a hold, on the windows of that; BudgetRefused if one
    has too little.

    `spent` is what its calls have come to at most: what was held beyond it serves first, and `amount` is only what
    had to be added. Locks the windows as `hold` does. A repeat under the same number returns the first result.
    """
    counters.enter()
    first, in_all, window_ids = _holds_of(generation_id)
    counters.lock(window_ids)
    key = f"hold:{generation_id}:{number}"
    earlier = LedgerEntry.objects.filter(key=key).first()
    if earlier:
        return Hold(earlier.amount, earlier.details["max_tokens"], earlier.details["is_shortened"])
    counted = budgets.counted_for(_required(first.user_id), first.team_id)
    locked = list(SpendWindow.objects.filter(id__in=window_ids))
    free = max(_NOTHING, in_all - spent)
    max_tokens = _granted(bound, counted, locked, first.counted_at, free=free)
    added = max(_NOTHING, bound.cost(max_tokens) - free)
    granted = Hold(added, max_tokens, is_shortened=max_tokens < bound.max_tokens)
    if added:
        entry = _following(first, EntryKind.HOLD, key, added)
        entry.details = {"max_tokens": granted.max_tokens, "is_shortened": granted.is_shortened}
        counters.book([entry], window_ids)
    return granted


def settle(*, generation_id: uuid.UUID, charges: Sequence[Charge]) -> None:
    """Release all that was held and book what each attempt cost, on the windows the hold was made in.

    Without charges it only releases. What was booked before stays: another figure for an attempt is a matter
    for `correct`. Eight queries at most.
    """
    counters.enter()
    held, in_all, window_ids = _holds_of(generation_id)
    counters.lock(window_ids)
    wanted = [_following(held, EntryKind.RELEASE, f"release:{generation_id}", -in_all)]
    for charge in charges:
        amount = _checked(charge.amount)
        entry = _following(held, EntryKind.CHARGE, f"charge:{charge.attempt_id}", amount)
        entry.attempt_id, entry.source, entry.details = charge.attempt_id, charge.source, charge.details
        wanted.append(entry)
    known = set(LedgerEntry.objects.filter(key__in=[e.key for e in wanted]).values_list("key", flat=True))
    new = [entry for entry in wanted if entry.key not in known]
    if new:
        _mark_if_over(in_all, _NOTHING, [entry for entry in new if entry.kind == EntryKind.CHARGE])
        counters.book(new, window_ids)
        rollups.add_late(new)


def lock_for_next(
    *, generation_id: uuid.UUID, user: User, team_id: uuid.UUID | None = None, at: datetime
) -> None:
    """Lock what settling this generation and then holding for another one at `at` will touch.

    Where one transaction does both, each by itself would lock in the order of scopes, but the two together would
    not: two such transactions could wait for each other. Four queries.
    """
    counters.enter()
    _, _, window_ids = _holds_of(generation_id)
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
    counters.enter()
    held, in_all, window_ids = _holds_of(generation_id)
    counters.lock(window_ids)
    costs = LedgerEntry.objects.filter(
        generation_id=generation_id, kind__in=[EntryKind.CHARGE, EntryKind.CORRECTION]
    ).order_by("id")
    of_attempt = [entry for entry in costs if entry.attempt_id == attempt_id]
    if not of_attempt:
        raise LedgerFault(f"attempt {attempt_id} has no charge to correct")
    booked = sum((entry.amount for entry in of_attempt), _NOTHING)
    difference = amount - booked
    if difference:
        entry = _following(
            held, EntryKind.CORRECTION, f"correction:{attempt_id}:{len(of_attempt)}", difference
        )
        entry.attempt_id, entry.source = attempt_id, source
        # What this figure takes the place of.
        entry.details = (details or {}) | {"before": str(booked), "before_source": of_attempt[-1].source}
        _mark_if_over(in_all, sum((entry.amount for entry in costs), _NOTHING), [entry])
        counters.book([entry], window_ids)
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


def _granted(
    bound: CostBound,
    counted: Sequence[Counted],
    locked: Sequence[SpendWindow],
    at: datetime,
    *,
    free: Decimal = _NOTHING,
) -> int:
    """How many tokens every window allows, where `free` of what is held there is for this call. Raises BudgetRefused
    when that is no useful reply."""
    limits = {(one.scope, one.window): one for one in counted}
    least = min(bound.useful_tokens, bound.max_tokens)
    max_tokens, refusing = bound.max_tokens, []
    for window in locked:
        one = limits.get((window.scope, window.window))
        limit = one.limit_with(window.granted) if one is not None else None
        if one is None or limit is None:
            continue
        fitting = bound.tokens_within(limit - window.spent - window.held + free)
        max_tokens = min(max_tokens, fitting)
        if fitting < least:
            refusing.append(
                BudgetRefused(
                    scope=Scope(window.scope),
                    window=window.window,
                    at=at,
                    limit=limit,
                    spent=window.spent,
                    held=window.held,
                    needed=max(_NOTHING, bound.cost(least) - free),
                    is_own=one.is_own_with(window.granted),
                )
            )
    if refusing:
        raise max(refusing, key=BudgetRefused.breadth)
    return max_tokens


def _holds_of(generation_id: uuid.UUID) -> tuple[LedgerEntry, Decimal, list[uuid.UUID]]:
    """The first hold, what was held in all, and the windows that all of it is posted to."""
    postings = list(
        Posting.objects.filter(entry__generation_id=generation_id, entry__kind=EntryKind.HOLD).select_related(
            "entry"
        )
    )
    holds = {posting.entry.key: posting.entry for posting in postings}
    first = holds.get(f"hold:{generation_id}")
    if first is None:
        raise LedgerFault(f"nothing was held for generation {generation_id}")
    in_all = sum((entry.amount for entry in holds.values()), _NOTHING)
    return first, in_all, list({posting.window_id for posting in postings})


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
