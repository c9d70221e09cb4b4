"""When limits change, the pages of those they concern hear of it. `accounts` says so without knowing us."""

import uuid
from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import money_changed
from conversations import hints, standing
from conversations.events import Hint, Topic


@receiver(money_changed)
def tell(user_ids: Collection[uuid.UUID] | None, **kwargs: Any) -> None:
    """The few whom it concerns get their figures along; where it is everybody, pages are told to look again."""
    active = User.objects.filter(is_active=True)
    if user_ids is None:
        for user_id in active.values_list("pk", flat=True):
            hints.publish(user_id, Hint(topic=Topic.MONEY))
        return
    for user in active.filter(pk__in=user_ids):
        hints.publish(user.pk, Hint(topic=Topic.MONEY, data=standing.standing_for(user, None)))
