"""Several limits of one owner at once, in an order in which none of them contradicts another on the way."""

import uuid
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from accounts.actions import budgets
from accounts.models import Budget, Scope, User, Window

_BY_LENGTH = (Window.DAY, Window.WEEK, Window.MONTH, Window.TOTAL)


@transaction.atomic
def set_limits(
    *,
    actor: User,
    scope: Scope,
    scope_id: uuid.UUID | None,
    limits: Mapping[str, Decimal | None],
    note: str = "",
) -> None:
    """Set or (None) remove each of these limits. Raises LimitRefused, and then nothing has changed."""
    current = limits_set(scope, scope_id)
    lowered = [window for window in _BY_LENGTH if _is_lowered(current.get(window), limits.get(window))]
    raised = [window for window in reversed(_BY_LENGTH) if window not in lowered]
    removed = [window for window in _BY_LENGTH if limits.get(window) is None]
    # What goes first makes room; then what shrinks, from the shortest; then what grows, from the longest.
    for window in dict.fromkeys([*removed, *lowered, *raised]):
        budgets.set_budget(
            actor=actor,
            scope=scope,
            scope_id=scope_id,
            window=window,
            limit=limits.get(window),
            note=note,
        )


def limits_set(scope: Scope, scope_id: uuid.UUID | None) -> dict[str, Decimal]:
    """The limits that stand, by window. One query."""
    rows = Budget.objects.filter(scope=scope, scope_id=scope_id, is_own=False)
    return dict(rows.values_list("window", "limit"))


def _is_lowered(before: Decimal | None, after: Decimal | None) -> bool:
    return before is not None and after is not None and after < before
