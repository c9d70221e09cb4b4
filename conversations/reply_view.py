"""A message as people see it: the one shape that templates, JSON answers and the socket's last frame share."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts import tally
from accounts.models import CostSource
from accounts.pricing import Rates
from conversations import failed_words, folds, hops, queries, reply_note, step_words
from conversations.hops import Hop
from conversations.models import Attempt, Generation, Message, Rating, Role, Status
from conversations.settled import sum_of

# Characters of what a person said that stand in the conversation itself.
MOST_SHOWN = 20_000

_SOURCE_WORDS = {
    CostSource.REPORTED: gettext_lazy("As billed."),
    CostSource.LOOKED_UP: gettext_lazy("As billed, looked up afterwards."),
    CostSource.PRICED: gettext_lazy("Our price × reported tokens."),
    CostSource.ESTIMATED: gettext_lazy("≈ Estimated: the provider did not report."),
}


def message_views(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages of one conversation; their versions and what their reader thinks of them is asked once for all."""
    versions, ratings = queries.versions_among(messages), queries.ratings_of(messages)
    return [
        {
            **_message_view(message, versions.get(message.parent_id, [])),
            "rating": rating_view(ratings.get(message.pk)),
        }
        for message in messages
    ]


def message_view(message: Message) -> dict[str, Any]:
    """One message."""
    return message_views([message])[0]


def _message_view(message: Message, versions: Sequence[uuid.UUID]) -> dict[str, Any]:
    """`reply` is None for a person's message, `versions` for one that has no other."""
    return {
        "id": str(message.pk),
        "role": message.role,
        "author_name": message.author_name,
        "created_at": message.created_at,
        **_said_view(message),
        "versions": _versions_view(message, versions) if versions else None,
        "reply": reply_view(message) if message.role == Role.ASSISTANT else None,
    }


def _said_view(message: Message) -> dict[str, Any]:
    """The text; of a very long one that somebody said its beginning, `whole` saying how many characters there are.

    Nobody reads on a page what fills a context window, and no browser likes to lay it out.
    """
    if message.role != Role.USER:
        return {"text": message.text, "whole": "", "fold": None}
    if len(message.text) <= MOST_SHOWN:
        return {"text": message.text, "whole": "", "fold": folds.fold_of(message.text)}
    text, characters = message.text[:MOST_SHOWN].rstrip() + "…", len(message.text)
    return {"text": text, "whole": f"{characters:,}", "fold": folds.fold_of(text, characters)}


def rating_view(rating: Rating | None) -> dict[str, str] | None:
    """What its reader thinks of a reply; None = they have not said."""
    if rating is None:
        return None
    return {"verdict": "up" if rating.is_good else "down", "note": rating.note}


def _versions_view(message: Message, versions: Sequence[uuid.UUID]) -> dict[str, Any]:
    place = versions.index(message.pk)
    return {
        "number": place + 1,
        "count": len(versions),
        "previous": str(versions[place - 1]) if place else "",
        "next": str(versions[place + 1]) if place + 1 < len(versions) else "",
    }


def reply_view(message: Message) -> dict[str, Any]:
    """The reply with its state, its text so far and everything at its foot."""
    generation: Generation | None = getattr(message, "generation", None)
    kept = hops.from_json(message.hops)
    # While it is written, what its earlier calls cost is not its cost yet.
    attempts = list(generation.attempts.all()) if generation and not generation.is_unfinished else []
    seconds = _seconds(generation)
    counted = _tally(attempts, seconds)
    return {
        "message": str(message.pk),
        "generation": str(generation.pk) if generation else "",
        "status": generation.status if generation else Status.DONE.value,
        "seq": message.snapshot_seq,
        "text": message.text,
        "reasoning": message.reasoning,
        "thought_ms": message.reasoning_ms,
        "hops": step_words.hops_shown(kept),
        "thought_line": _thought_line(generation, message, attempts, kept),
        "waiting_since_ms": since_ms(generation.queued_at)
        if generation and generation.is_unfinished
        else None,
        "note": reply_note.note_of(generation, message, attempts, counted, seconds),
        "note_kind": reply_note.kind_of(generation),
        "fault_id": str(generation.pk)[-8:] if generation and generation.status == Status.FAILED else "",
        "can_retry": generation is None or not generation.is_unfinished,
        "can_continue": generation is not None and generation.can_be_continued,
        "mend": failed_words.mended_at(message, generation) if generation else None,
        "is_at_own_limit": generation is not None
        and generation.finish_reason == "length"
        and reply_note.is_at_own_limit(generation, attempts),
        "tally": counted,
    }


# --- the foot -------------------------------------------------------------------------------------------------


def _tally(attempts: Sequence[Attempt], seconds: float | None) -> dict[str, Any] | None:
    """Of all calls that wrote at it."""
    settled = sum_of(attempts)
    if settled is None:
        return None
    attempt = settled.last
    rates = Rates.from_json(attempt.price)
    where = ", ".join(dict.fromkeys(filter(None, [attempt.provider_name, attempt.served_by])))
    return tally.tally_of(
        tokens=settled.tokens,
        split=settled.split,
        total=settled.cost,
        is_estimated=settled.is_estimated,
        is_billed=rates.is_billed,
        seconds=seconds,
        source_line=f"{where}. {source_words(attempt)}",
        model=attempt.served_model or attempt.upstream_model,
    )


def source_words(attempt: Attempt) -> str:
    """Where the figure of a settled attempt comes from; "" where nothing was to be paid."""
    return str(_SOURCE_WORDS.get(CostSource(attempt.cost_source), ""))


def _thought_line(
    generation: Generation | None, message: Message, attempts: Sequence[Attempt], kept: Sequence[Hop]
) -> str:
    steps = sum(len(hop.steps) for hop in kept)
    if not message.reasoning.strip() and message.reasoning_ms is None:
        return step_words.block_line(kept)
    is_stopped = generation is not None and generation.status == Status.STOPPED
    is_cut_off = is_stopped and not message.own_text.strip()
    settled = sum_of([attempt for attempt in attempts if attempt.reasoning_tokens])
    if settled is None:
        return tally.thought_line(message.reasoning_ms or 0, None, None, is_cut_off=is_cut_off, steps=steps)
    return tally.thought_line(
        message.reasoning_ms or 0,
        settled.tokens.reasoning,
        None if reply_note.hides_costs(message) else settled.split.thinking,
        is_estimated=settled.is_estimated,
        is_cut_off=is_cut_off,
        steps=steps,
    )


def _seconds(generation: Generation | None) -> float | None:
    if generation is None or generation.finished_at is None or generation.started_at is None:
        return None
    return (generation.finished_at - generation.started_at).total_seconds()


def since_ms(moment: datetime) -> int:
    """How long ago that was, by this machine's clock."""
    return max(0, int((timezone.now() - moment).total_seconds() * 1000))
