"""How long a reply may be with what the windows have left."""

from collections.abc import Sequence
from datetime import datetime

from accounts.bounds import CostBound
from accounts.budgets import Counted
from accounts.models import Scope, SpendWindow
from accounts.refusals import BudgetRefused


def tokens_allowed(
    bound: CostBound, counted: Sequence[Counted], locked: Sequence[SpendWindow], at: datetime
) -> int:
    """How many tokens every one of these locked windows allows. Raises BudgetRefused when that is no useful reply."""
    limits = {(one.scope, one.window): one for one in counted}
    least = min(bound.useful_tokens, bound.max_tokens)
    max_tokens, refusing = bound.max_tokens, []
    for window in locked:
        one = limits.get((window.scope, window.window))
        limit = one.limit_with(window.granted) if one is not None else None
        if one is None or limit is None:
            continue
        fitting = bound.tokens_within(limit - window.spent - window.held)
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
                    needed=bound.cost(least),
                    is_own=one.is_own_with(window.granted),
                )
            )
    if refusing:
        raise max(refusing, key=BudgetRefused.breadth)
    return max_tokens
