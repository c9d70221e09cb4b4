"""Whatever happens to the books in whatever order, crashes and repeats included: counters are sums, nothing is
settled twice, nothing is off by a trillionth of a dollar, and no hold goes past a limit.

LEDGER_EXAMPLES sets how many sequences are tried (`make soak` asks for 400).
"""

import os
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts import ledger, rebuilding, rollups, windows
from accounts.actions.budgets import LimitRefused, limit_oneself, set_budget
from accounts.actions.exemptions import set_exempt
from accounts.actions.grants import grant
from accounts.ledger import Charge, CostBound
from accounts.models import (
    ORGANISATION_ID,
    Budget,
    CostSource,
    LedgerEntry,
    Scope,
    SpendDay,
    SpendWindow,
    Team,
    User,
    Window,
)
from accounts.usage import facts
from accounts.usage.facts import Span
from tests.accounts import books

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 27, 18, tzinfo=UTC)  # a Friday; the month ends on the Monday after
EVER = Span(START.date() - timedelta(days=400), START.date() + timedelta(days=400))

dollars = st.decimals(min_value=0, max_value=3, places=12)
limits = st.decimals(min_value=0, max_value=9, places=2)
which = st.integers(0, 30)
people = st.integers(0, 2)
kinds = st.sampled_from(list(Window))


class Crash(Exception):
    """The process died before it committed."""


@dataclass
class Run:
    """One generation as we know it, without the ledger."""

    id: uuid.UUID
    user: User
    team: Team | None
    at: datetime
    bound: CostBound
    granted: ledger.Hold
    is_released: bool = False
    costs: dict[uuid.UUID, Decimal] = field(default_factory=dict)


class Books(RuleBasedStateMachine):
    """Does the steps to the ledger and keeps its own account of what they should come to."""

    @initialize()
    def open(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.admin = User.objects.create_user("admin@example.org", display_name="Admin", is_admin=True)
        self.people = [books.person(name, limit=None) for name in ("alice", "bob", "charlie")]
        self.teams = [Team.objects.create(name="Legal"), Team.objects.create(name="Research"), None]
        self.runs: list[Run] = []
        self.now = START
        self.granted: dict[tuple[uuid.UUID, str, datetime], Decimal] = defaultdict(Decimal)
        # Since when the windows of an owner that have a limit count without a gap.
        self.counts_from: dict[tuple[uuid.UUID, str], datetime] = {}

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            assert ledger.verify(oldest_hold=timedelta(days=4000)) == []
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(
        who=people,
        team=st.integers(0, 2),
        cost=dollars,
        is_long=st.booleans(),
        dies=st.booleans(),
    )
    def hold(self, who: int, team: int, cost: Decimal, is_long: bool, dies: bool) -> None:
        share = cost / 2 if is_long else Decimal(0)
        bound = CostBound(cost - share, share / 4096, 4096, 1024)
        run_id, user, paying = uuid.uuid4(), self.people[who], self.teams[team]
        try:
            with transaction.atomic():
                held = ledger.hold(
                    generation_id=run_id,
                    user=user,
                    team_id=paying.pk if paying else None,
                    bound=bound,
                    at=self.now,
                )
                if dies:
                    raise Crash
        except (ledger.BudgetRefused, Crash):
            return
        self.runs.append(Run(run_id, user, paying, self.now, bound, held))
        user.refresh_from_db()
        if held.amount and not user.is_exempt:
            self.within_limits(user, paying)

    @rule(at=which, amounts=st.lists(dollars, max_size=3), dies=st.booleans())
    def settle(self, at: int, amounts: list[Decimal], dies: bool) -> None:
        if not self.runs:
            return
        run = self.runs[at % len(self.runs)]
        if run.is_released:
            amounts = []  # what a second settlement brings is asked for in `repeat`
        charges = {uuid.uuid4(): amount for amount in amounts}
        try:
            with transaction.atomic():
                ledger.settle(generation_id=run.id, charges=self.charges(charges))
                if dies:
                    raise Crash
        except Crash:
            return
        run.is_released = True
        run.costs |= charges

    @rule(at=which, amount=dollars)
    def correct(self, at: int, amount: Decimal) -> None:
        settled = [run for run in self.runs if run.costs]
        if not settled:
            return
        run = settled[at % len(settled)]
        attempt = sorted(run.costs)[at % len(run.costs)]
        for expected in (amount - run.costs[attempt], Decimal(0)):
            difference = ledger.correct(
                attempt_id=attempt, generation_id=run.id, amount=amount, source=CostSource.LOOKED_UP
            )
            assert difference == expected
        run.costs[attempt] = amount

    @rule(at=which)
    def repeat(self, at: int) -> None:
        if not self.runs:
            return
        run, entries = self.runs[at % len(self.runs)], LedgerEntry.objects.count()
        team_id = run.team.pk if run.team else None
        again = ledger.hold(generation_id=run.id, user=run.user, team_id=team_id, bound=run.bound, at=run.at)
        assert again == run.granted
        if run.is_released:
            doubled = {attempt: amount * 2 for attempt, amount in run.costs.items()}
            ledger.settle(generation_id=run.id, charges=self.charges(doubled))
        assert LedgerEntry.objects.count() == entries

    @rule(who=people, window=kinds, amount=st.decimals(min_value=-3, max_value=3, places=2))
    def grant(self, who: int, window: str, amount: Decimal) -> None:
        user, once = self.people[who], uuid.uuid4()
        with time_machine.travel(self.now, tick=False):
            for _ in range(2):
                try:
                    grant(
                        actor=self.admin,
                        scope=Scope.USER,
                        scope_id=user.pk,
                        window=window,
                        amount=amount,
                        note="why not",
                        grant_id=once,
                    )
                except LimitRefused:
                    return
        self.granted[user.pk, str(window), windows.start_of(window, self.now)] += amount

    @rule(scope=st.sampled_from(list(Scope)), who=people, window=kinds, limit=st.none() | limits)
    def limit(self, scope: Scope, who: int, window: str, limit: Decimal | None) -> None:
        team = self.teams[who % 2]
        assert team is not None
        owner = {Scope.ORGANISATION: None, Scope.TEAM: team.pk, Scope.USER: self.people[who].pk}[scope]
        with time_machine.travel(self.now, tick=False):
            try:
                set_budget(actor=None, scope=scope, scope_id=owner, window=window, limit=limit)
            except LimitRefused:
                return
        self.note_counting(owner or ORGANISATION_ID, window)

    @rule(who=people, window=kinds, limit=st.none() | limits)
    def limit_oneself(self, who: int, window: str, limit: Decimal | None) -> None:
        with time_machine.travel(self.now, tick=False):
            try:
                limit_oneself(user=self.people[who], window=window, limit=limit)
            except LimitRefused:
                return
        self.note_counting(self.people[who].pk, window)

    @rule(who=people, is_exempt=st.booleans())
    def exempt(self, who: int, is_exempt: bool) -> None:
        set_exempt(actor=self.admin, user=self.people[who], is_exempt=is_exempt)

    @rule(hours=st.sampled_from([1, 7, 24, 24 * 5, -24]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def close_days(self) -> None:
        rollups.close_days(self.now)

    @rule()
    def rebuild(self) -> None:
        assert rebuilding.rebuild() == []

    @rule()
    def spoil_and_rebuild(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_spendwindow SET spent = 1, held = 2, granted = 3")
            cursor.execute("DELETE FROM accounts_spendday")
        rebuilding.rebuild()

    @invariant()
    def counters_are_what_we_know(self) -> None:
        if not hasattr(self, "runs"):
            return
        for row in SpendWindow.objects.all():
            end = windows.end_of(row.window, row.starts_at) or datetime.max.replace(tzinfo=UTC)
            counted = [run for run in self.runs if self.belongs(run, row) and row.starts_at <= run.at < end]
            assert row.granted == self.granted[row.scope_id, row.window, row.starts_at]
            if not self.is_counted(row):
                continue
            assert row.spent == sum((sum(run.costs.values()) for run in counted), Decimal(0))
            assert row.held == sum((run.granted.amount for run in counted if not run.is_released), Decimal(0))

    @invariant()
    def every_sum_is_the_same(self) -> None:
        if not hasattr(self, "runs"):
            return
        spent = sum((sum(run.costs.values()) for run in self.runs), Decimal(0))
        assert facts.total(facts.sums(span=EVER)).spent == spent
        assert sum(SpendDay.objects.values_list("spent", flat=True), Decimal(0)) <= spent

    def note_counting(self, owner: uuid.UUID, window: str) -> None:
        if Budget.objects.filter(scope_id=owner, window=window).exists():
            self.counts_from.setdefault((owner, str(window)), windows.start_of(window, self.now))
        else:
            self.counts_from.pop((owner, str(window)), None)

    def is_counted(self, row: SpendWindow) -> bool:
        """Months always; other windows from the one on in which they got a limit, until they lose it."""
        since = self.counts_from.get((row.scope_id, row.window))
        return row.window == Window.MONTH or (since is not None and since <= row.starts_at)

    def belongs(self, run: Run, row: SpendWindow) -> bool:
        owners = {run.user.pk, ORGANISATION_ID, run.team.pk if run.team else None}
        return row.scope_id in owners

    def within_limits(self, user: User, team: Team | None) -> None:
        owners = [user.pk, ORGANISATION_ID, *([team.pk] if team else [])]
        for budget in Budget.objects.filter(scope_id__in=owners):
            assert budget.scope_id is not None
            row = SpendWindow.objects.get(
                scope_id=budget.scope_id,
                window=budget.window,
                starts_at=windows.start_of(budget.window, self.now),
            )
            allowed = budget.limit if budget.is_own else max(Decimal(0), budget.limit + row.granted)
            assert row.spent + row.held <= allowed

    @staticmethod
    def charges(amounts: dict[uuid.UUID, Decimal]) -> list[Charge]:
        details = {"provider": "scripted", "model": "flash"}
        return [Charge(attempt, amount, CostSource.PRICED, details) for attempt, amount in amounts.items()]


@pytest.mark.timeout(900)  # finding the shortest sequence that fails takes its time
@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def test_the_books_are_right_after_any_sequence_of_steps() -> None:
    Budget.objects.all().delete()
    Books.TestCase.settings = settings(
        max_examples=int(os.environ.get("LEDGER_EXAMPLES", "25")),
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    Books.TestCase().runTest()
