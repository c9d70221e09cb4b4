"""When the money does not allow a reply: what stands in the way, and the sentence for it."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import money, windows
from accounts.models import Scope, User

_NO_BUDGET = {
    Scope.ORGANISATION: gettext_lazy("The organisation has no budget %(when)s."),
    Scope.TEAM: gettext_lazy("Your team has no budget %(when)s."),
    Scope.USER: gettext_lazy("You have no budget %(when)s."),
}
_REACHED = {
    Scope.ORGANISATION: gettext_lazy("The organisation has reached %(limit)s %(when)s."),
    Scope.TEAM: gettext_lazy("Your team has reached %(limit)s %(when)s."),
    Scope.USER: gettext_lazy("You have reached %(limit)s %(when)s."),
}
_OWN_REACHED = gettext_lazy("You have reached your own limit of %(limit)s %(when)s.")
_LIMIT = {
    Scope.ORGANISATION: gettext_lazy("the organisation’s %(limit)s"),
    Scope.TEAM: gettext_lazy("your team’s %(limit)s"),
    Scope.USER: "%(limit)s",
}
_OWN_LIMIT = gettext_lazy("your own %(limit)s")


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
        known = {
            "when": windows.words_for(self.window, self.at),
            "limit": money.format_limit(self.limit),
            "cost": money.format_worst(self.needed),
            "left": money.format_left(self.left),
        }
        if not self.limit:
            return str(_NO_BUDGET[self.scope]) % known
        if self.without_holds <= 0:
            return str(_OWN_REACHED if self.is_own else _REACHED[self.scope]) % known
        known["limit"] = str(_OWN_LIMIT if self.is_own else _LIMIT[self.scope]) % known
        if not self.left:
            return _("What is left of %(limit)s %(when)s is held for replies that are being written.") % known
        if self.is_own or self.scope != Scope.USER:
            known["left"] = _("%(left)s of %(limit)s") % known
        if self.left < self.without_holds:
            return (
                _(
                    "This message could cost up to %(cost)s and %(left)s is left %(when)s,"
                    " while other replies are being written."
                )
                % known
            )
        return _("This message could cost up to %(cost)s and %(left)s is left %(when)s.") % known

    def _reset(self) -> str:
        if not self.limit or self.resets_at is None:
            return ""
        if self.needed <= self.without_holds:
            return _("Send it again when they have ended.")
        return _("It starts again on %(moment)s.") % {"moment": windows.instant(self.resets_at)}

    def _whom_to_ask(self, user: User) -> str:
        if self.is_own:
            return _("You can raise it under My usage.")
        if user.is_administrator:
            return _("You can raise the limit under People.")
        return _("%(whom)s can raise the limit.") % {
            "whom": settings.SUPPORT_CONTACT or _("An administrator")
        }
