"""Messages that wait for a reply to end. The transaction that ends it sends the next one, or says why it does not.

The caller holds the conversation's lock.
"""

from datetime import datetime

import structlog
from django.db import InterfaceError, OperationalError, transaction

from accounts.ledger import BudgetRefused
from accounts.models import User
from conversations import hints, stored_words
from conversations.events import Hint, Topic
from conversations.generation import choices, opening
from conversations.generation.opening import Opened
from conversations.models import AcceptedSend, Conversation, Generation, QueuedMessage, Status
from conversations.refusals import Refusal

log = structlog.get_logger("parley.queue")


def next_after(ended: Generation) -> QueuedMessage | None:
    """What is to be sent now that this reply has ended.

    None where nothing waits, and where what waits is not to go by itself: the conversation then says why.
    """
    conversation = ended.conversation
    head = head_of(conversation)
    if head is None:
        return None
    if conversation.deleted_at is not None:
        pause(conversation, stored_words.QUEUE_DELETED)
        return None
    if not ended.owner.is_active:
        pause(conversation, stored_words.QUEUE_SUSPENDED)
        return None
    # A stop counts though the reply was done before its worker heard of it.
    went_well = ended.status == Status.DONE and ended.stop_requested_at is None
    if head.is_next or (went_well and not conversation.queue_pause):
        return None if head.is_being_edited else head
    if not conversation.queue_pause:
        pause(conversation, _reason_of(ended))
    return None


def head_of(conversation: Conversation) -> QueuedMessage | None:
    """What goes first. One that is being edited, which is not to go, only where all that wait are."""
    return conversation.queue.order_by("is_being_edited", *(QueuedMessage._meta.ordering or ())).first()


def send(
    waiting: QueuedMessage, conversation: Conversation, user: User, *, at: datetime | None = None
) -> Opened:
    """Make what waits the conversation's next turn. Raises Refusal or BudgetRefused, and then it waits on."""
    with transaction.atomic():
        choices.choose_effort(conversation, waiting.effort)
        opened = opening.open_turn(user, conversation, after=conversation.tip_id, text=waiting.text, at=at)
        AcceptedSend.objects.filter(queued=waiting).update(reply=opened.reply, queued=None)
        remove(waiting, conversation)
    return opened


def send_or_pause(waiting: QueuedMessage, ended: Generation) -> None:
    """Send what waits; where that cannot be, the queue is paused with the reason and the end before it stands."""
    conversation, owner = ended.conversation, ended.owner
    try:
        send(waiting, conversation, owner, at=ended.finished_at)
    except (Refusal, BudgetRefused) as refusal:
        pause(conversation, sentence_of(refusal, owner))
    except (OperationalError, InterfaceError):
        raise  # Postgres is away: all of it is done again
    except Exception:
        log.exception("waiting message not sent", conversation=str(conversation.pk))
        pause(conversation, stored_words.QUEUE_OUR_FAULT)


def remove(waiting: QueuedMessage, conversation: Conversation) -> None:
    """Take a message out. A queue that is empty is not paused either."""
    waiting.delete()
    if conversation.queue_pause and not conversation.queue.exists():
        _set_pause(conversation, "")
    tell(conversation)


def pause(conversation: Conversation, sentence: str) -> None:
    """Send nothing more by itself. What was to go before all others waits in its place again."""
    conversation.queue.filter(is_next=True).update(is_next=False)
    _set_pause(conversation, sentence)
    tell(conversation)


def unpause(conversation: Conversation) -> None:
    """Let the next one go when its turn has come."""
    _set_pause(conversation, "")
    tell(conversation)


def tell(conversation: Conversation) -> None:
    """Tell the person's pages, once committed, that something else waits now."""
    hints.publish(conversation.owner_id, Hint(topic=Topic.QUEUE, id=str(conversation.pk)))


def sentence_of(refusal: Refusal | BudgetRefused, user: User) -> str:
    """Why something was not sent, for its person."""
    return refusal.sentence_for(user) if isinstance(refusal, BudgetRefused) else str(refusal)


def _set_pause(conversation: Conversation, sentence: str) -> None:
    conversation.queue_pause = sentence
    Conversation.objects.filter(pk=conversation.pk).update(queue_pause=sentence)


def _reason_of(ended: Generation) -> str:
    if ended.status in (Status.STOPPED, Status.DONE):  # done: the stop came too late
        return stored_words.QUEUE_STOPPED
    if ended.status == Status.INTERRUPTED:
        return stored_words.QUEUE_INTERRUPTED
    if not ended.fault:
        return stored_words.QUEUE_FAILED
    return stored_words.QUEUE_FAILED_BY.replace("{fault}", ended.fault)
