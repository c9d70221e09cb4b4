"""The books are proved every night; administrators see the result, and whoever watches the log hears of a fault."""

import logging
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django import app

from accounts import tasks as account_tasks
from accounts.models import Books, SpendDay, SpendWindow, User
from conversations import tasks
from conversations.generation import proof
from tests.accounts import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def spender() -> User:
    books.limit_organisation("100")
    user = books.person("alice")
    books.hold(user, "1")
    return user


def test_sound_books_are_noted_with_the_time(spender: User) -> None:
    assert proof.check_books() == []

    kept = Books.objects.get()
    assert kept.checked_at is not None
    assert kept.checked_in_ms is not None
    assert kept.faults == []


def test_a_counter_that_drifted_is_kept_as_a_sentence_and_logged_as_an_error(
    spender: User, caplog: pytest.LogCaptureFixture
) -> None:
    SpendWindow.objects.filter(scope_id=spender.pk).update(held=Decimal(2))

    with caplog.at_level(logging.ERROR, "parley.ledger"), pytest.raises(CommandError, match="says spent 0"):
        call_command("verify_ledger")

    (fault,) = Books.objects.get().faults
    assert "held 2.000000000000" in fault
    assert "the books do not add up: 1 faults" in caplog.text
    call_command("rebuild_counters")
    assert proof.check_books() == []
    assert Books.objects.get().faults == []


def test_days_are_closed_by_the_hour_and_books_checked_by_the_night(spender: User) -> None:
    account_tasks.close_days(timestamp=0)
    account_tasks.close_days(timestamp=0)

    assert Books.objects.get().open_from is not None
    assert SpendDay.objects.count() == 0
    periodic = {entry.task.name: entry.cron for entry in app.periodic_registry.periodic_tasks.values()}
    assert periodic["accounts.close_days"] == "5 * * * *"
    assert periodic[tasks.check_books.name] == "41 2 * * *"
