"""Sharing a frozen copy, taking it back, and going on from somebody else's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts import audit
from accounts.models import User
from conversations import cut_short, hops, offers, queries, refusals
from conversations.models import UNFINISHED, Conversation, Message, Role, ShareLink, ShareVisit, TitleFrom
from conversations.search import filling


def share_conversation(
    *, user: User, conversation: Conversation, days: int | None, includes_reasoning: bool
) -> ShareLink:
    """A link to the finished messages on screen as they are now. Later ones never show through."""
    turns = [turn_of(message, includes_reasoning) for message in shareable(conversation)]
    if not turns:
        raise refusals.NothingToShare
    now = timezone.now()
    with transaction.atomic():
        link = ShareLink.objects.create(
            owner=user,
            conversation=conversation,
            title=conversation.title,
            turns=turns,
            includes_reasoning=includes_reasoning,
            expires_at=now + timedelta(days=days) if days else None,
        )
        audit.record(actor=user, action="link.made", target=str(link.pk), before={}, after={"days": days})
    return link


def revoke_link(*, user: User, link: ShareLink) -> int:
    """End a link for good; returns how many people had opened it."""
    with transaction.atomic():
        changed = ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now())
        if changed:
            audit.record(actor=user, action="link.revoked", target=str(link.pk), before={}, after={})
    return ShareVisit.objects.filter(link=link).count()


def note_visit(*, user: User, link: ShareLink) -> None:
    """Count a person who opened a link, once; its owner is not counted."""
    if user.pk != link.owner_id:
        ShareVisit.objects.bulk_create([ShareVisit(link=link, visitor=user)], ignore_conflicts=True)


def continue_shared(*, user: User, link: ShareLink) -> Conversation:
    """A private copy of what the link shows. It costs nothing and outlives the link."""
    model = offers.model_for(user)
    with transaction.atomic():
        copy = Conversation.objects.create(
            owner=user,
            title=link.title,
            title_from=TitleFrom.COPY,
            model=model,
            effort=offers.effort_for(user, model),
        )
        copies: list[Message] = []
        for turn in link.turns:
            copies.append(
                Message(
                    conversation=copy,
                    parent=copies[-1] if copies else None,
                    role=turn["role"],
                    author_name=turn["author_name"],
                    text=turn["text"],
                    reasoning=turn["reasoning"],
                    reasoning_ms=turn["reasoning_ms"],
                    hops=turn.get("hops", []),  # links made before there were tools have none
                    cut_short=turn.get("cut_short", ""),  # nor do earlier ones say how a reply ended
                    created_at=parse_datetime(turn["created_at"]) or timezone.now(),
                )
            )
        Message.objects.bulk_create(copies)
        filling.add_copies(copy, copies)
        copy.tip_id = copies[-1].pk if copies else None
        copy.save(update_fields=["tip_id"])
    return copy


def shareable(conversation: Conversation) -> list[Message]:
    """The branch on screen up to its last finished reply; a reply that is being written is left out."""
    branch = queries.branch_to(conversation.tip_id, conversation)
    last = branch[-1] if branch else None
    if last is not None and last.role == Role.ASSISTANT:
        generation = getattr(last, "generation", None)
        if generation is not None and generation.status in UNFINISHED:
            branch = branch[:-2]
    return branch


def turn_of(message: Message, includes_reasoning: bool) -> dict[str, Any]:
    """A message as a link shows it: who, when, what. Never money, never the provider's raw blocks."""
    return {
        "role": message.role,
        "author_name": message.author_name,
        "text": message.text,
        "reasoning": message.reasoning if includes_reasoning else "",
        "reasoning_ms": message.reasoning_ms if includes_reasoning else None,
        "hops": _without_blocks(message) if includes_reasoning else [],
        "cut_short": cut_short.of(message),
        "created_at": message.created_at.isoformat(),
    }


def _without_blocks(message: Message) -> list[dict[str, Any]]:
    return [replace(hop, details=()).as_json() for hop in hops.closed(hops.from_json(message.hops))]
