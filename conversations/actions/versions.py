"""Other versions of what was said: edited, retried, continued, and which of them is shown.

Nothing is ever replaced: a new version stands beside the old one, which keeps all that came after it.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from conversations import access, hints, offers, queries, refusals
from conversations.actions import accepting
from conversations.actions.accepting import ASK, CONTINUE, EDIT, RETRY, Sent
from conversations.events import Hint, Topic
from conversations.generation import choices, opening, showing
from conversations.models import Conversation, Generation, Message, Role


def edit_message(*, user: User, message: Message, client_id: str, text: str, effort: str) -> Sent:
    """Another version of a person's message, with a reply of its own.

    This and the other acts that add a version raise Refusal or BudgetRefused, and then nothing is stored. The new
    version is shown.
    """
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, EDIT, str(message.pk), text, effort)
        if isinstance(earlier, Sent):
            return earlier
        conversation = _locked_and_idle(message)
        choices.choose_effort(conversation, effort)
        opened = opening.open_turn(user, conversation, after=message.parent_id, text=text)
        return accepting.done(accepted, conversation, opened)


def retry_reply(*, user: User, reply: Message, client_id: str, model: str = "", effort: str = "") -> Sent:
    """Another reply to the same message; by that model (a slug) and with that effort where they are named.

    Otherwise it is asked for as the reply was that it replaces, but for what was chosen for the conversation since;
    by its model only as long as that is offered. All of it is for this reply alone: the next turns are asked for as
    before. Raises NotOffered too.
    """
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, RETRY, str(reply.pk), model, effort)
        if isinstance(earlier, Sent):
            return earlier
        conversation = _locked_and_idle(reply)
        if reply.parent is None:
            raise refusals.NotRetriable
        named = offers.offered(model) if model else None
        before = Generation.objects.select_related("model").filter(reply=reply).first()  # None: it was copied
        if before is None or before.model not in offers.models_offered():
            asked_for = choices.choices_of(user, conversation, model=named, effort=effort)
        else:
            asked_for = choices.choices_again(user, conversation, before, model=named, effort=effort)
        opened = opening.open_reply(user, conversation, reply.parent, asked_for=asked_for)
        return accepting.done(accepted, conversation, opened)


def ask_again(*, user: User, message: Message, client_id: str, model: str = "", effort: str = "") -> Sent:
    """A reply to a person's message that has none, as where its reply was deleted; `model` and `effort` as above.

    Raises Answered where another tab was faster.
    """
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, ASK, str(message.pk), model, effort)
        if isinstance(earlier, Sent):
            return earlier
        conversation = _locked_and_idle(message)
        if Message.objects.filter(parent=message, role=Role.ASSISTANT, deleted_at=None).exists():
            raise refusals.Answered
        named = offers.offered(model) if model else None
        asked_for = choices.choices_of(user, conversation, model=named, effort=effort)
        opened = opening.open_reply(user, conversation, message, asked_for=asked_for)
        return accepting.done(accepted, conversation, opened)


def continue_reply(*, user: User, reply: Message, client_id: str) -> Sent:
    """A reply that begins with the text of one that was cut off, and goes on from there by the same model."""
    with transaction.atomic():
        accepted, earlier = accepting.accept(user, client_id, CONTINUE, str(reply.pk))
        if isinstance(earlier, Sent):
            return earlier
        conversation = _locked_and_idle(reply)
        reply = Message.objects.select_related("generation__model", "parent").get(pk=reply.pk)
        generation = getattr(reply, "generation", None)
        if reply.parent is None or generation is None or not generation.can_be_continued:
            raise refusals.NotContinuable
        asked_for = choices.choices_of(user, conversation, model=generation.model, effort=generation.effort)
        opened = opening.open_reply(user, conversation, reply.parent, carried=reply.text, asked_for=asked_for)
        return accepting.done(accepted, conversation, opened)


def choose_version(*, user: User, message: Message) -> tuple[uuid.UUID, Sequence[uuid.UUID]]:
    """Show this version, and below it what was shown there last.

    Returns what was shown in its place (itself, when it is shown already) and the branch from there on, by their ids.
    Repeating it changes nothing. Raises Busy.
    """
    with transaction.atomic():
        conversation = _locked_and_idle(message)
        before = queries.path_to(conversation.tip_id, conversation)
        leaf = queries.leaf_under(message)
        _show(user, conversation, leaf)
        after = queries.path_to(leaf, conversation)
    place = _parting(before, after, message.pk)
    return before[place] if place < len(before) else message.pk, after[place:]


def delete_message(*, user: User, message: Message) -> Sequence[uuid.UUID]:
    """Show this message and all that was said after it nowhere any more; returns the ids of what stands in its place.

    That is another version of it, with what follows there; or nothing. What was paid for it stays paid, and links
    that were made keep their copy. Repeating it changes nothing. Raises Busy.
    """
    with transaction.atomic():
        conversation = accepting.locked(message.conversation)
        accepting.refuse_if_busy(conversation)
        before = queries.path_to(conversation.tip_id, conversation)
        showing.hide(message.pk)
        if message.pk not in before:
            return []
        tip = _tip_without(message, conversation)
        _show(user, conversation, tip)
        after = queries.path_to(tip, conversation)
    return after[before.index(message.pk) :]


def restore_message(*, user: User, message: Message) -> Sequence[uuid.UUID]:
    """Show a deleted message again, with all that went when it did; returns the branch from it on, by ids.

    What was said in its place meanwhile stays beside it. Repeating it changes nothing but what is shown. Raises Busy,
    and NotFound where what it answers was deleted too.
    """
    with transaction.atomic():
        conversation = accepting.locked(message.conversation)
        accepting.refuse_if_busy(conversation)
        if message.parent_id and not Message.objects.filter(pk=message.parent_id, deleted_at=None).exists():
            raise access.NotFound
        showing.reveal(message.pk, conversation)
        leaf = queries.leaf_under(message)
        _show(user, conversation, leaf)
        path = queries.path_to(leaf, conversation)
    return path[path.index(message.pk) :]


def _show(user: User, conversation: Conversation, tip: uuid.UUID | None) -> None:
    """Show the branch that ends there, here and on the person's other pages."""
    if tip == conversation.tip_id:
        return
    showing.show(conversation, tip)
    conversation.save(update_fields=["tip_id"])
    data = {"message": str(tip or "")}
    hints.publish(user.pk, Hint(topic=Topic.BRANCH, id=str(conversation.pk), data=data))


def _tip_without(message: Message, conversation: Conversation) -> uuid.UUID | None:
    """The end of the branch once a message of it is gone: below another version of it, or what it answered."""
    others = Message.objects.filter(
        conversation=conversation, parent_id=message.parent_id, deleted_at=None
    ).order_by("chosen_at", "id")
    version = others.last()
    return queries.leaf_under(version) if version else message.parent_id


def _locked_and_idle(message: Message) -> Conversation:
    conversation = accepting.locked_with(message)
    accepting.refuse_if_busy(conversation)
    return conversation


def _parting(before: Sequence[uuid.UUID], after: Sequence[uuid.UUID], chosen: uuid.UUID) -> int:
    """Where two branches part; where they are the same, the place of what was chosen."""
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        if old != new:
            return place
    return after.index(chosen)
