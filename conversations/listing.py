"""Telling a person's lists, on every page that is open, what has become of a conversation."""

from conversations import hints, queries
from conversations.events import Hint, Topic
from conversations.models import Conversation


def tell(conversation: Conversation) -> None:
    """Its row as it is now, once the running transaction has committed."""
    row = queries.sidebar_row(conversation)
    hints.publish(conversation.owner_id, Hint(topic=Topic.LISTED, id=str(conversation.pk), data=row))
