"""How one reply came about, in groups of lines for its reader: who, asked how, how fast, for how much."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts import money, tally
from accounts.models import CostSource
from accounts.pricing import Rates
from conversations import offers, outcome_words, queries, reply_view
from conversations.catalogue_forms import EFFORT_WORDS
from conversations.generation import fitting
from conversations.models import Attempt, Generation, Message, Status
from conversations.providers.base import Effort
from conversations.settled import Settled, sum_of

Line = dict[str, str]
Group = dict[str, str | list[Line]]


def details_of(message: Message) -> list[Group]:
    """Groups with a title and lines of label and value; one group that says so where nothing is known."""
    generation_id = Generation.objects.filter(reply=message).values_list("pk", flat=True).first()
    if generation_id is None:
        copied = _("This reply was copied from another conversation. What it cost is counted there.")
        return [_group("", [(_("Origin"), copied), (_("Written by"), message.author_name)])]
    generation = queries.generation_with_reply(generation_id)
    attempts = list(generation.attempts.all())
    last = attempts[-1] if attempts else None
    wrote = [one for one in attempts if one.cost is not None and one.cost_source != CostSource.NOTHING]
    groups = [
        _group(_("Who wrote it"), _who(generation, last)),
        _group(_("Asked for"), _asked(generation)),
        _group(_("Time"), _times(generation, wrote or attempts[-1:])),
    ]
    if last is not None and last.cost is not None:
        settled = sum_of(wrote) or Settled.of_one(last)
        groups.append(_group(_("Tokens"), _tokens(settled)))
        groups.append(_group(_("Cost"), _cost(settled)))
    if len(wrote) > 1:
        groups.append(_group(_("Call by call"), _calls(wrote)))
    failed = [attempt for attempt in attempts[:-1] if attempt not in wrote]
    if failed:
        groups.append(_group(_("Tried before"), _earlier(failed)))
    groups.append(_group(_("Passed over"), _passed_over(generation)))
    return [group for group in groups if group["lines"]]


def _group(title: str, lines: Sequence[tuple[str, str]]) -> Group:
    return {"title": title, "lines": [{"label": label, "value": value} for label, value in lines if value]}


def _who(generation: Generation, attempt: Attempt | None) -> list[tuple[str, str]]:
    lines = [(_("Model"), generation.model.name)]
    if attempt is not None:
        lines += [
            (_("Provider"), attempt.provider_name),
            (_("Served by"), attempt.served_by),
            (_("Its name there"), attempt.served_model or attempt.upstream_model),
            (_("Ended"), outcome_words.ended(attempt.finish_reason) or _status_words(generation)),
            (_("Provider's id"), attempt.upstream_id),
        ]
    return lines


def _status_words(generation: Generation) -> str:
    return {
        Status.QUEUED: _("not begun yet"),
        Status.RUNNING: _("still being written"),
        Status.STOPPED: _("stopped"),
        Status.FAILED: _("failed"),
        Status.INTERRUPTED: _("interrupted"),
    }.get(Status(generation.status), "")


def _asked(generation: Generation) -> list[tuple[str, str]]:
    effort = str(EFFORT_WORDS[Effort(generation.effort)]).lower() if generation.model.efforts else ""
    told = _("%(count)s characters") % {"count": f"{len(generation.instructions):,}"}
    return [
        (_("Thinking"), effort),
        (_("Instructions"), told if generation.instructions else ""),
        (_("Temperature"), offers.plain(generation.temperature)),
        (_("Top-p"), offers.plain(generation.top_p)),
        (
            _("Longest reply allowed"),
            _("%(count)s tokens") % {"count": money.format_tokens(generation.max_tokens)},
        ),
    ]


def _times(generation: Generation, wrote: Sequence[Attempt]) -> list[tuple[str, str]]:
    first = wrote[0].first_data_at if wrote else None
    end = generation.finished_at
    lines = [
        (_("Waited in line"), _between(generation.queued_at, generation.started_at)),
        (_("First token after"), _between(generation.started_at, first)),
        (_("Written in"), _between(first, end)),
        (_("In all"), _between(generation.queued_at, end)),
    ]
    written = sum(attempt.completion_tokens or 0 for attempt in wrote)
    if written and first and end and (seconds := (end - first).total_seconds()) > 0:
        lines.append((_("Speed"), _("%(count)s tokens a second") % {"count": f"{written / seconds:,.0f}"}))
    return lines


def _between(start: datetime | None, end: datetime | None) -> str:
    if start is None or end is None:
        return ""
    return _("%(seconds)s s") % {"seconds": f"{max(0.0, (end - start).total_seconds()):.2f}"}


def _tokens(settled: Settled) -> list[tuple[str, str]]:
    tokens = settled.tokens
    counts = [
        (_("Read again (cached)"), tokens.cached),
        (_("Read new"), tokens.new),
        (_("Thinking"), tokens.reasoning),
        (_("Answer"), tokens.answer),
        (_("Total"), tokens.total),
    ]
    return [
        (label, money.marked(money.format_tokens(count), is_estimated=settled.is_estimated and count > 0))
        for label, count in counts
    ]


def _cost(settled: Settled) -> list[tuple[str, str]]:
    attempt = settled.last
    rates = Rates.from_json(attempt.price)
    prices = _("%(new)s new · %(again)s again · %(written)s written, per 1M tokens") % {
        "new": money.format_rate(rates.input),
        "again": money.format_rate(rates.cache_read),
        "written": money.format_rate(rates.output),
    }
    return [
        (_("About") if settled.is_estimated else _("Exactly"), _cost_words(attempt, settled.cost)),
        (_("From"), reply_view.source_words(attempt) if rates.is_billed else str(tally.DEMO_SENTENCE)),
        (_("Price when it began"), prices),
    ]


def _cost_words(attempt: Attempt, cost: Decimal) -> str:
    return _("nothing") if attempt.cost_source == CostSource.NOTHING else money.exact(cost)


def _passed_over(generation: Generation) -> list[tuple[str, str]]:
    """Those who come before in order, or could have followed, and were not asked."""
    model = generation.model
    return [
        (
            one["provider"],
            _sentence(
                fitting.words_for(
                    one["why"],
                    one["figure"],
                    is_assumed=model.is_window_assumed and one["figure"] == model.context_window,
                )
            ),
        )
        for one in generation.passed_over
    ]


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _calls(wrote: Sequence[Attempt]) -> list[tuple[str, str]]:
    """Each call that wrote at it, in order: the one before a step, and the next."""
    return [
        (
            _("Call %(number)s") % {"number": number},
            _("%(count)s tokens, %(cost)s, %(ended)s")
            % {
                "count": money.format_tokens(attempt.tokens.total),
                "cost": money.exact(attempt.cost or Decimal(0)),
                "ended": outcome_words.ended(attempt.finish_reason)
                or outcome_words.failed(attempt.fault_code)
                or "–",
            },
        )
        for number, attempt in enumerate(wrote, 1)
    ]


def _earlier(attempts: Sequence[Attempt]) -> list[tuple[str, str]]:
    """Those that wrote nothing: whom we asked before, and why they did not answer."""
    return [(one.provider_name, _sentence(outcome_words.failed(one.fault_code)) or "–") for one in attempts]
