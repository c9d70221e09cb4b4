from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import CostSource
from conversations.models.conversation import Conversation
from conversations.models.route import Route


class HelperCall(models.Model):
    """One short question to a provider that belongs to no reply. It is paid for like a reply: its id stands for
    generation and attempt in the ledger. Text copies of provider and price outlive their rows.
    """

    helper: ClassVar[str]  # what its charge is marked with

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(max_length=40)  # slug
    provider_name = models.CharField(max_length=80)
    upstream_model = models.CharField(max_length=200)
    asked_by = models.UUIDField()  # who pays
    price = models.JSONField()  # the rates in force when it was asked for (accounts.pricing.Rates)
    prompt_bytes = models.PositiveIntegerField(default=0, db_default=0)
    max_tokens = models.PositiveIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    # When a worker called the provider; it is never called twice.
    started_at = models.DateTimeField(null=True)
    first_data_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    served_by = models.CharField(max_length=120, blank=True)
    served_model = models.CharField(max_length=200, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    fault = models.TextField(blank=True)  # a sentence
    cost = models.DecimalField(max_digits=20, decimal_places=12, null=True)  # None = not settled yet
    cost_source = models.CharField(max_length=10, choices=CostSource.choices, blank=True)

    class Meta:
        abstract = True


class Trial(HelperCall):
    """A question to a route, asked by an administrator to see that it answers."""

    helper = "trial"

    route = models.ForeignKey(Route, on_delete=models.SET_NULL, null=True, related_name="trials")

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["route", "-asked_at"], name="trials_of_a_route")]


class TitleCall(HelperCall):
    """The question what a conversation is to be called, asked once after its first reply."""

    helper = "title"

    # None = it is gone; what was asked is owed all the same.
    conversation = models.OneToOneField(
        Conversation, on_delete=models.SET_NULL, null=True, related_name="title_call"
    )
