from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.ids import new_id


class ProviderKind(models.TextChoices):
    """The dialect spoken."""

    OPENROUTER = "openrouter", "OpenRouter"
    ROUTEWAY = "routeway", "Routeway"
    DEEPSEEK = "deepseek", "DeepSeek"
    COMPATIBLE = "openai-compatible", gettext_lazy("OpenAI-compatible server")
    DEMO = "demo", "Demo"


class Parameter(models.TextChoices):
    """What a request may say besides its text, and not every server takes."""

    TEMPERATURE = "temperature", gettext_lazy("Temperature")
    TOP_P = "top_p", gettext_lazy("Top-p")
    TOOLS = "tools", gettext_lazy("Tools")


class Provider(models.Model):
    """A server that runs models. A provider from the environment has its key there and is read-only here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)  # prices and environment keys go by it
    kind = models.CharField(max_length=20, choices=ProviderKind.choices)
    name = models.CharField(max_length=80)
    base_url = models.CharField(max_length=300)
    sealed_key = models.TextField(
        blank=True
    )  # encrypted (`conversations.seal`); "" = none, or from the environment
    pending_key = models.TextField(blank=True)  # sealed too: a new key being tested while the old one works
    is_from_environment = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    most_parallel = models.PositiveSmallIntegerField(
        null=True, blank=True
    )  # replies at once; None = any number
    switches = models.JSONField(
        default=dict, blank=True
    )  # departures from the dialect: {"sends_effort": true}
    # The last test of its key, for the administration: when, and what went wrong ("" = it worked).
    checked_at = models.DateTimeField(null=True, blank=True)
    check_fault = models.TextField(blank=True)
    # Of one that failed again and again: who found out last whether it is well, and since when it is.
    tried_at = models.DateTimeField(null=True)
    well_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def is_proven(self) -> bool:
        """The last test of its key went well."""
        return self.checked_at is not None and not self.check_fault


class Model(models.Model):
    """What people pick. Which server runs it is the routes' affair."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)  # "DeepSeek V4 Flash"
    short_name = models.CharField(max_length=40)  # "V4 Flash", beside its replies
    context_window = models.PositiveIntegerField()  # tokens, in and out together
    # True while nobody has stated it: its server was connected by name alone (`catalogue.UNKNOWN_CONTEXT_WINDOW`).
    is_window_assumed = models.BooleanField(default=False, db_default=False)
    efforts = models.JSONField(default=list)  # what the effort chip offers: ["off", "low", "high", "max"]
    default_effort = models.CharField(max_length=8, default="high")
    # Whether people may let it call tools; not every model can.
    takes_tools = models.BooleanField(default=False, db_default=False)
    is_default = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_model"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    """One way to a model: a provider and what the model is called there. Lower `order` is tried first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="routes")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="routes")
    upstream_model = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=10)
    is_enabled = models.BooleanField(default=True, db_default=True)
    # Which model the environment's provider runs is said by the environment too.
    is_from_environment = models.BooleanField(default=False, db_default=False)
    # What it can take of a request; whatever cannot be taken is sent another way.
    context_window = models.PositiveIntegerField(null=True)  # tokens, in and out; None = as the model's
    longest_reply = models.PositiveIntegerField(null=True)  # tokens; None = any that fits
    efforts = models.JSONField(null=True)  # of the model's; None = all of them
    lacks = models.JSONField(default=list, db_default=[])  # of Parameter, those that it does not take

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["model", "provider"], name="one_route_per_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.upstream_model} at {self.provider}"
