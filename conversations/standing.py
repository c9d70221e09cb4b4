"""The header's one money figure: what is left, or without any limit what this conversation has cost."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts import budgets, money, windows
from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations.models import Attempt, Conversation


def standing_for(user: User, conversation: Conversation | None) -> dict[str, Any]:
    """`left` is the figure, `sentence` says it whole. It moves only when a reply is settled."""
    left = budgets.left_for(user, team_id=conversation.team_id if conversation else None)
    period = windows.words_for(left.window, left.at)
    if left.amount is None or left.limit is None:
        spent = f"You have spent {money.format_cost(left.spent)} {period}." if left.spent else ""
        return {
            "left": _cost_of(conversation),
            "sentence": f"You have no limit. {spent}".strip(),
            "is_low": False,
        }
    figure = money.format_left(left.amount)
    resets = f" It starts again on {windows.instant(left.resets_at)}." if left.resets_at else ""
    return {
        "left": f"{figure} left",
        "sentence": f"{figure} of {money.format_limit(left.limit)} left {period}.{resets}",
        "is_low": left.is_low,
    }


def limit_reached(user: User, conversation: Conversation | None = None) -> str:
    """What was reached and when it starts again, when nothing is left; else ""."""
    left = budgets.left_for(user, team_id=conversation.team_id if conversation else None)
    if left.limit is None or left.spent < left.limit:
        return ""
    refusal = BudgetRefused(
        scope=left.scope,
        window=left.window,
        at=left.at,
        limit=left.limit,
        spent=left.spent,
        held=left.held,
        needed=Decimal(0),
        is_own=left.is_own,
    )
    return refusal.sentence_for(user)


def _cost_of(conversation: Conversation | None) -> str:
    if conversation is None:
        return ""
    attempts = Attempt.objects.filter(generation__conversation=conversation, price__is_billed=True)
    cost = attempts.aggregate(cost=Sum("cost"))["cost"] or Decimal(0)
    return f"{money.format_cost(cost)} here" if cost else ""
