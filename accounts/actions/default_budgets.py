"""The two limits that stand for everybody."""

from decimal import Decimal

from django.db import transaction

from accounts.actions import budgets
from accounts.models import Scope, User


@transaction.atomic
def set_default_budgets(*, actor: User | None, person: Decimal | None, organisation: Decimal | None) -> None:
    """Sets what each person without a budget of their own, and all together, may spend in a month."""
    budgets.set_budget(actor=actor, scope=Scope.USER, limit=person)
    budgets.set_budget(actor=actor, scope=Scope.ORGANISATION, limit=organisation)
