"""`manage.py remake_measures`: add up again what models did, from the attempts that there are."""

from typing import Any

from django.core.management.base import BaseCommand

from conversations.measured import rollups
from conversations.models import Measure


class Command(BaseCommand):
    help = "Make every hour and day of the model pages again, from the attempts alone. Changes nothing else."

    def handle(self, *args: Any, **options: Any) -> None:
        rollups.remake()
        self.stdout.write(f"{Measure.objects.count():,} hours and days are what the attempts say.")
