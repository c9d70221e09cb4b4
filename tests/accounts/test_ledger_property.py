"""Whatever is done in whatever order, however often: the books are right and no hold goes past a limit."""

import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import ledger
from accounts.ledger import CostBound
from accounts.models import ORGANISATION_ID, CostSource, SpendWindow, User, Window
from tests.accounts import books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]

PEOPLE = 3
LIMIT = Decimal(5)
ORGANISATION_LIMIT = Decimal(9)
DAYS = [datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)]

dollars = st.decimals(min_value=0, max_value=3, places=12)
steps = st.one_of(
    st.tuples(st.just("hold"), st.integers(0, PEOPLE - 1), st.sampled_from(DAYS), dollars),
    st.tuples(st.just("settle"), st.integers(0, 20), st.lists(dollars, max_size=2)),
    st.tuples(st.just("correct"), st.integers(0, 20), dollars),
    st.tuples(st.just("repeat"), st.integers(0, 20)),
)


@dataclass
class Run:
    """One generation as we know it, without the ledger."""

    user: User
    at: datetime
    bound: CostBound
    granted: ledger.Hold
    id: uuid.UUID
    is_released: bool = False
    costs: dict[uuid.UUID, Decimal] = field(default_factory=dict)


class Model:
    """Does the steps to the ledger and keeps its own account of what they should come to."""

    def __init__(self) -> None:
        self.people = [books.person(name, limit=str(LIMIT)) for name in ("alice", "bob", "charlie")]
        books.limit_organisation(str(ORGANISATION_LIMIT))
        self.runs: list[Run] = []

    def hold(self, who: int, at: datetime, cost: Decimal) -> None:
        bound = CostBound(cost / 2, cost / 2 / 4096, 4096, 1024)
        generation_id, user = uuid.uuid4(), self.people[who]
        with suppress(ledger.BudgetRefused):
            granted = ledger.hold(generation_id=generation_id, user=user, bound=bound, at=at)
            self.runs.append(Run(user, at, bound, granted, generation_id))
            if granted.amount:
                self.check_limits(at, user)

    def settle(self, which: int, amounts: list[Decimal]) -> None:
        if run := self.run(which):
            charges = {uuid.uuid4(): amount for amount in amounts}
            ledger.settle(generation_id=run.id, charges=charges_of(charges))
            run.is_released = True
            run.costs |= charges

    def correct(self, which: int, amount: Decimal) -> None:
        run = self.run(which)
        if run and run.costs:
            attempt_id = next(iter(run.costs))
            difference = ledger.correct(
                attempt_id=attempt_id, generation_id=run.id, amount=amount, source=CostSource.LOOKED_UP
            )
            assert difference == amount - run.costs[attempt_id]
            run.costs[attempt_id] = amount

    def repeat(self, which: int) -> None:
        if run := self.run(which):
            assert ledger.hold(generation_id=run.id, user=run.user, bound=run.bound, at=run.at) == run.granted
            if run.is_released:
                doubled = {attempt_id: amount * 2 for attempt_id, amount in run.costs.items()}
                ledger.settle(generation_id=run.id, charges=charges_of(doubled))

    def run(self, which: int) -> Run | None:
        return self.runs[which % len(self.runs)] if self.runs else None

    def check_limits(self, at: datetime, user: User) -> None:
        for owner, limit in ((user.pk, LIMIT), (ORGANISATION_ID, ORGANISATION_LIMIT)):
            window = SpendWindow.objects.get(scope_id=owner, window=Window.MONTH, starts_at__month=at.month)
            assert window.spent + window.held <= limit

    def check_counters(self) -> None:
        expected: dict[tuple[uuid.UUID, int], tuple[Decimal, Decimal]] = defaultdict(
            lambda: (Decimal(0), Decimal(0))
        )
        for run in self.runs:
            for owner in (run.user.pk, ORGANISATION_ID):
                spent, held = expected[owner, run.at.month]
                expected[owner, run.at.month] = (
                    spent + sum(run.costs.values()),
                    held + (0 if run.is_released else run.granted.amount),
                )
        for row in SpendWindow.objects.all():
            assert (row.spent, row.held) == expected[row.scope_id, row.starts_at.month]


def charges_of(amounts: dict[uuid.UUID, Decimal]) -> list[ledger.Charge]:
    return [ledger.Charge(attempt_id, amount, CostSource.PRICED) for attempt_id, amount in amounts.items()]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=14))
def test_the_books_are_right_after_any_sequence_of_steps(sequence: list[tuple]) -> None:  # type: ignore[type-arg]
    with transaction.atomic():
        model = Model()

        for name, *arguments in sequence:
            getattr(model, name)(*arguments)

        model.check_counters()
        assert ledger.verify(oldest_hold=10 * (DAYS[1] - DAYS[0])) == []
        transaction.set_rollback(True)
