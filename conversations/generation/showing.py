"""Which branch of a conversation is shown: the one that ends at its tip.

Of versions side by side, the one on that branch is the one that was chosen last, so that whoever comes back to a
message finds below it what was shown there before.
"""

import uuid

from django.db import connection

from conversations.models import Conversation, Message
from conversations.search import rows

# By the database's clock, under the conversation's lock: of two choices the later one has the later time.
_CHOOSE_SQL = """
    WITH RECURSIVE shown AS (
        SELECT id, parent_id FROM conversations_message WHERE id = %(shown)s
        UNION ALL
        SELECT m.id, m.parent_id FROM conversations_message m JOIN shown s ON m.id = s.parent_id
    ), path AS (
        SELECT id, parent_id FROM conversations_message WHERE id = %(tip)s
        UNION ALL
        SELECT m.id, m.parent_id FROM conversations_message m JOIN path p ON m.id = p.parent_id
    )
    UPDATE conversations_message SET chosen_at = clock_timestamp()
    WHERE id IN (SELECT id FROM path EXCEPT SELECT id FROM shown)
"""


_HIDE_SQL = """
    WITH RECURSIVE below AS (
        SELECT id FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT m.id FROM conversations_message m JOIN below b ON m.parent_id = b.id
    )
    UPDATE conversations_message SET deleted_at = statement_timestamp()
    WHERE id IN (SELECT id FROM below) AND deleted_at IS NULL
    RETURNING id
"""

# What went at one moment went together; what was deleted by itself before that stays so.
_REVEAL_SQL = """
    WITH RECURSIVE gone AS (
        SELECT id, deleted_at FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT m.id, m.deleted_at FROM conversations_message m JOIN gone g ON m.parent_id = g.id
        WHERE m.deleted_at = g.deleted_at
    )
    UPDATE conversations_message SET deleted_at = NULL
    WHERE id IN (SELECT id FROM gone) AND deleted_at IS NOT NULL
    RETURNING id
"""


def hide(message_id: uuid.UUID) -> None:
    """Mark a message, and all below it on every branch, as deleted. The caller holds the conversation's lock."""
    with connection.cursor() as cursor:
        cursor.execute(_HIDE_SQL, [message_id])
        rows.remove(key for (key,) in cursor.fetchall())


def reveal(message_id: uuid.UUID, conversation: Conversation) -> None:
    """Take the mark from a message, and from all below it that went with it. The caller holds the conversation's
    lock, and has seen that what it answers is there."""
    with connection.cursor() as cursor:
        cursor.execute(_REVEAL_SQL, [message_id])
        back = [key for (key,) in cursor.fetchall()]
    found = Message.objects.filter(pk__in=back).only("conversation_id", "text", "created_at")
    rows.add(conversation.owner_id, found)


def show(conversation: Conversation, tip_id: uuid.UUID | None) -> None:
    """Show the branch that ends at this message: every version on it that was not shown is now chosen.

    The caller holds the conversation's lock, and saves `tip_id`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHOOSE_SQL, {"shown": conversation.tip_id, "tip": tip_id})
    conversation.tip_id = tip_id
