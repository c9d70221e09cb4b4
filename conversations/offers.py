"""The models that may be picked, as people see them, and what a person's new conversations begin with."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import money, tally
from accounts.models import User
from conversations import refusals
from conversations.generation import choices, routes
from conversations.models import Conversation, Model, ProviderKind, Route


def models_offered() -> list[Model]:
    """Those that are switched on and that somebody connected runs; the default one first."""
    runs = Route.objects.filter(model=OuterRef("pk"), is_enabled=True, provider__is_enabled=True)
    return list(Model.objects.filter(Exists(runs), is_enabled=True).order_by("-is_default", "name"))


def offered(slug: str) -> Model:
    """The model with this slug. Raises NotOffered for one that may not be picked."""
    found = next((model for model in models_offered() if model.slug == slug), None)
    if found is None:
        raise refusals.NotOffered
    return found


def model_for(user: User, slug: str = "") -> Model:
    """The one picked; or the person's usual one; or the installation's, where those are offered no more."""
    default = Model.objects.get(is_default=True)
    wished = slug or user.default_model
    if not wished or wished == default.slug:
        return default
    return next((model for model in models_offered() if model.slug == wished), default)


def effort_for(user: User, model: Model, effort: str = "") -> str:
    """How hard it thinks in a new conversation: as picked, as the person usually has it, or as is usual."""
    return choices.offered(effort or user.default_effort, model)


def effort_words() -> dict[str, str]:
    """The chip's words."""
    return {
        "off": _("Thinking: off"),
        "low": _("Thinking: low"),
        "high": _("Thinking: high"),
        "max": _("Thinking: max"),
    }


def efforts_shown() -> list[dict[str, str]]:
    """Every effort there is, for a choice from which a script leaves out what a model does not know."""
    return [{"value": value, "label": label} for value, label in effort_words().items()]


def rows_for(current: Model, way: routes.Way | None) -> list[dict[str, Any]]:
    """The models that the chip offers, with price and context window; the conversation's own in any case, whose
    `way` is known already."""
    offered = models_offered()
    if current not in offered:
        offered = [current, *offered]
    return [
        {
            **model_view(model, way if model == current else way_to(model), model.default_effort),
            "is_current": model == current,
        }
        for model in offered
    ]


def model_view(model: Model, way: routes.Way | None, effort: str) -> dict[str, Any]:
    """The model as the header and the composer show it."""
    words, on = effort_words(), routes.routes_on(model)
    view = {
        "slug": model.slug,
        "name": model.name,
        "short_name": model.short_name,
        "context_window": model.context_window,
        "is_window_assumed": model.is_window_assumed,
        "context_line": context_words(model),
        "tokens_line": _tokens_words(model),
        "effort": effort,
        "takes_tools": routes.take_tools(on),
        "efforts": [{"value": value, "label": words[value]} for value in routes.efforts_of(model, on)],
        "price_line": _("no price yet"),
        "provider": "",
        "is_demo": False,
    }
    if way is not None:
        view["provider"] = way.provider_name
        view["is_demo"] = way.kind == ProviderKind.DEMO
        view["price_line"] = tally.marked_demo(
            _("%(input)s in · %(output)s out per 1M")
            % {
                "input": money.format_rate(way.rates.input),
                "output": money.format_rate(way.rates.output),
            },
            is_billed=way.rates.is_billed,
        )
    return view


def context_words(model: Model) -> str:
    """How much it reads, in short: "1M context"; "131k context (assumed)" where nobody has stated it."""
    known = {"tokens": money.tokens_short(model.context_window)}
    if model.is_window_assumed:
        return _("%(tokens)s context (assumed)") % known
    return _("%(tokens)s context") % known


def _tokens_words(model: Model) -> str:
    known = {"tokens": money.tokens_short(model.context_window)}
    return (_("%(tokens)s tokens (assumed)") if model.is_window_assumed else _("%(tokens)s tokens")) % known


def usual_view(user: User) -> dict[str, Any]:
    """What a person's new conversations begin with, and what else they may choose."""
    return {
        "model": user.default_model,
        "effort": user.default_effort,
        "models": models_offered(),
        "efforts": efforts_shown(),
    }


def settings_view(conversation: Conversation | None) -> dict[str, Any]:
    """What a conversation has set for its next turns, as its form shows it."""
    names = ("instructions", "temperature", "top_p", "reply_limit", "tools")
    return shown({name: getattr(conversation, name, None) for name in names})


def shown(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as their form shows them; "" = nobody set it."""
    return {
        "instructions": settings["instructions"] or "",
        "temperature": plain(settings["temperature"]),
        "top_p": plain(settings["top_p"]),
        "reply_limit": settings["reply_limit"] or "",
        "tools": " ".join(settings["tools"] or ()),
    }


def plain(number: Decimal | None) -> str:
    """0.70 is 0.7; "" = nobody set it."""
    return "" if number is None else f"{number.normalize():f}"


def way_to(model: Model) -> routes.Way | None:
    """Who would answer now; None where nobody can."""
    try:
        return routes.ways_to(model, timezone.now())[0]
    except refusals.Refusal:
        return None
