"""The one quiet line when a window runs low: once per window, and gone for as long as one likes."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import budgets, money, windows
from accounts.budgets import Left
from accounts.models import Scope, User

COOKIE = "parley_hidden_notices"
# A month's window, a week's and a day's of person and organisation, and some that have ended meanwhile.
_MOST = 12
_KEY = re.compile(r"[1-3]\.(day|week|month|total)\.\d{8}")
_SENTENCES = {
    Scope.ORGANISATION: gettext_lazy("%(left)s of the organisation’s %(limit)s left %(when)s."),
    Scope.TEAM: gettext_lazy("%(left)s of your team’s %(limit)s left %(when)s."),
    Scope.USER: gettext_lazy("%(left)s of %(limit)s left %(when)s."),
}


def notice_for(user: User, request: HttpRequest, *, team_id: Any = None) -> dict[str, Any] | None:
    """The line about the tightest window, if it runs low, is not used up, and was not hidden. Two queries."""
    return notice_of(budgets.left_for(user, team_id=team_id), hidden_in(request))


def notice_of(left: Left, hidden: set[str]) -> dict[str, Any] | None:
    """The line about this window: "$1.00 of $5.00 left for November."."""
    if left.limit is None or left.amount is None or not left.is_low or left.amount <= 0:
        return None
    key = key_of(left)
    if key in hidden:
        return None
    sentence = str(_SENTENCES[left.scope]) % {
        "left": money.format_left(left.amount),
        "limit": money.format_limit(left.limit),
        "when": windows.words_for(left.window, left.at),
    }
    return {
        "key": key,
        "sentence": sentence,
        "window": left.window,
        "can_ask": left.scope == Scope.USER and not left.is_own,
    }


def key_of(left: Left) -> str:
    """Names one window over one stretch of time."""
    return f"{left.scope.value}.{left.window}.{windows.day_of(left.starts_at):%Y%m%d}"


def hidden_in(request: HttpRequest) -> set[str]:
    """The windows whose line was hidden in this browser."""
    return {key for key in request.COOKIES.get(COOKIE, "").split("~") if _KEY.fullmatch(key)}


def hide(request: HttpRequest, answer: HttpResponse, key: str) -> None:
    """Remember it in this browser. What is no window is not remembered."""
    if not _KEY.fullmatch(key):
        return
    hidden = sorted(hidden_in(request) | {key}, key=lambda one: one[-8:], reverse=True)[:_MOST]
    answer.set_cookie(
        COOKIE,
        "~".join(hidden),
        expires=timezone.now() + timedelta(days=62),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
