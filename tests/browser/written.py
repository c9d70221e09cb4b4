"""Conversations as they would be had somebody written them: whole, with no reply ever streamed."""

from collections.abc import Iterable

from accounts.models import User
from conversations.models import Conversation, Message, Role

# A diagram that is neither drawn yet nor said to be none.
UNDRAWN = "figure.code:has(.language-mermaid):not(.code--drawn, :has(.code__note))"


def written(
    user: User, like: Conversation, turns: Iterable[tuple[str, str]], title: str, *, is_thought: bool = False
) -> Conversation:
    """A conversation of these turns, each what was said and its reply (which may have been thought too), with the
    model of another.
    """
    conversation = Conversation.objects.create(owner=user, title=title, model=like.model)
    parent, rows = None, []
    for said, reply in turns:
        for role, words, thought in ((Role.USER, said, ""), (Role.ASSISTANT, reply, reply * is_thought)):
            row = Message(
                conversation=conversation,
                parent_id=parent,
                role=role,
                author_name="x",
                text=words,
                reasoning=thought,
                reasoning_ms=1000 if thought else None,
            )
            rows.append(row)
            parent = row.pk
    Message.objects.bulk_create(rows)
    conversation.tip_id = parent
    conversation.save(update_fields=["tip_id"])
    return conversation
