"""Audit entries about money, in words."""

from decimal import Decimal, InvalidOperation
from typing import Any

from accounts import money
from accounts.models import AuditEntry

_DID = {
    "budget.set": "set the budget of",
    "budget.removed": "removed the budget of",
    "price.set": "set the price of",
}
_AMOUNTS = {"limit", "amount", "input", "cache_read", "cache_write", "output", "granted", "monthly_budget"}
_WORDS = {
    "limit": "limit",
    "window": "each",
    "cache_read": "read again",
    "cache_write": "cache write",
    "input": "read new",
    "output": "written",
    "is_billed": "billed",
}


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """Who did what to whom, and what it was before and after: only what changed."""
    before, after = dict(entry.before), dict(entry.after)
    same = {name for name in before if name in after and before[name] == after[name]}
    return {
        "at": entry.created_at,
        "who": entry.actor_name or "the system",
        "did": _DID.get(entry.action, entry.action.replace(".", ": ").replace("_", " ")),
        "target": entry.target,
        "context": _described({name: after[name] for name in same if name == "window"}),
        "before": _described({name: value for name, value in before.items() if name not in same}),
        "after": _described({name: value for name, value in after.items() if name not in same}),
        "note": entry.note,
    }


def _described(values: dict[str, Any]) -> str:
    return ", ".join(
        f"{_WORDS.get(name, name.replace('_', ' '))} {_value(name, value)}"
        for name, value in values.items()
        if value not in (None, "", [], {})
    )


def _value(name: str, value: Any) -> str:
    if name in _AMOUNTS:
        try:
            return money.format_limit(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
