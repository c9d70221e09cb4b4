"""What every page of a signed-in person carries."""

from typing import Any

from django.http import HttpRequest

from conversations import queries


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """The person's conversations, read when a template asks for them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    current = getattr(request, "current_conversation", None)
    return {"sidebar": {"groups": queries.sidebar_groups(user, current)}}
