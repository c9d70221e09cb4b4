"""What the money tests share: people with budgets, bounds with round figures, and the state of the books."""

import uuid
from decimal import Decimal

from accounts import ledger
from accounts.actions import budgets
from accounts.ledger import Charge, CostBound, Hold
from accounts.models import CostSource, Scope, SpendWindow, User, Window


def person(name: str, *, limit: str | None = "5", window: str = Window.MONTH) -> User:
    """Somebody with a budget of their own."""
    user = User.objects.create_user(f"{name}@example.org", display_name=name.capitalize())
    if limit is not None:
        limit_person(user, limit, window)
    return user


def limit_person(user: User, limit: str, window: str = Window.MONTH) -> None:
    budgets.set_budget(actor=None, scope=Scope.USER, scope_id=user.pk, window=window, limit=Decimal(limit))


def limit_organisation(limit: str | None) -> None:
    budgets.set_budget(actor=None, scope=Scope.ORGANISATION, limit=None if limit is None else Decimal(limit))


def bound(cost: str) -> CostBound:
    """A call that costs this at worst and cannot be shortened."""
    return CostBound(input_cost=Decimal(cost), output_price=Decimal(0), max_tokens=8192, useful_tokens=1024)


def hold(user: User, cost: str = "1", generation_id: uuid.UUID | None = None) -> tuple[uuid.UUID, Hold]:
    generation_id = generation_id or uuid.uuid4()
    return generation_id, ledger.hold(generation_id=generation_id, user=user, bound=bound(cost))


def charge(amount: str, attempt_id: uuid.UUID | None = None) -> Charge:
    return Charge(attempt_id or uuid.uuid4(), Decimal(amount), CostSource.REPORTED)


def counters(scope_id: uuid.UUID, window: str = Window.MONTH) -> tuple[Decimal, Decimal]:
    """Spent and held over all windows of this kind."""
    rows = SpendWindow.objects.filter(scope_id=scope_id, window=window)
    return (
        sum((row.spent for row in rows), Decimal(0)),
        sum((row.held for row in rows), Decimal(0)),
    )


def sums(*, spent: str = "0", held: str = "0") -> tuple[Decimal, Decimal]:
    """What `counters` should say."""
    return Decimal(spent), Decimal(held)
