from decimal import Decimal
from typing import Any, ClassVar

from django.db import models


def _dollars() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0))


class SpendDay(models.Model):
    """What one person spent on one closed day at one provider with one model, on their own or a team's money.

    Sums of ledger entries, nothing else (`accounts.rollups` makes them again at any time). A day is one of the
    budgets' time zone, and an entry belongs to the day of its hold: the days of a month add up to the month.
    """

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    user_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    provider = models.CharField(max_length=40)  # slug
    model = models.CharField(max_length=200)  # as the provider calls it
    replies = models.PositiveBigIntegerField(default=0)  # calls of which something came
    prompt = models.PositiveBigIntegerField(default=0)  # tokens
    cached = models.PositiveBigIntegerField(default=0)  # of the prompt
    completion = models.PositiveBigIntegerField(default=0)
    reasoning = models.PositiveBigIntegerField(default=0)  # of the completion
    spent = _dollars()
    part_cached = _dollars()  # of `spent`, as in CostSplit
    part_new = _dollars()
    part_thinking = _dollars()
    part_answer = _dollars()
    saved = _dollars()  # what the cached tokens would have cost more, read anew
    estimated = _dollars()  # of `spent`: what nobody has stated yet
    reported = _dollars()  # of `spent`: the provider's own figures

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["day", "user_id", "team_id", "provider", "model"],
                name="one_row_a_day",
                nulls_distinct=False,
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["user_id", "day"], name="days_of_a_person"),
            models.Index(
                fields=["team_id", "day"],
                condition=models.Q(team_id__isnull=False),
                name="days_of_a_team",
            ),
        ]


class Books(models.Model):
    """How the books are kept: one row, with id 1, from the first closed day or the first check on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    time_zone = models.CharField(max_length=64, blank=True)  # what windows and days were made in
    # The instant at which the first day begins that is not closed: what counts before it is in SpendDay. None = no
    # day is closed, and all of it is read live.
    open_from = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    checked_in_ms = models.PositiveIntegerField(null=True)
    faults = models.JSONField(default=list)  # of the last check, as sentences

    class Meta:
        verbose_name_plural = "books"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="only_one_set_of_books"),
        ]
