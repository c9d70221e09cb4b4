from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import CostSource
from accounts.pricing import Tokens
from conversations.models.conversation import Conversation, Message
from conversations.models.route import Model


class Status(models.TextChoices):
    """queued → running → one of the four ends; the first end wins."""

    QUEUED = "queued", "queued"
    RUNNING = "running", "running"
    DONE = "done", "done"
    STOPPED = "stopped", "stopped"
    FAILED = "failed", "failed"
    INTERRUPTED = "interrupted", "interrupted"


UNFINISHED = (Status.QUEUED, Status.RUNNING)


class Generation(models.Model):
    """One run of a model that writes one reply. The rows with status `queued` are the queue."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reply = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="generation")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="generations")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )  # who pays
    team_id = models.UUIDField(null=True)  # that pays too, fixed when it was sent
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="+")
    effort = models.CharField(max_length=8)
    # Slug of who is asked first: their parallel limit decides when this may begin.
    provider = models.CharField(max_length=40, blank=True, db_default="")
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.QUEUED)

    # What was held for, and so what is sent: `max_tokens` bounds the cost only if the provider hears it too.
    input_bound = models.PositiveIntegerField()
    max_tokens = models.PositiveIntegerField()
    # Dollars per 1M tokens that the hold was made at: nobody dearer may answer.
    highest_input_price = models.DecimalField(max_digits=20, decimal_places=12)
    highest_output_price = models.DecimalField(max_digits=20, decimal_places=12)
    # What it is told besides what was said, fixed when it was sent; None = not sent.
    instructions = models.TextField(blank=True, default="", db_default="")
    temperature = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    top_p = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    reply_limit = models.PositiveIntegerField(null=True)  # the person's own; `max_tokens` is never above it
    # Whom it was not sent to though they come before in order, and why (`fitting.Passed`).
    passed_over = models.JSONField(default=list, db_default=[])
    tools = models.JSONField(default=list, db_default=[])  # names of those that it may call
    is_shortened = models.BooleanField(default=False)  # the budget allowed less than the usual length

    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)

    stop_requested_at = models.DateTimeField(null=True)
    stop_seq = models.PositiveBigIntegerField(
        null=True
    )  # the last event the reader had been shown; None = all

    finish_reason = models.CharField(max_length=40, blank=True)  # of `done`: stop, length, content_filter, …
    fault_code = models.CharField(max_length=40, blank=True)  # of `failed`: providers.base.FaultCode
    fault = models.TextField(blank=True)  # a sentence for the reader; no secret, nothing raw

    class Meta:
        indexes: ClassVar[list[Any]] = [
            # The queue, and what is running: both stay small however many replies there have been.
            models.Index(fields=["queued_at"], condition=models.Q(status="queued"), name="queue"),
            models.Index(fields=["heartbeat_at"], condition=models.Q(status="running"), name="running"),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(status__in=["queued", "running"]),
                name="one_unfinished_reply_per_conversation",
            ),
        ]

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def can_be_continued(self) -> bool:
        """True when its reply was cut off, by a fault or at the longest allowed, and has text to go on from."""
        was_cut = self.status == Status.DONE and self.finish_reason == "length"
        return (was_cut or self.status == Status.INTERRUPTED) and bool(self.reply.text.strip())


class Attempt(models.Model):
    """One call to a provider. Text copies of route and price: they outlive the rows they come from."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    provider = models.CharField(max_length=40)  # slug
    provider_name = models.CharField(max_length=80)
    upstream_model = models.CharField(max_length=200)
    upstream_id = models.CharField(max_length=200, blank=True)  # the provider's id of this answer
    served_by = models.CharField(max_length=120, blank=True)  # the host behind a router
    served_model = models.CharField(max_length=200, blank=True)
    fault_code = models.CharField(max_length=40, blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    price = models.JSONField(default=dict)  # the rates in force at the start (accounts.pricing.Rates)

    prompt_tokens = models.PositiveIntegerField(null=True)
    cached_tokens = models.PositiveIntegerField(null=True)  # of the prompt
    cache_write_tokens = models.PositiveIntegerField(null=True)  # of the prompt
    completion_tokens = models.PositiveIntegerField(null=True)
    reasoning_tokens = models.PositiveIntegerField(null=True)  # of the completion
    cost = models.DecimalField(max_digits=20, decimal_places=12, null=True)  # None = not settled yet
    cost_source = models.CharField(max_length=10, choices=CostSource.choices, blank=True)

    started_at = models.DateTimeField(default=timezone.now)
    first_data_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            # How providers did in the last hour and day, and when each failed last.
            models.Index(fields=["started_at"], name="attempts_by_time"),
            models.Index(
                fields=["provider", "-started_at"], condition=~models.Q(fault_code=""), name="attempts_failed"
            ),
        ]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["generation", "number"], name="attempts_are_numbered"),
        ]

    # What `tokens` is kept in.
    TOKEN_FIELDS: ClassVar[tuple[str, ...]] = (
        "prompt_tokens",
        "cached_tokens",
        "cache_write_tokens",
        "completion_tokens",
        "reasoning_tokens",
    )

    @property
    def tokens(self) -> Tokens:
        """What it used; nothing of what is not known."""
        return Tokens(
            prompt=self.prompt_tokens or 0,
            cached=self.cached_tokens or 0,
            cache_write=self.cache_write_tokens or 0,
            completion=self.completion_tokens or 0,
            reasoning=self.reasoning_tokens or 0,
        )

    @tokens.setter
    def tokens(self, used: Tokens) -> None:
        self.prompt_tokens, self.completion_tokens = used.prompt, used.completion
        self.cached_tokens, self.cache_write_tokens = used.cached, used.cache_write
        self.reasoning_tokens = used.reasoning
