"""The header's one money figure: what is left, or without any limit what this conversation has cost."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from accounts import budgets, money, windows
from accounts.budgets import Left
from accounts.ledger import BudgetRefused
from accounts.models import CostSource, User
from accounts.usage import windows_shown
from accounts.usage.facts import Of
from conversations.models import Attempt, Conversation


def standing_for(user: User, conversation: Conversation | None) -> dict[str, Any]:
    """`left` is the figure, `sentence` says it whole. It moves only when a reply is settled."""
    left = budgets.left_for(user, team_id=conversation.team_id if conversation else None)
    period = windows.words_for(left.window, left.at)
    if left.amount is None or left.limit is None:
        return {
            "left": _cost_here(conversation),
            "sentence": " ".join((_("You have no limit."), _spent_by(user, left))).strip(),
            "is_low": False,
        }
    figure = money.format_left(left.amount)
    known = {"left": figure, "limit": money.format_limit(left.limit), "when": period}
    sentences = [_("%(left)s of %(limit)s left %(when)s.") % known]
    if left.resets_at:
        sentences.append(_("It starts again on %(moment)s.") % {"moment": windows.instant(left.resets_at)})
    return {
        "left": _("%(amount)s left") % {"amount": figure},
        "sentence": " ".join(sentences),
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


def cost_of(conversation: Conversation) -> tuple[Decimal, bool]:
    """What all of its branches were billed, and whether an estimate is part of it."""
    billed = Attempt.objects.filter(generation__conversation=conversation, price__is_billed=True)
    found = billed.aggregate(
        cost=Sum("cost"), estimates=Count("id", filter=Q(cost_source=CostSource.ESTIMATED))
    )
    return found["cost"] or Decimal(0), bool(found["estimates"])


def _spent_by(user: User, left: Left) -> str:
    if not left.spent:
        return ""
    is_estimated = windows_shown.is_estimated(left, Of(user=user.pk))
    spent = money.format_spent(left.spent, is_estimated=is_estimated)
    return _("You have spent %(amount)s %(when)s.") % {
        "amount": spent,
        "when": windows.words_for(left.window, left.at),
    }


def _cost_here(conversation: Conversation | None) -> str:
    if conversation is None:
        return ""
    cost, is_estimated = cost_of(conversation)
    if not cost:
        return ""
    return _("%(amount)s here") % {"amount": money.format_spent(cost, is_estimated=is_estimated)}
