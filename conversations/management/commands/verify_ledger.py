"""`manage.py verify_ledger`: prove that the books add up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import ledger
from conversations.generation import proof


class Command(BaseCommand):
    help = "Check that counters equal their postings, holds are resolved and every attempt is in the ledger."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = [*ledger.verify(), *proof.unbooked_attempts()]
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The ledger adds up.")
