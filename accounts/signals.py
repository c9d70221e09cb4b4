"""What others may want to hear of. `conversations` connects itself: this app does not know it."""

import uuid
from collections.abc import Collection

from django.dispatch import Signal

# Sent with `user_ids`: whose limits or grants have changed, in the transaction that changed them. None = everybody's.
money_changed = Signal()
# Sent with `provider` and `upstream_model`: what had no price and has one, in the transaction that set it.
priced = Signal()


def tell_money_changed(user_ids: Collection[uuid.UUID] | None) -> None:
    """Somebody may spend more or less than before."""
    money_changed.send(sender=None, user_ids=user_ids)


def tell_priced(provider: str, upstream_model: str) -> None:
    """A model has a price at a provider, where it had none."""
    priced.send(sender=None, provider=provider, upstream_model=upstream_model)
