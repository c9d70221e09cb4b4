"""What every page of a signed-in person carries."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.usage import asked
from conversations import days, keys, listing, offers


def sidebar(request: HttpRequest) -> dict[str, Any]:
    """The person's conversations, what new ones begin with, who waits for them; read only if a template wants it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    current = getattr(request, "current_conversation", None)
    return {
        "sidebar": SimpleLazyObject(lambda: listing.part_of(user, days.zone_of(request), current=current)),
        "keys": {"groups": keys.groups, "by_act": keys.by_act},
        "asking": SimpleLazyObject(lambda: asked.waiting_words(user)),
        "usual": SimpleLazyObject(lambda: offers.usual_view(user)),
    }
