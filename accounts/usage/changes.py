"""Audit entries about money, in words."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import money, windows
from accounts.models import AuditEntry, Window

# What is about money, in words that go between who did it and to whom.
DID = {
    "budget.set": gettext_lazy("set the budget of"),
    "budget.removed": gettext_lazy("removed the budget of"),
    "budget.own_set": gettext_lazy("set a lower limit for themselves:"),
    "budget.own_removed": gettext_lazy("lifted their own limit:"),
    "budget.granted": gettext_lazy("gave more to"),
    "budget.deducted": gettext_lazy("took some off the budget of"),
    "request.approved": gettext_lazy("approved the request of"),
    "request.declined": gettext_lazy("declined the request of"),
    "request.withdrawn": gettext_lazy("took back a request:"),
    "user.exempted": gettext_lazy("lifted all limits of"),
    "user.limited_again": gettext_lazy("set limits again for"),
    "user.parallel_set": gettext_lazy("set the replies at once of"),
    "team.created": gettext_lazy("made the team"),
    "team.renamed": gettext_lazy("renamed a team to"),
    "team.member_added": gettext_lazy("added to"),
    "team.member_removed": gettext_lazy("removed from"),
    "team.manager_made": gettext_lazy("made a manager of"),
    "team.manager_unmade": gettext_lazy("made an ordinary member of"),
    "price.set": gettext_lazy("set the price of"),
}
# Whom an entry names that is nobody's own name.
_TARGETS = {
    "everybody by default": gettext_lazy("everybody by default"),
    "the organisation": gettext_lazy("the organisation"),
}
_AMOUNTS = {"limit", "amount", "input", "cache_read", "cache_write", "output", "granted"}
_WORDS = {
    "limit": gettext_lazy("limit"),
    "window": gettext_lazy("each"),
    "cache_read": gettext_lazy("read again"),
    "cache_write": gettext_lazy("cache write"),
    "input": gettext_lazy("read new"),
    "output": gettext_lazy("written"),
    "is_billed": gettext_lazy("billed"),
    "is_exempt": gettext_lazy("exempt"),
    "is_manager": gettext_lazy("manager"),
    "most_parallel": gettext_lazy("replies at once"),
    "amount": gettext_lazy("asked for"),
    "reason": gettext_lazy("because"),
    "granted": gettext_lazy("granted"),
    "until": gettext_lazy("until"),
    "source": gettext_lazy("source"),
    "name": gettext_lazy("name"),
    "note": gettext_lazy("note"),
}
# JSON keeps no order, people do.
_ORDER = ("limit", "amount", "granted", "until", "input", "cache_read", "cache_write", "output")
# Ids, for whoever looks an entry up by them.
_UNSAID = {"user", "team", "request"}


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """Who did what to whom, and what it was before and after: only what changed."""
    before, after = dict(entry.before), dict(entry.after)
    same = {name for name in before if name in after and before[name] == after[name]}
    return {
        "at": entry.created_at,
        "who": entry.actor_name or _("the system"),
        "did": DID.get(entry.action, entry.action),
        "target": _TARGETS.get(entry.target, entry.target),
        "context": _described({name: after[name] for name in same if name == "window"}),
        "before": _described({name: value for name, value in before.items() if name not in same}),
        "after": _described({name: value for name, value in after.items() if name not in same}),
        "note": entry.note,
    }


def _described(values: dict[str, Any]) -> str:
    return ", ".join(
        f"{_WORDS.get(name, name.replace('_', ' '))} {_value(name, value)}"
        for name, value in sorted(values.items(), key=_place)
        if value not in (None, "", [], {}) and name not in _UNSAID
    )


def _place(item: tuple[str, Any]) -> tuple[int, str]:
    name = item[0]
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _value(name: str, value: Any) -> str:
    if name in _AMOUNTS:
        try:
            return money.format_limit(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "window" and value in Window.values:
        return str(Window(value).label)
    if name == "until":
        return windows.instant(datetime.fromisoformat(str(value)))
    return str(value)
