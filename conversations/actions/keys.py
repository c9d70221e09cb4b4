"""Sealing every stored key anew, after ENCRYPTION_KEYS got a new first one."""

from dataclasses import dataclass, field

from django.db import transaction

from accounts import audit
from conversations import seal
from conversations.models import Provider


@dataclass(slots=True)
class Rotated:
    """How it went. `broken` are the providers whose key no key of the list opens: left as they were."""

    resealed: int = 0
    current: int = 0
    broken: list[str] = field(default_factory=list)


@transaction.atomic
def rotate_keys() -> Rotated:
    """Every sealed value under the newest key. Repeating it changes nothing."""
    outcome = Rotated()
    for provider in Provider.objects.select_for_update(no_key=True).order_by("slug"):
        before = (provider.sealed_key, provider.pending_key)
        try:
            after = tuple(seal.reseal(sealed) if sealed else "" for sealed in before)
        except seal.SealBroken:
            outcome.broken.append(provider.name)
            continue
        changed = sum(old != new for old, new in zip(before, after, strict=True))
        outcome.resealed += changed
        outcome.current += sum(map(bool, before)) - changed
        if changed:
            provider.sealed_key, provider.pending_key = after
            provider.save(update_fields=["sealed_key", "pending_key"])
            audit.record(actor=None, action="provider.resealed", target=provider.slug, before={}, after={})
    return outcome
