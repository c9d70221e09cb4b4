"""What a conversation is called, asked of its model after its first reply: one short question, paid like any.

Whatever stands in the way, its first words stay its title and nobody is told.
"""

import re
import unicodedata
import uuid

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts import ledger
from conversations import listing, refusals, titles
from conversations.generation import helper, routes
from conversations.generation.attempts import Result
from conversations.generation.helper import Answer
from conversations.generation.routes import Way
from conversations.models import (
    LONGEST_TITLE,
    Conversation,
    Generation,
    Model,
    Provider,
    ProviderKind,
    Status,
    TitleCall,
    TitleFrom,
)
from conversations.offload import in_thread_patiently
from conversations.providers import parsing
from conversations.providers.base import Effort, FaultCode

log = structlog.get_logger("parley.tasks")

TASK = "conversations.title_conversation"
MAX_TOKENS = 20
SHOWN = 2_000  # characters of message and reply each
QUESTION = (
    "Below are the first message of a conversation and the beginning of its reply. Give the conversation a title of at "
    "most six words, in the language of the message. Answer with the title alone, without quotes.\n\n"
    "Message:\n{message}\n\nReply:\n{reply}"
)
_THOUGHT = re.compile(r"<think>.*?(</think>|$)|</think>", re.DOTALL | re.IGNORECASE)
_AROUND = " \"'`*„“”‚‘’«»"


def defer(generation: Generation) -> None:
    """Have a title asked for, in the transaction that ends a reply, if it is the conversation's first."""
    conversation = generation.conversation
    if not settings.AUTOMATIC_TITLES or generation.status != Status.DONE or not _is_open(conversation):
        return
    if conversation.deleted_at is not None:
        return
    done = Generation.objects.filter(conversation=conversation, status=Status.DONE)
    if not done.exclude(pk=generation.pk).exists():
        app.configure_task(TASK).defer(generation_id=str(generation.pk))


async def run(generation_id: uuid.UUID) -> None:
    """Ask, once. One that was asked before and never ended is booked as an estimate, and its answer is lost."""
    asked = await in_thread_patiently(_open, generation_id)
    if asked is None:
        return
    call, provider, question = asked
    answer = await helper.ask(call, provider, question)
    await in_thread_patiently(_finish, call, answer)


def title_in(answer: str) -> str:
    """The title that an answer gives: one line, without ornaments; "" where there is none."""
    text = _THOUGHT.sub("", parsing.clean(answer)).strip()
    line = titles.in_a_line(text.partition("\n")[0]).lstrip("# ")
    line = "".join(letter for letter in line if unicodedata.category(letter) != "Cc")
    return line.strip(_AROUND).rstrip(".。 ").strip(_AROUND)[:LONGEST_TITLE].strip()


def _is_open(conversation: Conversation) -> bool:
    return conversation.title_from == TitleFrom.WORDS


def _open(generation_id: uuid.UUID) -> tuple[TitleCall, Provider, str] | None:
    """The row and the money, with the note that the provider is about to be called; None if nothing is to be asked."""
    try:
        with transaction.atomic():
            asked, cut = _opened(generation_id)
    except (refusals.Refusal, ledger.BudgetRefused) as refusal:
        log.info("no title", generation=str(generation_id), why=type(refusal).__name__)
        return None
    if cut is not None:
        helper.finish(cut, Answer(Result(cut.pk, fault_code=FaultCode.CUT), fault=helper.CUT))
    return asked


def _opened(generation_id: uuid.UUID) -> tuple[tuple[TitleCall, Provider, str] | None, TitleCall | None]:
    """What is to be asked, or a call that a worker left behind."""
    generation = Generation.objects.select_related("owner", "reply__parent").filter(pk=generation_id).first()
    if generation is None:
        return None, None
    conversation = (
        Conversation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("model")
        .get(pk=generation.conversation_id)
    )
    earlier = TitleCall.objects.filter(conversation=conversation).first()
    if earlier is not None:
        return None, earlier if earlier.finished_at is None else None
    question, now = _question(generation), timezone.now()
    is_wanted = _is_open(conversation) and conversation.deleted_at is None and generation.owner.is_active
    way = _cheapest(conversation.model, question) if is_wanted else None
    if way is None:
        return None, None
    terms = helper.terms_of(way, question, MAX_TOKENS)
    call = TitleCall.objects.create(
        conversation=conversation, asked_by=generation.owner_id, asked_at=now, started_at=now, **terms
    )
    ledger.hold(
        generation_id=call.pk,
        user=generation.owner,
        team_id=generation.team_id,
        bound=helper.bound_of(way, question, MAX_TOKENS),
        at=now,
    )
    return (call, Provider.objects.get(pk=way.provider_id), question), None


def _question(generation: Generation) -> str:
    reply = generation.reply
    message = reply.parent.text if reply.parent is not None else ""
    return QUESTION.format(message=message[:SHOWN], reply=reply.text[:SHOWN])


def _cheapest(model: Model, question: str) -> Way | None:
    """The way that costs least; None where only the demo answers, whose canned text names nothing, and where it would
    be thought about: the few tokens that a title gets would be spent before its first word."""
    real = [way for way in routes.ways_to(model, timezone.now()) if way.kind != ProviderKind.DEMO]
    quick = [way for way in real if not model.efforts or Effort.OFF in way.efforts]
    return min(
        quick, key=lambda way: helper.bound_of(way, question, MAX_TOKENS).cost(MAX_TOKENS), default=None
    )


def _finish(call: TitleCall, answer: Answer) -> None:
    """Title and charge together; one that its owner wrote meanwhile stays."""
    title = title_in(answer.text) if not answer.fault else ""
    with transaction.atomic():
        # Conversation, call, windows: the order in which everybody locks.
        conversation = Conversation.objects.select_for_update(no_key=True).filter(title_call=call).first()
        if title and conversation is not None and _is_open(conversation):
            conversation.title, conversation.title_from = title, TitleFrom.MODEL
            conversation.save(update_fields=["title", "title_from"])
            listing.tell(conversation)
        helper.finish(call, answer)
