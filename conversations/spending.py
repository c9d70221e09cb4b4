"""The money of a conversation as its head shows it: what it cost, what the next turn may cost, what is left."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import budgets, money, pricing, tally, teams, windows
from accounts.budgets import Left
from accounts.models import CostSource, Scope, User
from accounts.pricing import Rates, Tokens
from accounts.usage import notices
from conversations import offers, queries, standing
from conversations.generation.routes import Way
from conversations.models import Attempt, Conversation

# The composer speaks of the next turn only when it is worth a word: a cent, or a fiftieth of what is left.
_WORTH_SAYING = Decimal("0.01")
_SHARE_WORTH_SAYING = Decimal("0.02")
_NOTHING = Decimal(0)

_TITLES = {
    Scope.ORGANISATION: gettext_lazy("The organisation, %(when)s"),
    Scope.TEAM: gettext_lazy("The team, %(when)s"),
    Scope.USER: "%(when)s",
}


@dataclass(frozen=True, slots=True)
class NextTurn:
    """What the next turn will cost, about, if it is like those before it."""

    cost: Decimal
    cached: Decimal  # of it, for what is read again


def money_for(
    user: User,
    conversation: Conversation | None,
    *,
    request: HttpRequest,
    path: Sequence[uuid.UUID] | None = None,
    way: Way | None = None,
) -> dict[str, Any]:
    """Everything about money on a conversation's page, in words. Where they are known: `path` is the branch shown,
    `way` who would answer.

    `sentence` tells of the tightest window, `windows` of the others with a limit.
    """
    team_id = conversation.team_id if conversation else None
    found = budgets.standing_of(user, team_id=team_id)
    tightest = budgets.tightest(found)
    if conversation is not None and path is None:
        path = queries.path_to(conversation.tip_id, conversation)
    attempts = queries.settled_on(path or [])
    expected = (
        next_turn(way or offers.way_to(conversation.model), attempts) if conversation and attempts else None
    )
    return {
        **standing.standing_for(user, conversation),
        "lines": _lines(conversation, attempts, expected),
        "windows": [_window(left) for left in found if left.limit is not None and left != tightest],
        "next": _worth_saying(expected, tightest),
        "limit": standing.limit_reached(user, conversation),
        "can_ask": tightest.scope == Scope.USER and tightest.limit is not None and not tightest.is_own,
        "ask_window": tightest.window,
        "notice": notices.notice_of(tightest, notices.hidden_in(request)),
        "payers": [{"id": str(team.pk), "name": team.name} for team in teams.teams_of(user)],
        "team": str(team_id or ""),
    }


def next_turn(way: Way | None, attempts: Sequence[Attempt]) -> NextTurn | None:
    """A guess from the turns so far: all that was said is read again, and as much is written as usually is.

    Of what was read before, as large a part comes from the cache as lately. None without a price.
    """
    if way is None or not way.rates.is_billed:
        return None
    rates = way.rates
    last = attempts[-1]
    written = (last.completion_tokens or 0) - (last.reasoning_tokens or 0)
    context = (last.prompt_tokens or 0) + max(0, written)
    usual = sum(attempt.completion_tokens or 0 for attempt in attempts) // len(attempts)
    cached = int(_hit_rate(attempts, rates) * (last.prompt_tokens or 0))
    tokens = Tokens(prompt=context, cached=cached, completion=usual)
    split = pricing.cost_by_kind(tokens, rates)
    return NextTurn(cost=split.total, cached=split.cached)


def _hit_rate(attempts: Sequence[Attempt], rates: Rates) -> Decimal:
    """Which part of what was read before comes from the cache. After a first turn nobody has seen any yet."""
    if rates.cache_read >= rates.input:
        return _NOTHING
    if len(attempts) < 2:
        return Decimal(1)
    before, last = attempts[-2:]
    known = (before.prompt_tokens or 0) + (before.completion_tokens or 0)
    return min(Decimal(1), Decimal(last.cached_tokens or 0) / known) if known else _NOTHING


def _lines(
    conversation: Conversation | None, attempts: Sequence[Attempt], expected: NextTurn | None
) -> list[dict[str, str]]:
    """Last reply, this conversation, next turn; nothing of a conversation in which nothing was settled."""
    if conversation is None or not attempts:
        return []
    last = [one for one in attempts if one.generation_id == attempts[-1].generation_id]
    path = sum(map(_billed, attempts), _NOTHING)
    every, every_estimated = standing.cost_of(conversation)
    lines = [
        {"label": _("Last reply"), "value": _cost_of(last), "note": ""},
        {
            "label": _("This conversation"),
            "value": _cost_of(attempts),
            "note": _("with its other versions %(cost)s") % {"cost": _figure(every, every_estimated)}
            if every != path
            else "",
        },
    ]
    if expected is not None and expected.cost:
        note = _("%(cost)s of it to read again") % {"cost": _figure(expected.cached, True)}
        note = note if expected.cached else ""
        lines.append({"label": _("Next turn"), "value": _figure(expected.cost, True), "note": note})
    return lines


def _cost_of(attempts: Sequence[Attempt]) -> str:
    if not any(map(_is_billed, attempts)):
        return str(tally.DEMO)
    is_estimated = any(attempt.cost_source == CostSource.ESTIMATED for attempt in attempts)
    return _figure(sum(map(_billed, attempts), _NOTHING), is_estimated)


def _is_billed(attempt: Attempt) -> bool:
    return bool(attempt.price.get("is_billed", True))


def _billed(attempt: Attempt) -> Decimal:
    return (attempt.cost or _NOTHING) if _is_billed(attempt) else _NOTHING


def _figure(amount: Decimal, is_estimated: bool) -> str:
    figure = money.format_cost(amount)
    return money.marked(figure, is_estimated=is_estimated and bool(amount))


def _window(left: Left) -> dict[str, str]:
    label = str(_TITLES[left.scope]) % {"when": windows.name_of(left.window, left.at)}
    notes = []
    if left.resets_at:
        notes.append(_("starts again %(moment)s") % {"moment": windows.instant(left.resets_at)})
    if left.is_own:
        notes.append(_("your own limit"))
    return {
        "label": label[0].upper() + label[1:],
        "value": _("%(left)s of %(limit)s left")
        % {
            "left": money.format_left(left.amount or _NOTHING),
            "limit": money.format_limit(left.limit or _NOTHING),
        },
        "note": ", ".join(notes),
    }


def _worth_saying(expected: NextTurn | None, tightest: Left) -> str:
    """The line beside the composer; "" while the next turn is small change."""
    if expected is None:
        return ""
    is_dear = expected.cost >= _WORTH_SAYING
    left = tightest.amount
    if not is_dear and (left is None or expected.cost < left * _SHARE_WORTH_SAYING):
        return ""
    return _("Next turn %(cost)s") % {"cost": _figure(expected.cost, True)}
