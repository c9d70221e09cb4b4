"""What was measured, ready for the model page: words, rows and drawings. Figures in, text out."""

import uuid
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import money, tally
from accounts.models import Team
from conversations import catalogue_names
from conversations.measured.reading import Found, Measured
from conversations.models import Model, ProviderKind

HALF, MOST = 0.5, 0.95
_NONE = "–"
_MOST_TEAMS = 10
_REREAD = Decimal("0.5")


def opening(model: Model, found: Found) -> str:
    """The page's first sentence."""
    whole = found.whole
    if not whole.attempts:
        sentence = (
            _(
                "%(model)s is assumed to read up to %(window)s tokens at once; nothing was asked of it here %(when)s."
            )
            if model.is_window_assumed
            else _("%(model)s reads up to %(window)s tokens at once; nothing was asked of it here %(when)s.")
        )
        window = money.format_tokens(model.context_window)
        return sentence % {"model": model.name, "window": window, "when": found.periods.words}
    price = _("%(price)s per 1M") % {"price": rate(whole.price, is_estimated=bool(whole.estimated))}
    return _("%(model)s read %(read)s tokens and wrote %(written)s here %(when)s, at %(price)s.") % {
        "model": model.name,
        "read": money.tokens_short(whole.prompt),
        "written": money.tokens_short(whole.completion),
        "when": found.periods.words,
        "price": tally.marked_demo(price, is_billed=not found.is_demo),
    }


def figures(one: Measured) -> dict[str, Any]:
    """A group's figures as a row has them."""
    is_estimated = bool(one.estimated)
    return {
        "attempts": f"{one.attempts:,}",
        "success": success(one),
        "wait_half": seconds(one.wait(HALF)),
        "wait_most": seconds(one.wait(MOST)),
        "speed_half": speed(one.speed(HALF)),
        "speed_most": speed(one.speed(MOST)),
        "read": money.tokens_short(one.prompt),
        "written": money.tokens_short(one.completion),
        "cached_share": _share(one.cached, one.prompt),
        "price_read": rate(one.price_read, is_estimated=is_estimated),
        "price_written": rate(one.price_written, is_estimated=is_estimated),
        "price": rate(one.price, is_estimated=is_estimated),
        "cost": money.format_spent(one.cost, is_estimated=is_estimated),
        "strip": tally.strip_of(one.parts),
        "label": tally.shares_in_words(one.parts),
    }


def provider_rows(found: Found) -> list[dict[str, Any]]:
    """Providers side by side, the most asked first and the demo last. One query."""
    names = catalogue_names.providers()
    order = sorted(
        found.by_provider.items(), key=lambda item: (item[0] == ProviderKind.DEMO, -item[1].attempts)
    )
    return [
        figures(one) | {"slug": slug, "name": names.get(slug, slug), "is_demo": slug == ProviderKind.DEMO}
        for slug, one in order
    ]


def period_rows(found: Found) -> list[dict[str, Any]]:
    """Every period in which something was asked, the latest first."""
    rows = zip(found.periods.starts, found.by_period, strict=True)
    return [figures(one) | {"name": found.periods.name(start)} for start, one in rows if one.attempts][::-1]


def token_rows(whole: Measured) -> list[dict[str, str]]:
    """Each kind of token with what it means."""
    reread = Decimal(whole.cached) / whole.prompt if whole.prompt else Decimal(0)
    prompt = _(
        "What is read before an answer: instructions, the whole conversation so far and the new message. Every "
        "turn reads all of that again: a long conversation is mostly rereading."
    )
    if reread >= _REREAD:
        prompt += " " + _("Mostly rereading here: %(share)s came from the cache, at a lower price.") % {
            "share": _share(whole.cached, whole.prompt)
        }
    elif whole.cached:
        prompt += " " + _("%(share)s came from the cache, at a lower price.") % {
            "share": _share(whole.cached, whole.prompt)
        }
    return [
        {"kind": _("Prompt"), "tokens": money.format_tokens(whole.prompt), "explains": prompt},
        {
            "kind": _("Completion"),
            "tokens": money.format_tokens(whole.completion),
            "explains": _("All that is written, thinking included. It is billed at the price of output."),
        },
        {
            "kind": _("Reasoning"),
            "tokens": money.format_tokens(whole.reasoning),
            "explains": _(
                "The part of the completion that is thinking, before and between the lines of an answer."
            )
            + (
                " " + _("Here it is %(share)s of it.") % {"share": _share(whole.reasoning, whole.completion)}
                if whole.completion
                else ""
            ),
        },
    ]


def team_rows(whole: Measured) -> list[dict[str, Any]]:
    """The teams that asked for most tokens, for administrators. One query."""
    largest = sorted(whole.teams.items(), key=lambda item: -item[1].tokens)[:_MOST_TEAMS]
    names = _team_names(whole)
    return [
        {
            "name": names.get(key)
            or (_("a team that is gone") if key else _("no team: people’s own budgets")),
            "attempts": f"{one.attempts:,}",
            "tokens": money.tokens_short(one.tokens),
            "share": _share(one.tokens, whole.prompt + whole.completion),
            "cost": money.format_spent(one.cost, is_estimated=bool(whole.estimated)),
        }
        for key, one in largest
    ]


def note_on(whole: Measured) -> str:
    """What is in the figures and what is not."""
    stopped = ngettext(
        "%(count)s was stopped by its reader", "%(count)s were stopped by their readers", whole.stopped
    ) % {"count": f"{whole.stopped:,}"}
    left_out = whole.attempts - whole.judged
    words = [
        ngettext("%(count)s call", "%(count)s calls", whole.attempts) % {"count": f"{whole.attempts:,}"},
        stopped if whole.stopped else "",
        _("%(count)s say nothing about the provider (stopped before the first token, or a fault of ours)")
        % {"count": f"{left_out:,}"}
        if left_out
        else "",
    ]
    return "; ".join(filter(None, words)) + "."


def success(one: Measured) -> str:
    """ "99.2 %"; never 100 where one failed."""
    if not one.judged:
        return _NONE
    share = (Decimal(one.answered) * 100 / one.judged).quantize(Decimal("0.1"), ROUND_FLOOR)
    return f"{share.normalize():f} %"


def seconds(figure: float | None) -> str:
    return _NONE if figure is None else f"{two_digits(figure)} s"


def speed(figure: float | None) -> str:
    return _NONE if figure is None else two_digits(figure)


def two_digits(figure: float) -> str:
    """As exact as it is known: "0.42", "1.3", "13", "130"."""
    rounded = Decimal(f"{figure:.1e}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:f}"


def rate(figure: Decimal | None, *, is_estimated: bool = False) -> str:
    """Dollars per 1M tokens that were paid: three digits tell it."""
    if figure is None:
        return _NONE
    if not figure:
        return _("free")
    step = Decimal(1).scaleb(min(-2, figure.adjusted() - 2))
    return money.marked(f"${figure.quantize(step):,f}", is_estimated=is_estimated)


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else _NONE


def _team_names(whole: Measured) -> Mapping[str, str]:
    ids = [uuid.UUID(key) for key in whole.teams if key]
    return {str(key): name for key, name in Team.objects.filter(pk__in=ids).values_list("pk", "name")}
