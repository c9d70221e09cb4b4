"""Reads for the administrators' pages, in words ready to be shown."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import budgets, money, windows
from accounts.models import AuditEntry, Budget, Invitation, Scope, SpendWindow, User, Window
from accounts.usage import facts, pace, windows_shown
from accounts.usage.facts import By

PEOPLE_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as administrators see them, this month."""

    user: User
    spent: str
    budget: str  # "of $5.00"
    own_budget: Decimal | None  # None = they have the default
    is_reached: bool

    @property
    def key(self) -> str:
        return str(self.user.pk)

    @property
    def standing(self) -> list[str]:
        """What is special about them, in words; most people have nothing."""
        words = {
            _("suspended"): not self.user.is_active,
            _("exempt from limits"): self.user.is_exempt,
            _("administrator"): self.user.is_staff,
            _("not signed in yet"): self.user.last_login is None,
        }
        return [word for word, is_so in words.items() if is_so]


def people_page(*, search: str, number: str) -> "Page[User]":
    """People by name, a page at a time; `search` looks at names and addresses."""
    people = User.objects.order_by("display_name", "pk")
    if search:
        people = people.filter(Q(display_name__icontains=search) | Q(email__icontains=search))
    return Paginator(people, PEOPLE_PER_PAGE).get_page(number)


def people_with_estimates() -> set[uuid.UUID]:
    """Whose spending this month holds an estimate. Two queries."""
    month = pace.month_of(facts.today())
    return {one.key[0] for one in facts.sums(By.PERSON, span=month) if one.is_estimated}


def person_rows(people: Sequence[User], estimated: Collection[uuid.UUID]) -> list[PersonRow]:
    """The rows of the table of people; `estimated` are those whose spending holds an estimate. Three queries, however
    many people."""
    ids = [user.pk for user in people]
    spent = budgets.spent_this_month(ids)
    limits = budgets.limits_of(ids)
    own = _own_budgets(ids)
    return [
        PersonRow(
            user=user,
            spent=money.format_spent(spent[user.pk], is_estimated=user.pk in estimated),
            budget=_budget_in_words(limits[user.pk]),
            own_budget=own.get(user.pk),
            is_reached=_is_reached(spent[user.pk], limits[user.pk]),
        )
        for user in people
    ]


def month_sentence(at: datetime | None = None, *, is_estimated: bool) -> str:
    """How the organisation's month stands: "November so far: $38.12 of $100.00, by 41 people."."""
    at = at or timezone.now()
    organisation = budgets.organisation_this_month(at)
    spenders = SpendWindow.objects.filter(
        scope=Scope.USER, window=Window.MONTH, starts_at=windows.start_of(Window.MONTH, at), spent__gt=0
    ).count()
    return windows_shown.month_words(organisation, is_estimated=is_estimated, spenders=spenders)


def is_not_set_up() -> bool:
    """Whether the first administrator is alone still, and has neither set a budget nor invited anybody."""
    done = AuditEntry.objects.filter(action__in=["budget.set", "budget.removed", "invitation.made"])
    return User.objects.count() == 1 and not done.exists()


def invitation_rows() -> list[tuple[Invitation, str]]:
    """The invitations that can still be used, newest first, each with what it is for."""
    waiting = Invitation.open.filter(makes_first_administrator=False).order_by("-created_at")
    return [(invitation, _purpose(invitation)) for invitation in waiting]


def default_budgets() -> dict[str, Decimal | None]:
    """The monthly limits that stand for everybody, by the names of DefaultBudgetsForm."""
    return {
        "person": budgets.default_limit(),
        "organisation": budgets.organisation_this_month().limit,
    }


def _own_budgets(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID | None, Decimal]:
    rows = Budget.objects.filter(scope=Scope.USER, scope_id__in=ids, window=Window.MONTH, is_own=False)
    return dict(rows.values_list("scope_id", "limit"))


def _budget_in_words(limit: Decimal | None) -> str:
    return _("no limit") if limit is None else _("of %(limit)s") % {"limit": money.format_limit(limit)}


def _is_reached(spent: Decimal, limit: Decimal | None) -> bool:
    return limit is not None and spent >= limit > 0


def _purpose(invitation: Invitation) -> str:
    whom = invitation.email or _("%(left)s of %(places)s places left") % {
        "left": invitation.places - invitation.used,
        "places": invitation.places,
    }
    extras = [_("administrator")] if invitation.makes_administrator else []
    if invitation.monthly_budget is not None:
        extras.append(_("%(amount)s a month") % {"amount": money.format_limit(invitation.monthly_budget)})
    return ", ".join([whom, *extras])
