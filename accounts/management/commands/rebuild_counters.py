"""`manage.py rebuild_counters`: make every counter and every closed day again, from ledger entries alone."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import rebuilding


class Command(BaseCommand):
    help = (
        "Make every counter and every closed day again from ledger entries alone, and say what was different. "
        "Sends wait while it runs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail if anything differs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = rebuilding.differences() if options["check"] else rebuilding.rebuild()
        if options["check"] and found:
            raise CommandError("\n".join(found))
        self.stdout.write("\n".join([*found, "Counters and days are what the entries say."]))
