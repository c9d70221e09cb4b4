"""When the money does not allow a reply: what stands in the way, and the sentence for it."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings

from accounts import money, windows
from accounts.models import Scope, User

_WHO_HAS = {
    Scope.ORGANISATION: "The organisation has",
    Scope.TEAM: "Your team has",
    Scope.USER: "You have",
}
_WHOSE = {Scope.ORGANISATION: "the organisation’s ", Scope.TEAM: "your team’s ", Scope.USER: ""}


class BudgetRefused(Exception):
    """A window has less left than the least a useful reply could cost. Nothing was held.

    Where several windows refuse, it speaks of the one that opens last.
    """

    def __init__(
        self,
        *,
        scope: Scope,
        window: str,
        at: datetime,
        limit: Decimal,
        spent: Decimal,
        held: Decimal,
        needed: Decimal,
        is_own: bool = False,
    ) -> None:
        super().__init__(scope, window, needed)
        self.scope = scope
        self.window = window
        self.at = at
        self.limit = limit
        self.left = max(Decimal(0), limit - spent - held)
        self.without_holds = limit - spent
        self.needed = needed
        self.is_own = is_own  # a limit that the person set for themselves
        self.resets_at = windows.end_of(window, at)

    def __str__(self) -> str:
        return f"{self.scope.label}, {self.window}: {self.needed} needed, {self.left} left of {self.limit}"

    def sentence_for(self, user: User) -> str:
        """What stands in the way, when it ends, and whom to ask."""
        return " ".join(filter(None, (self._fact(), self._reset(), self._whom_to_ask(user))))

    def breadth(self) -> tuple[bool, datetime, int]:
        """Sorts what refuses: the window that opens last goes last, and of equals the wider scope."""
        return self.resets_at is None, self.resets_at or self.at, -self.scope

    def _fact(self) -> str:
        when = windows.words_for(self.window, self.at)
        if not self.limit:
            return f"{_WHO_HAS[self.scope]} no budget {when}."
        whose = "your own " if self.is_own else _WHOSE[self.scope]
        limit = f"{whose}{money.format_limit(self.limit)}"
        if self.without_holds <= 0:
            reached = f"{'your own limit of ' if self.is_own else ''}{money.format_limit(self.limit)}"
            return f"{_WHO_HAS[self.scope]} reached {reached} {when}."
        if not self.left:
            return f"What is left of {limit} {when} is held for replies that are being written."
        left = f"{money.format_left(self.left)} of {limit}" if whose else money.format_left(self.left)
        waiting = ", while other replies are being written" if self.left < self.without_holds else ""
        worst = money.format_worst(self.needed)
        return f"This message could cost up to {worst} and {left} is left {when}{waiting}."

    def _reset(self) -> str:
        if not self.limit or self.resets_at is None:
            return ""
        if self.needed <= self.without_holds:
            return "Send it again when they have ended."
        return f"It starts again on {windows.instant(self.resets_at)}."

    def _whom_to_ask(self, user: User) -> str:
        if self.is_own:
            return "You can raise it under My usage."
        if user.is_administrator:
            return "You can raise the limit under People."
        return f"{settings.SUPPORT_CONTACT or 'An administrator'} can raise the limit."
