"""Adds a person from the command line, administrators too."""

from argparse import ArgumentParser
from decimal import Decimal
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import links
from accounts.actions import people
from accounts.fields import DollarsField
from accounts.forms import JoinForm
from accounts.models import User


class Command(BaseCommand):
    help = "Adds a person. Without --password, prints a link by which they set one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--password", help="at least 10 characters; seen by others on this machine")
        parser.add_argument("--name", default="", help="as others see it; else what stands before the @")
        parser.add_argument("--admin", action="store_true", help="makes an administrator")
        parser.add_argument("--monthly-budget", metavar="DOLLARS", help="such as 5.00; else the default")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = _cleaned(JoinForm.base_fields["email"], "EMAIL", options["email"]).lower()
        name = _cleaned(
            JoinForm.base_fields["display_name"], "--name", options["name"] or email.split("@")[0]
        )
        budget: Decimal | None = _cleaned(
            DollarsField(required=False), "--monthly-budget", options["monthly_budget"]
        )
        password: str | None = options["password"]
        if password is not None:
            _check_password(password, User(email=email, display_name=name))
        try:
            user = people.add_person(
                actor=None,
                email=email,
                password=password,
                display_name=name,
                is_admin=options["admin"],
                monthly_budget=budget,
            )
        except people.AddressTaken as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.display_name} ({user.email}) can sign in.")
        if password is None:
            link = links.to_send(people.issue_reset_link(actor=None, user=user))
            self.stdout.write(f"They set their password here, once, within 24 hours:\n{link}")


def _cleaned(field: Any, name: str, value: Any) -> Any:
    try:
        return field.clean(value)
    except ValidationError as fault:
        raise CommandError(f"{name}: {' '.join(fault.messages)}") from fault


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise CommandError(f"--password: {' '.join(fault.messages)}") from fault
