from decimal import Decimal
from typing import Any, ClassVar

from django.db import models


class Unit(models.TextChoices):
    HOUR = "hour", "hour"
    DAY = "day", "day"


def _count() -> "models.PositiveBigIntegerField[int, int]":
    return models.PositiveBigIntegerField(default=0)


def _dollars() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0))


class Measure(models.Model):
    """What one model did at one provider in one closed hour or day of BUDGET_TIME_ZONE.

    Sums over attempts, nothing else (`measured.rollups` makes them again at any time).
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.CharField(max_length=4, choices=Unit.choices)
    starts_at = models.DateTimeField()
    zone = models.CharField(max_length=64)  # whose hours and days these are
    model_id = models.UUIDField()
    provider = models.CharField(max_length=40)  # slug
    attempts = _count()  # calls that have ended
    judged = _count()  # of these, those that say something about the provider
    answered = _count()  # of the judged
    stopped = _count()  # by people
    prompt = _count()  # tokens
    cached = _count()  # of the prompt
    completion = _count()
    reasoning = _count()  # of the completion
    cost = _dollars()  # at the price in force or as billed; of the demo too
    estimated = _dollars()  # of `cost`
    part_cached = _dollars()  # of `cost`, as in CostSplit
    part_new = _dollars()
    part_thinking = _dollars()
    part_answer = _dollars()
    # How many attempts fell into which step of `measured.steps`, by its number.
    waits = models.JSONField(default=dict)  # seconds to the first token
    speeds = models.JSONField(default=dict)  # tokens a second from then on
    # By team: {"<team id, or empty>": [attempts, tokens, "dollars"]}
    teams = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["model_id", "unit", "starts_at", "provider"], name="one_measure_per_stretch"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["unit", "starts_at"], name="measures_by_time")]
