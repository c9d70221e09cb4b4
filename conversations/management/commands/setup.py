"""`manage.py setup`: the first rows, and the link that makes the first administrator."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import links, rebuilding
from accounts.actions import invitations
from conversations.actions import catalogue
from conversations.search import filling


class Command(BaseCommand):
    help = (
        "Seed models, providers and prices, and follow BUDGET_TIME_ZONE; "
        "print the first administrator's one-time link while there is none."
    )

    def handle(self, *args: Any, **options: Any) -> str | None:
        catalogue.seed_catalogue()
        rebuilding.follow_time_zone()
        filling.defer()
        secret = invitations.first_administrator_link()
        return links.to_send(f"/welcome/{secret}/") if secret else None
