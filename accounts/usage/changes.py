"""Audit entries about money, in words."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts import money, windows
from accounts.models import AuditEntry

# What is about money, in words that go between who did it and to whom.
DID = {
    "budget.set": "set the budget of",
    "budget.removed": "removed the budget of",
    "budget.own_set": "set a lower limit for themselves:",
    "budget.own_removed": "lifted their own limit:",
    "budget.granted": "gave more to",
    "budget.deducted": "took some off the budget of",
    "request.approved": "approved the request of",
    "request.declined": "declined the request of",
    "request.withdrawn": "took back a request:",
    "user.exempted": "lifted all limits of",
    "user.limited_again": "set limits again for",
    "user.parallel_set": "set the replies at once of",
    "team.created": "made the team",
    "team.renamed": "renamed a team to",
    "team.member_added": "added to",
    "team.member_removed": "removed from",
    "team.manager_made": "made a manager of",
    "team.manager_unmade": "made an ordinary member of",
    "price.set": "set the price of",
}
_AMOUNTS = {"limit", "amount", "input", "cache_read", "cache_write", "output", "granted"}
_WORDS = {
    "limit": "limit",
    "window": "each",
    "cache_read": "read again",
    "cache_write": "cache write",
    "input": "read new",
    "output": "written",
    "is_billed": "billed",
    "is_exempt": "exempt",
    "is_manager": "manager",
    "most_parallel": "replies at once",
    "amount": "asked for",
    "reason": "because",
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
        "who": entry.actor_name or "the system",
        "did": DID.get(entry.action, entry.action),
        "target": entry.target,
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
    name, _ = item
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _value(name: str, value: Any) -> str:
    if name in _AMOUNTS:
        try:
            return money.format_limit(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "until":
        return windows.instant(datetime.fromisoformat(str(value)))
    return str(value)
