"""`verify` finds what is wrong with the books, and says it in a sentence."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts import ledger
from accounts.models import EntryKind, LedgerEntry, Posting, SpendWindow, User
from tests.accounts import books

pytestmark = pytest.mark.django_db


@pytest.fixture
def spender() -> User:
    return books.person("alice")


def post(entry: LedgerEntry, *, spent: str = "0", held: str = "0", windows: int = 2) -> None:
    """Post an entry past the ledger, with the counters kept in step."""
    for window in SpendWindow.objects.order_by("scope")[:windows]:
        Posting.objects.create(entry=entry, window=window, spent=Decimal(spent), held=Decimal(held))
        window.spent += Decimal(spent)
        window.held += Decimal(held)
        window.save(update_fields=["spent", "held"])


def entry_of(kind: EntryKind, key: str, amount: str, generation_id: uuid.UUID) -> LedgerEntry:
    held = LedgerEntry.objects.filter(key=f"hold:{generation_id}").first()
    return LedgerEntry.objects.create(
        key=key,
        kind=kind,
        amount=Decimal(amount),
        generation_id=generation_id,
        attempt_id=uuid.uuid4(),
        counted_at=held.counted_at if held else timezone.now(),
    )


def test_a_counter_that_is_not_the_sum_of_its_postings(spender: User) -> None:
    books.hold(spender, "0.25")
    window = SpendWindow.objects.get(scope_id=spender.pk)
    SpendWindow.objects.filter(pk=window.pk).update(held=Decimal("0.2"))

    assert ledger.verify() == [
        f"Window {window.pk} says spent 0.000000000000, held 0.200000000000, granted 0.000000000000; "
        "its postings say 0.000000000000, 0.250000000000 and 0.000000000000."
    ]


def test_a_charge_without_a_hold(spender: User) -> None:
    books.hold(spender, "0.25")
    post(entry_of(EntryKind.CHARGE, "charge:stray", "0.01", uuid.uuid4()), spent="0.01")

    assert "The charge charge:stray has no hold." in ledger.verify()


def test_a_release_that_is_not_the_whole_hold(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    post(entry_of(EntryKind.RELEASE, f"release:{generation_id}", "-0.2", generation_id), held="-0.2")

    assert ledger.verify() == [
        f"The release of generation {generation_id} gives back 0.200000000000 of 0.250000000000 held."
    ]


def test_a_posting_that_is_not_its_entry(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    post(entry_of(EntryKind.RELEASE, f"release:{generation_id}", "-0.25", generation_id), held="-0.2")

    assert (
        ledger.verify()
        == [
            f"The release release:{generation_id} of -0.250000000000 is posted as spent 0.000000000000, "
            "held -0.200000000000, granted 0.000000000000."
        ]
        * 2
    )


def test_an_entry_that_missed_a_window_of_its_hold(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    post(
        entry_of(EntryKind.RELEASE, f"release:{generation_id}", "-0.25", generation_id),
        held="-0.25",
        windows=1,
    )

    assert ledger.verify() == [
        f"The release release:{generation_id} is not posted to the windows of its hold."
    ]


def test_a_charge_whose_hold_was_never_released(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    post(entry_of(EntryKind.CHARGE, "charge:early", "0.01", generation_id), spent="0.01")

    assert ledger.verify() == ["The charge charge:early was booked and its hold was never released."]


def test_a_correction_without_a_charge_that_makes_an_attempt_cost_less_than_nothing(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    ledger.settle(generation_id=generation_id, charges=[])
    entry = entry_of(EntryKind.CORRECTION, "correction:stray", "-0.01", generation_id)
    post(entry, spent="-0.01")

    assert ledger.verify() == [
        "The correction correction:stray has no charge.",
        f"Attempt {entry.attempt_id} cost -0.010000000000 in all.",
    ]


def test_an_entry_that_counts_on_another_day_than_its_hold(spender: User) -> None:
    generation_id, _ = books.hold(spender, "0.25")
    entry = entry_of(EntryKind.RELEASE, f"release:{generation_id}", "-0.25", generation_id)
    stray = LedgerEntry(
        key="correction:late",
        kind=EntryKind.CORRECTION,
        amount=Decimal("0.01"),
        generation_id=generation_id,
        attempt_id=entry.attempt_id,
    )
    stray.save()

    assert "The correction correction:late counts at another instant than its hold." in ledger.verify()


def test_a_grant_that_raised_nothing(spender: User) -> None:
    LedgerEntry.objects.create(key="grant:stray", kind=EntryKind.GRANT, amount=Decimal(3))

    assert ledger.verify() == ["The grant grant:stray of 3.000000000000 is posted to no window."]


def test_a_hold_that_nobody_resolved(spender: User) -> None:
    generation_id = uuid.uuid4()
    made_at = timezone.now() - timedelta(hours=3)
    ledger.hold(generation_id=generation_id, user=spender, bound=books.bound("0.25"), at=made_at)

    (fault,) = ledger.verify()

    assert fault == (
        f"The hold of 0.250000000000 for generation {generation_id} is open since {made_at:%Y-%m-%d %H:%M} (UTC)."
    )
    assert ledger.verify(oldest_hold=timedelta(hours=4)) == []
