"""Requests for more, as those who decide see them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import budgets, money, teams, windows
from accounts.models import BudgetRequest, RequestState, User, Window
from accounts.money_forms import UNTIL

MOST_DECIDED = 20


def sentence(waiting: Sequence[BudgetRequest]) -> str:
    """How many ask for more."""
    if not waiting:
        return _("Nobody is asking for more.")
    if len(waiting) == 1:
        return _("One person asks for more.")
    return ngettext("%(count)s person asks for more.", "%(count)s people ask for more.", len(waiting)) % {
        "count": len(waiting)
    }


def waiting_words(user: User) -> str:
    """How many ask for more, for every page of an administrator; "" for others, and while nobody does. One query."""
    count = BudgetRequest.objects.filter(state=RequestState.OPEN).count() if user.is_administrator else 0
    if not count:
        return ""
    return ngettext("%(count)s asks for more", "%(count)s ask for more", count) % {"count": f"{count:,}"}


def rows(waiting: Sequence[BudgetRequest]) -> list[dict[str, Any]]:
    """Who asks for how much, why, and how they stand."""
    limits = budgets.limits_of([one.person_id for one in waiting]) if waiting else {}
    spent = budgets.spent_this_month([one.person_id for one in waiting]) if waiting else {}
    return [
        {
            "id": one.pk,
            "person": one.person.display_name,
            "team": one.team.name if one.team else "",
            "amount": money.format_limit(one.amount),
            "amount_typed": money.format_limit(one.amount)[1:].replace(",", ""),
            "until": UNTIL[one.window],
            "reason": one.reason,
            "at": one.created_at,
            "standing": _standing(spent[one.person_id], limits[one.person_id]),
        }
        for one in waiting
    ]


def decided_for(user: User) -> list[BudgetRequest]:
    """The latest decisions that this person may see: all of them for administrators."""
    found = BudgetRequest.objects.exclude(state=RequestState.OPEN).select_related(
        "person", "team", "decided_by"
    )
    if not user.is_administrator:
        found = found.filter(team__in=teams.managed_by(user))
    return list(found.order_by("-decided_at")[:MOST_DECIDED])


def decided_rows(decided: Sequence[BudgetRequest]) -> list[dict[str, Any]]:
    """What became of each."""
    return [
        {
            "person": one.person.display_name,
            "asked": money.format_limit(one.amount),
            "outcome": outcome(one),
            "by": one.decided_by.display_name if one.decided_by else "",
            "reason": one.reason,
            "note": one.note,
            "at": one.decided_at,
        }
        for one in decided
    ]


def latest_of(user: User) -> dict[str, Any] | None:
    """The last request a person made, with what became of it."""
    one = BudgetRequest.objects.filter(person=user).select_related("team").order_by("-created_at").first()
    if one is None:
        return None
    return {
        "id": one.pk,
        "is_open": one.state == RequestState.OPEN,
        "amount": money.format_limit(one.amount),
        "until": UNTIL[one.window],
        "reason": one.reason,
        "outcome": outcome(one),
        "note": one.note,
        "at": one.decided_at or one.created_at,
    }


def outcome(one: BudgetRequest) -> str:
    """In a word, with the amount where another one was given."""
    if one.state == RequestState.APPROVED and one.granted is not None:
        return _("%(amount)s given") % {"amount": money.format_limit(one.granted)}
    return str(RequestState(one.state).label)


def _standing(spent: Decimal, limit: Decimal | None) -> str:
    figure = money.format_cost(spent) if spent else _("nothing")
    month = windows.words_for(Window.MONTH, timezone.now())
    if limit is None:
        return _("%(amount)s spent %(when)s") % {"amount": figure, "when": month}
    return _("%(amount)s of %(limit)s spent %(when)s") % {
        "amount": figure,
        "limit": money.format_limit(limit),
        "when": month,
    }
