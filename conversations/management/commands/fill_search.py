"""`manage.py fill_search`: have messages found that have no row to be found by."""

from typing import Any

from django.core.management.base import BaseCommand

from conversations.search import filling


class Command(BaseCommand):
    help = "Have every message found that was said before there was a search. May be broken off and repeated."

    def handle(self, *args: Any, **options: Any) -> None:
        filled = 0
        for made in filling.fill():
            filled += made
            self.stdout.write(f"{filled:,} messages", ending="\r")
        self.stdout.write(f"{filled:,} can be found now that could not before.")
