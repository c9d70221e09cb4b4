"""`manage.py rotate_keys`: seal the stored provider keys with the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations.actions import keys


class Command(BaseCommand):
    help = "Seal every stored provider key with the first of ENCRYPTION_KEYS. May be repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        outcome = keys.rotate_keys()
        self.stdout.write(
            f"{outcome.resealed} sealed anew, {outcome.current} had the newest key already."
            + ("" if outcome.broken else " Older keys may be taken out of ENCRYPTION_KEYS.")
        )
        if outcome.broken:
            raise CommandError(
                f"No key of ENCRYPTION_KEYS opens what is stored for {', '.join(outcome.broken)}. Put the key it was "
                "sealed with back into the list and repeat this, or paste that provider's key again."
            )
