"""Teams as administrators and managers see them, this month."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import budgets, money
from accounts.models import Membership, Team, User
from accounts.usage import mine, spend, windows_shown
from accounts.usage.facts import Of, Sum


def opening(managed: Sequence[Team], user: User) -> str:
    """How many teams there are, or are this person's."""
    if not managed:
        return _("Teams share a budget. There is none yet.")
    if len(managed) == 1:
        if user.is_administrator:
            return _("One team, with a budget of its own.")
        return _("You manage one team.")
    if user.is_administrator:
        sentence = ngettext(
            "%(count)s team, with a budget of its own.",
            "%(count)s teams, each with a budget of its own.",
            len(managed),
        )
    else:
        sentence = ngettext("You manage %(count)s team.", "You manage %(count)s teams.", len(managed))
    return sentence % {"count": len(managed)}


def rows(managed: Sequence[Team]) -> list[dict[str, Any]]:
    """Each team with its month. Four queries a team, and one."""
    sizes = dict(
        Team.objects.filter(pk__in=[team.pk for team in managed])
        .annotate(size=Count("memberships"))
        .values_list("pk", "size")
    )
    found = []
    for team in managed:
        month = next(left for left in budgets.standing_of_team(team.pk) if left.window == "month")
        is_estimated = windows_shown.is_estimated(month, Of(team=team.pk))
        found.append(
            {
                "team": team,
                "size": _("nobody yet") if not sizes[team.pk] else str(sizes[team.pk]),
                "spent": money.format_spent(month.spent, is_estimated=is_estimated),
                "limit": _("of %(limit)s") % {"limit": money.format_limit(month.limit)}
                if month.limit is not None
                else _("no limit"),
                "is_reached": month.limit is not None and month.spent >= month.limit,
            }
        )
    return found


def month_sentence(team: Team, *, is_estimated: bool) -> str:
    """How the team's month stands: "Legal, November so far: $3.12 of $20.00."."""
    month = next(left for left in budgets.standing_of_team(team.pk) if left.window == "month")
    return f"{team.name}, {windows_shown.month_words(month, is_estimated=is_estimated)}"


def windows_of(team: Team) -> list[windows_shown.WindowRow]:
    """Every window of the team."""
    return windows_shown.rows_of(budgets.standing_of_team(team.pk), Of(team=team.pk))


def spenders(found: Sequence[Sum]) -> list[dict[str, Any]]:
    """Who spent the team's money, dearest first."""
    names = spend.names_of("person", (one.key[0] for one in found))
    return [mine.figures(one) | {"name": names[one.key[0]]} for one in found]


def members(team: Team) -> list[Membership]:
    """Who belongs to it, by name."""
    return list(
        Membership.objects.filter(team=team).select_related("user").order_by("user__display_name", "user_id")
    )
