from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.ids import new_id
from accounts.models.budget import Window
from accounts.models.team import Team


class RequestState(models.TextChoices):
    OPEN = "open", gettext_lazy("waiting")
    APPROVED = "approved", gettext_lazy("approved")
    DECLINED = "declined", gettext_lazy("declined")
    WITHDRAWN = "withdrawn", gettext_lazy("taken back")


class BudgetRequest(models.Model):
    """That a person asks for more. With a team, its managers may give it, out of the team's budget.

    Approving it grants `granted` dollars, until the `window` in which it was approved ends.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="budget_requests"
    )
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    amount = models.DecimalField(max_digits=20, decimal_places=12)
    window = models.CharField(max_length=5, choices=Window.choices, default=Window.MONTH)
    reason = models.TextField()
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.OPEN)
    granted = models.DecimalField(max_digits=20, decimal_places=12, null=True)  # what was given in the end
    note = models.TextField(blank=True)  # of whoever decided, to the person
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["person"], condition=models.Q(state="open"), name="one_open_request_per_person"
            ),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["state", "-created_at"])]
