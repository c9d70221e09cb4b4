"""The messages that wait while a reply is being written: putting them there, and all that is done with them."""

from django.db import transaction
from django.db.models import Count, F, Func, IntegerField, QuerySet, Sum

from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations import refusals
from conversations.actions import accepting
from conversations.actions.accepting import Sent
from conversations.generation import choices, queue, stopping
from conversations.generation.opening import Opened
from conversations.models import AcceptedSend, Conversation, QueuedMessage
from conversations.refusals import Refusal

MOST_WAITING = 10
MOST_WAITING_BYTES = 8_000_000


def wait(
    *, user: User, conversation: Conversation, accepted: AcceptedSend, text: str, effort: str
) -> QueuedMessage:
    """Put a message behind those that wait already; it is sent when the replies before it are done.

    The caller holds the conversation's lock and has seen that a reply of it is being written. Raises QueueFull.
    """
    rows, size = _size_of(conversation.queue.all())
    if rows >= MOST_WAITING or size + len(text.encode()) > MOST_WAITING_BYTES:
        raise refusals.QueueFull(rows)
    waiting = QueuedMessage.objects.create(
        conversation=conversation,
        text=text,
        effort=choices.offered(effort or conversation.effort, conversation.model),
    )
    accepted.queued = waiting
    accepted.save(update_fields=["queued"])
    queue.tell(conversation)
    return waiting


def take_back(*, waiting: QueuedMessage) -> None:
    """Never send it. Raises NotWaiting when it was sent in the meantime."""
    with transaction.atomic():
        conversation, row = _locked(waiting)
        queue.remove(row, conversation)


def edit(*, waiting: QueuedMessage) -> str:
    """Send it only once it is saved or left; returns its text. Raises NotWaiting when it was sent in the meantime."""
    with transaction.atomic():
        conversation, row = _locked(waiting)
        row.is_being_edited, row.is_next = True, False
        row.save(update_fields=["is_being_edited", "is_next"])
        queue.tell(conversation)
    return row.text


def save(*, user: User, waiting: QueuedMessage, text: str) -> Sent | None:
    """Let it wait in its place with this text; where nothing holds it up there, it is sent.

    Raises NotWaiting, or QueueFull, and then it is being edited still.
    """
    with transaction.atomic():
        conversation, row = _locked(waiting)
        rows, size = _size_of(conversation.queue.exclude(pk=row.pk))
        if size + len(text.encode()) > MOST_WAITING_BYTES:
            raise refusals.QueueFull(rows)
        row.text = text
        row.save(update_fields=["text"])
        return _edited(user, conversation, row)


def leave(*, user: User, waiting: QueuedMessage) -> Sent | None:
    """The same, with its text as it was. Raises NotWaiting."""
    with transaction.atomic():
        return _edited(user, *_locked(waiting))


def send_now(*, user: User, waiting: QueuedMessage, seq: int | None) -> Sent | None:
    """Send exactly this one before all others, which keep their order.

    Where a reply is being written it is stopped at `seq`, what was shown of it, and its end sends this one: None.
    Raises NotWaiting, or the Refusal or BudgetRefused of a send, and then everything waits as before.
    """
    with transaction.atomic():
        conversation, row = _locked(waiting)
        running = accepting.unfinished_in(conversation)
        if running is None:
            return _sent(conversation, queue.send(row, conversation, user))
        conversation.queue.exclude(pk=row.pk).filter(is_next=True).update(is_next=False)
        row.is_next, row.is_being_edited = True, False
        row.save(update_fields=["is_next", "is_being_edited"])
        queue.tell(conversation)
        stopping.stop(running.pk, seq=seq)
    return None


def resume(*, user: User, conversation: Conversation) -> Sent | None:
    """Let what waits go on: the first one now, or when the reply that is being written is done (None).

    None too when nothing waits, or only what is being edited. Raises Refusal or BudgetRefused: it is paused still, and
    says why.
    """
    with transaction.atomic():
        conversation = accepting.locked(conversation)
        head = queue.head_of(conversation)
        if head is None or head.is_being_edited or accepting.unfinished_in(conversation) is not None:
            queue.unpause(conversation)
            return None
        try:
            sent = _sent(conversation, queue.send(head, conversation, user))
        except (Refusal, BudgetRefused) as refusal:
            queue.pause(conversation, queue.sentence_of(refusal, user))
            refused: Refusal | BudgetRefused = refusal
        else:
            queue.unpause(conversation)
            return sent
    raise refused


def _locked(waiting: QueuedMessage) -> tuple[Conversation, QueuedMessage]:
    conversation = accepting.locked(waiting.conversation)
    row = conversation.queue.filter(pk=waiting.pk).first()
    if row is None:
        raise refusals.NotWaiting
    return conversation, row


def _edited(user: User, conversation: Conversation, row: QueuedMessage) -> Sent | None:
    row.is_being_edited = False
    row.save(update_fields=["is_being_edited"])
    queue.tell(conversation)
    if conversation.queue_pause or accepting.unfinished_in(conversation) is not None:
        return None
    # Every reply it could have followed ended while it was being edited.
    try:
        return _sent(conversation, queue.send(row, conversation, user))
    except (Refusal, BudgetRefused) as refusal:
        queue.pause(conversation, queue.sentence_of(refusal, user))
        return None


def _size_of(waiting: QuerySet[QueuedMessage]) -> tuple[int, int]:
    """How many messages wait, and how many bytes they have."""
    size = Func(F("text"), function="octet_length", output_field=IntegerField())
    found = waiting.aggregate(rows=Count("id"), size=Sum(size))
    return found["rows"], found["size"] or 0


def _sent(conversation: Conversation, opened: Opened) -> Sent:
    return Sent(conversation=conversation, message=opened.message, reply=opened.reply)
