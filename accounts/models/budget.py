import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy

from accounts.ids import new_id

# The one organisation has an id too, so that (scope, scope_id) is never half empty.
ORGANISATION_ID = uuid.UUID(int=0)


class Scope(models.IntegerChoices):
    """Whom a limit or a counter speaks of; the values are the fixed order in which windows are locked."""

    ORGANISATION = 1, "the organisation"
    TEAM = 2, "a team"
    USER = 3, "a person"


class Window(models.TextChoices):
    """Over what time a limit counts."""

    DAY = "day", gettext_lazy("day")
    WEEK = "week", gettext_lazy("week")
    MONTH = "month", gettext_lazy("month")
    TOTAL = "total", gettext_lazy("total")


class Budget(models.Model):
    """A limit in dollars. `scope_id` None under Scope.USER is the default for people without one of their own.

    `is_own`: a lower limit that a person set for themselves. It stands beside the other one, and both must allow.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.PositiveSmallIntegerField(choices=Scope.choices)
    scope_id = models.UUIDField(null=True, blank=True)
    window = models.CharField(max_length=5, choices=Window.choices, default=Window.MONTH)
    limit = models.DecimalField(max_digits=20, decimal_places=12)
    is_own = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "window", "is_own"],
                name="one_budget_per_window",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=models.Q(limit__gte=0), name="budget_is_not_negative"),
            models.CheckConstraint(
                condition=models.Q(is_own=False) | models.Q(scope=Scope.USER, scope_id__isnull=False),
                name="only_people_limit_themselves",
            ),
        ]


class SpendWindow(models.Model):
    """The locked counter of one scope over one stretch of time; always the sum of the postings that name it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    scope = models.PositiveSmallIntegerField(choices=Scope.choices)
    scope_id = models.UUIDField()
    window = models.CharField(max_length=5, choices=Window.choices)
    starts_at = models.DateTimeField()
    spent = models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0))
    held = models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0))
    # What was given beyond the limit (or, negative, taken off it) until this window ends.
    granted = models.DecimalField(max_digits=20, decimal_places=12, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "window", "starts_at"], name="one_counter_per_window"
            ),
        ]
