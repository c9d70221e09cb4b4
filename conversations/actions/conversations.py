"""What its owner does with a conversation as a whole. Repeating any of it changes nothing."""

from django.db import transaction
from django.utils import timezone

from conversations import hints, listing
from conversations.actions import accepting
from conversations.events import Hint, Topic
from conversations.generation import stopping
from conversations.models import UNFINISHED, Conversation, Generation, TitleFrom


def rename_conversation(*, conversation: Conversation, title: str) -> Conversation:
    """A title of its owner's, which nothing replaces."""
    with transaction.atomic():
        conversation = accepting.locked(conversation)
        conversation.title, conversation.title_from = title, TitleFrom.OWNER
        conversation.save(update_fields=["title", "title_from"])
        listing.tell(conversation)
    return conversation


def pin_conversation(*, conversation: Conversation, is_pinned: bool) -> Conversation:
    """First in the list, whenever it was last written in; or where it belongs by its day."""
    return _mark(conversation, "pinned_at", is_pinned)


def archive_conversation(*, conversation: Conversation, is_archived: bool) -> Conversation:
    """Out of the list, and found among what is archived, until it is written in again; or back in it."""
    return _mark(conversation, "archived_at", is_archived)


def see_conversation(*, conversation: Conversation) -> None:
    """Its owner has a page before them that shows it: it is unread on none of their devices any more."""
    with transaction.atomic():
        if Conversation.objects.filter(pk=conversation.pk, is_unread=True).update(is_unread=False):
            hints.publish(conversation.owner_id, Hint(topic=Topic.SEEN, id=str(conversation.pk)))


def delete_conversation(*, conversation: Conversation) -> None:
    """Nowhere any more but among what was deleted; its links open nothing, and a reply being written is stopped.

    What it cost stays in the ledger, now and when it is forgotten.
    """
    with transaction.atomic():
        conversation = _mark(conversation, "deleted_at", True)
        for running in Generation.objects.filter(conversation=conversation, status__in=UNFINISHED):
            stopping.stop(running.pk, seq=None)


def restore_conversation(*, conversation: Conversation) -> Conversation:
    """As it was before it was deleted, its links included."""
    return _mark(conversation, "deleted_at", False)


def _mark(conversation: Conversation, field: str, is_set: bool) -> Conversation:
    with transaction.atomic():
        lock = accepting.locked_though_deleted if field == "deleted_at" else accepting.locked
        conversation = lock(conversation)
        if (getattr(conversation, field) is not None) != is_set:
            setattr(conversation, field, timezone.now() if is_set else None)
            conversation.save(update_fields=[field])
            listing.tell(conversation)
    return conversation
