"""Another conversation that begins like one of one's own."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from conversations import cut_short, queries, refusals
from conversations.actions import accepting
from conversations.actions.accepting import FORK, Sent
from conversations.models import Conversation, Message, TitleFrom
from conversations.search import filling

_MOST_OF_A_TITLE = 120


def fork_conversation(*, user: User, message: Message, client_id: str) -> Conversation:
    """A new conversation that has what was said up to this message, and is asked for as this one is.

    It costs nothing: the copies have no generations. Raises Busy for a reply that is still being written.
    """
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, FORK, str(message.pk))
        if isinstance(earlier, Sent):
            return earlier.conversation
        origin = accepting.locked_with(message)
        path = queries.branch_to(message.pk, origin)
        generation = getattr(path[-1], "generation", None)
        if generation is not None and generation.is_unfinished:
            raise refusals.Busy
        fork = _like(origin)
        accepted.reply = _copy(path, fork)
        accepted.save(update_fields=["reply"])
        fork.tip_id = accepted.reply.pk
        fork.save(update_fields=["tip_id"])
    return fork


def _like(origin: Conversation) -> Conversation:
    return Conversation.objects.create(
        owner=origin.owner,
        title=_title_of_fork(origin.title),
        title_from=TitleFrom.COPY,
        model=origin.model,
        effort=origin.effort,
        team_id=origin.team_id,
        instructions=origin.instructions,
        temperature=origin.temperature,
        top_p=origin.top_p,
        reply_limit=origin.reply_limit,
        tools=origin.tools,
        forked_from=origin,
    )


def _title_of_fork(title: str) -> str:
    """The same title, marked; a fork of a fork is not marked twice."""
    mark = _(" (fork)")
    return title if title.endswith(mark) else title[: _MOST_OF_A_TITLE - len(mark)] + mark


def _copy(path: list[Message], fork: Conversation) -> Message:
    """The same messages in the fork, in one chain; returns the last."""
    copies: list[Message] = []
    for message in path:
        copies.append(
            Message(
                conversation=fork,
                parent=copies[-1] if copies else None,
                role=message.role,
                author_name=message.author_name,
                text=message.text,
                reasoning=message.reasoning,
                reasoning_details=message.reasoning_details,
                reasoning_ms=message.reasoning_ms,
                hops=message.hops,
                cut_short=cut_short.of(message),
                created_at=message.created_at,
            )
        )
    Message.objects.bulk_create(copies)
    filling.add_copies(fork, copies)
    return copies[-1]
