"""Audit entries about money, in words."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import money, windows
from accounts.models import AuditEntry, Window
from accounts.names import Names
from accounts.usage import price_book

# What is about money, each a whole sentence. `target` is whom or what the entry names.
SENTENCES = {
    "budget.set": gettext_lazy("%(who)s set the budget of %(target)s"),
    "budget.removed": gettext_lazy("%(who)s removed the budget of %(target)s"),
    "budget.own_set": gettext_lazy("%(who)s set a lower limit for themselves"),
    "budget.own_removed": gettext_lazy("%(who)s lifted their own limit"),
    "budget.granted": gettext_lazy("%(who)s gave more to %(target)s"),
    "budget.deducted": gettext_lazy("%(who)s took some off the budget of %(target)s"),
    "request.approved": gettext_lazy("%(who)s approved the request of %(target)s"),
    "request.declined": gettext_lazy("%(who)s declined the request of %(target)s"),
    "request.withdrawn": gettext_lazy("%(who)s took back a request"),
    "user.exempted": gettext_lazy("%(who)s lifted all limits of %(target)s"),
    "user.limited_again": gettext_lazy("%(who)s set limits again for %(target)s"),
    "user.parallel_set": gettext_lazy("%(who)s set how many replies %(target)s may run at once"),
    "team.created": gettext_lazy("%(who)s made the team %(target)s"),
    "team.renamed": gettext_lazy("%(who)s renamed a team to %(target)s"),
    "team.member_added": gettext_lazy("%(who)s added %(person)s to %(team)s"),
    "team.member_removed": gettext_lazy("%(who)s removed %(person)s from %(team)s"),
    "team.manager_made": gettext_lazy("%(who)s made %(person)s a manager of %(team)s"),
    "team.manager_unmade": gettext_lazy("%(who)s made %(person)s an ordinary member of %(team)s"),
    "price.set": gettext_lazy("%(who)s set the price of %(model)s at %(provider)s"),
}
# Whom an entry names that is nobody's own name.
_TARGETS = {
    "everybody by default": gettext_lazy("everybody by default"),
    "the organisation": gettext_lazy("the organisation"),
}
_AMOUNTS = {"limit", "amount", "input", "cache_read", "cache_write", "output", "granted"}
_VALUES = {
    "limit": gettext_lazy("limit %(value)s"),
    "cache_read": gettext_lazy("read again %(value)s"),
    "cache_write": gettext_lazy("cache write %(value)s"),
    "input": gettext_lazy("read new %(value)s"),
    "output": gettext_lazy("written %(value)s"),
    "bands": gettext_lazy("peak hours %(value)s"),
    "is_billed": gettext_lazy("billed: %(value)s"),
    "is_exempt": gettext_lazy("exempt: %(value)s"),
    "is_manager": gettext_lazy("manager: %(value)s"),
    "most_parallel": gettext_lazy("%(value)s at once"),
    "amount": gettext_lazy("asked for %(value)s"),
    "reason": gettext_lazy("because: %(value)s"),
    "granted": gettext_lazy("granted %(value)s"),
    "until": gettext_lazy("until %(value)s"),
    "source": gettext_lazy("source: %(value)s"),
    "name": gettext_lazy("name: %(value)s"),
    "note": gettext_lazy("note: %(value)s"),
}
_WINDOWS = {
    Window.DAY: gettext_lazy("each day"),
    Window.WEEK: gettext_lazy("each week"),
    Window.MONTH: gettext_lazy("each month"),
    Window.TOTAL: gettext_lazy("in all"),
}
# Of what is asked for or given, which ends with its window: a limit comes again with each.
_ONCE = {
    Window.DAY: gettext_lazy("for that day"),
    Window.WEEK: gettext_lazy("for that week"),
    Window.MONTH: gettext_lazy("for that month"),
    Window.TOTAL: gettext_lazy("in all"),
}
_ANYTHING = gettext_lazy("%(name)s: %(value)s")
# JSON keeps no order, people do.
_ORDER = ("limit", "amount", "granted", "until", "input", "cache_read", "cache_write", "output", "bands")
# Ids, for whoever looks an entry up by them.
_UNSAID = {"user", "team", "request"}


def row_of(entry: AuditEntry, called: Names) -> dict[str, Any]:
    """Who did what to whom, and what it was before and after: only what changed."""
    before, after = dict(entry.before), dict(entry.after)
    spans = _WINDOWS if {"amount", "granted"}.isdisjoint(before | after) else _ONCE
    same = {name for name in before if name in after and before[name] == after[name]}
    return {
        "at": entry.created_at,
        "sentence": _sentence(entry, called),
        "context": _described({name: after[name] for name in same if name == "window"}, spans),
        "before": _described({name: value for name, value in before.items() if name not in same}, spans),
        "after": _described({name: value for name, value in after.items() if name not in same}, spans),
        "note": entry.note,
    }


def _sentence(entry: AuditEntry, called: Names) -> str:
    # A team's entry names the team and its member, a price's the provider and its model.
    team, _colon, person = entry.target.rpartition(": ")
    provider, _colon, model = entry.target.partition(": ")
    return SENTENCES[entry.action] % {
        "who": entry.actor_name or _("The system"),
        "target": _TARGETS.get(entry.target, entry.target),
        "team": team,
        "person": person,
        "provider": called.provider(provider),
        "model": called.model(model, provider),
    }


def _described(values: dict[str, Any], spans: Mapping[Any, Any]) -> str:
    return ", ".join(
        str(spans.get(value, value)) if name == "window" else _pair(name, value)
        for name, value in sorted(values.items(), key=_place)
        if value not in (None, "", [], {}) and name not in _UNSAID
    )


def _pair(name: str, value: Any) -> str:
    return _VALUES.get(name, _ANYTHING) % {"name": name.replace("_", " "), "value": _value(name, value)}


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
    if name == "bands":
        return "; ".join(price_book.hours_of(band) for band in value)
    if name == "until":
        return windows.instant(datetime.fromisoformat(str(value)))
    return str(value)
