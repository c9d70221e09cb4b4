from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from accounts.ids import new_id
from accounts.models import Team
from conversations.models.route import Model

LONGEST_TITLE = 120


class TitleFrom(models.TextChoices):
    """Where a title comes from. Only first words are ever replaced by a model's."""

    WORDS = "words", "the first words"
    MODEL = "model", "the model"
    OWNER = "owner", "its owner"
    COPY = "copy", "what it is a copy of"


class CutShort(models.TextChoices):
    """How a copied reply ended that is not whole; why is nobody's but its owner's."""

    STOPPED = "stopped", "stopped"
    CUT = "cut", "cut at a length, or where nothing more was allowed"
    BROKEN = "broken", "broken off"


class Conversation(models.Model):
    """One person's exchange with a model. Fetched through `access` only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    title = models.CharField(max_length=LONGEST_TITLE)
    title_from = models.CharField(
        max_length=6, choices=TitleFrom.choices, default=TitleFrom.WORDS, db_default=TitleFrom.WORDS
    )
    model = models.ForeignKey(Model, on_delete=models.PROTECT, related_name="+")  # of the next turn
    effort = models.CharField(max_length=8)  # of the next turn
    # When its owner last chose another of each; None = they are as it began. Retry goes by what was chosen last.
    model_picked_at = models.DateTimeField(null=True)
    effort_picked_at = models.DateTimeField(null=True)
    # What the model is told before anything is said here, after what its owner tells every model.
    instructions = models.TextField(blank=True, default="", db_default="")
    # Sampling of the next turns; None = as the provider has it. Not sent while the model thinks.
    temperature = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    top_p = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    # Tokens of a reply, thinking included, at most; None = as the effort has it.
    reply_limit = models.PositiveIntegerField(null=True)
    # Names of the tools that the model may call in its next turns (conversations.tools.registry).
    tools = models.JSONField(default=list, db_default=[])
    # Whose budget its next turns are paid from, beside the owner's own; None = the owner's alone.
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Which conversation this one was forked from; None = none, or it is gone.
    forked_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="forks")
    # The last message of the branch on screen. A plain id: messages refer here, not the other way round.
    tip_id = models.UUIDField(null=True)
    # Why the messages that wait (QueuedMessage) are not sent by themselves, as a sentence; "" = they are.
    queue_pause = models.TextField(blank=True, db_default="")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)  # when somebody last wrote
    # A reply of it ended and no page of its owner's has shown that yet.
    is_unread = models.BooleanField(default=False, db_default=False)
    pinned_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)
    # Since then it is nowhere but among what was deleted, to be restored from there until it is forgotten.
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(  # the list, in its order
                "owner",
                models.F("pinned_at").desc(nulls_last=True),
                models.F("updated_at").desc(),
                models.F("id").desc(),
                condition=models.Q(archived_at=None, deleted_at=None),
                name="listed",
            ),
            models.Index(
                fields=["owner", "-archived_at"],
                condition=models.Q(archived_at__isnull=False, deleted_at=None),
                name="archived",
            ),
            models.Index(fields=["deleted_at"], condition=models.Q(deleted_at__isnull=False), name="deleted"),
        ]

    def __str__(self) -> str:
        return self.title


class Role(models.TextChoices):
    USER = "user", "a person"
    ASSISTANT = "assistant", "the model"


class Message(models.Model):
    """One turn. Append-only: edit, retry and continue make siblings under the same parent.

    What its owner deleted is marked and shown nowhere any more, it and all below it.

    A reply's state is its Generation's status; a message without one is complete. Of siblings, the one chosen
    last is on the branch that is shown.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    role = models.CharField(max_length=9, choices=Role.choices)
    author_name = models.CharField(max_length=80)  # the person's, or the model's short name, as it was then
    text = models.TextField(blank=True)
    # Characters at the start of `text` that were taken over from the reply which this one continues.
    carried = models.PositiveIntegerField(default=0, db_default=0)
    reasoning = models.TextField(blank=True)
    reasoning_details = models.JSONField(default=list)  # the provider's own blocks, verbatim, to send back
    reasoning_ms = models.PositiveIntegerField(null=True)  # how long it thought, measured by the worker
    # Where it asked for tools, and what came of them (conversations.hops); the blocks of each are in its hop.
    hops = models.JSONField(default=list, db_default=[])
    # Of a copy, "" where it is whole; of a message with a Generation, that says it.
    cut_short = models.CharField(
        max_length=7, choices=CutShort.choices, blank=True, default="", db_default=""
    )
    snapshot_seq = models.PositiveBigIntegerField(
        default=0
    )  # the last event that `text` and `reasoning` hold
    created_at = models.DateTimeField(default=timezone.now)
    chosen_at = models.DateTimeField(default=timezone.now, db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["conversation", "created_at"])]

    @property
    def carried_text(self) -> str:
        """What was taken over from the reply that this one continues; "" for any other."""
        return self.text[: self.carried]

    @property
    def own_text(self) -> str:
        """What was written for this message itself."""
        return self.text[self.carried :]


class QueuedMessage(models.Model):
    """What a person said while a reply was being written: sent after it, one by one, in this order.

    It has no generation and holds no money until then.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="queue")
    text = models.TextField()
    effort = models.CharField(max_length=8)
    is_next = models.BooleanField(default=False)  # goes before all others, whatever ends the running reply
    # Sent by nothing meanwhile: those behind it go past it, and it has its place again once that is saved or left.
    is_being_edited = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["-is_next", "created_at", "id"]


class AcceptedSend(models.Model):
    """That a send under this `client_id` was taken, and what came of it: a repeat gets the same answer.

    With neither `reply` nor `queued`, it waited and was taken back before it was sent.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    reply = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="+")
    queued = models.ForeignKey(QueuedMessage, on_delete=models.SET_NULL, null=True, related_name="sends")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["user", "client_id"], name="one_send_per_client_id"),
        ]
