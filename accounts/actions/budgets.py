"""Setting limits. The next hold obeys them; what is spent or held already stays."""

import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts import audit, money
from accounts.models import ORGANISATION_ID, Budget, Scope, Team, User, Window

# More than the column holds would be a fault of the database's; this is already no limit at all.
HIGHEST_LIMIT = Decimal(10_000_000)


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
    needs none. A limit over days, weeks or a total that had none counts from now on. Raises ValueError for
    what is no limit.
    """
    if scope == Scope.ORGANISATION:
        scope_id = ORGANISATION_ID
    if limit is not None:
        limit = _checked(limit)
    which: dict[str, Any] = {"scope": scope, "scope_id": scope_id, "window": Window(window)}
    earlier = Budget.objects.select_for_update(no_key=True).filter(**which).first()
    if limit is None:
        Budget.objects.filter(**which).delete()
    else:
        Budget.objects.update_or_create(**which, defaults={"limit": limit})
    if limit != (earlier.limit if earlier else None):
        audit.record(
            actor=actor,
            action="budget.set" if limit is not None else "budget.removed",
            target=_name_of(scope, scope_id),
            before={"window": window, "limit": earlier.limit if earlier else None},
            after={"window": window, "limit": limit},
            note=note,
        )


def _checked(limit: Decimal) -> Decimal:
    if not limit.is_finite() or not 0 <= limit <= HIGHEST_LIMIT:
        raise ValueError(f"A limit is an amount from $0 to {money.format_limit(HIGHEST_LIMIT)}.")
    return limit.quantize(money.PICO)


def _name_of(scope: Scope, scope_id: uuid.UUID | None) -> str:
    if scope == Scope.ORGANISATION:
        return "the organisation"
    if scope_id is None:
        return "everybody by default"
    if scope == Scope.TEAM:
        return Team.objects.get(pk=scope_id).name
    return User.objects.get(pk=scope_id).display_name
