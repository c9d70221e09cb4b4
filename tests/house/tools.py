"""A model that calls tools, and what comes of it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from accounts.models import EntryKind, LedgerEntry
from conversations.models import Attempt
from tests.house.people import Person

Steps = list[dict[str, Any]]
SUM = {"expression": "12.5 * 3"}


def calling(*steps: Mapping[str, Any], arguments: Any = SUM, tool: str = "calculate", id: str = "a") -> Steps:
    """What a provider says that asks for a tool, after these steps."""
    return [*map(dict, steps), {"call": tool, "arguments": arguments, "id": id}, {"end": "tool_calls"}]


def ask(person: Person, text: str = "What is 12.5 times 3?", **more: Any) -> dict[str, Any]:
    """A first message in a conversation whose model may calculate."""
    return person.ask(text, tools="calculate", **more)


def steps_of(reply: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What each step says of itself, and its state."""
    return [(step["line"], step["state"]) for hop in reply["hops"] for step in hop["steps"]]


def booked() -> Decimal:
    """What all calls were charged."""
    charged = LedgerEntry.objects.filter(kind__in=[EntryKind.CHARGE, EntryKind.CORRECTION])
    return charged.aggregate(all=Sum("amount"))["all"] or Decimal(0)


def attempts() -> list[tuple[int, str, str]]:
    """Each call: its number, how it ended, where its cost comes from."""
    return list(Attempt.objects.order_by("number").values_list("number", "finish_reason", "cost_source"))
