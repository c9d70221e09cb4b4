"""`manage.py verify_ledger`: prove that the books add up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conversations.generation import proof


class Command(BaseCommand):
    help = "Check that counters and closed days equal their entries, holds are resolved and every attempt is booked."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = proof.check_books()
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("The ledger adds up.")
