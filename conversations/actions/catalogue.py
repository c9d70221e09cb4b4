"""Which models there are and who runs them: the first rows, and what the environment adds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from accounts.actions import prices
from conversations.models import Model, Parameter, Provider, ProviderKind, Route
from conversations.providers.base import Effort

# The default model. Context and efforts as its providers state them.
V4_FLASH = "deepseek-v4-flash"
# Under which names OpenAI-compatible servers list it.
V4_FLASH_NAMES = {
    "deepseek-v4-flash",
    "deepseek/deepseek-v4-flash",
    "deepseek-flash",
    "deepseek-ai/deepseek-v4-flash",
}
UNKNOWN_CONTEXT_WINDOW = 131_072
DEMO_ORDER = 99


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a provider kind without asking."""

    name: str
    base_url: str
    upstream_model: str
    order: int
    takes: Mapping[str, Any] = field(default_factory=dict)  # fields of its routes: what it takes of a request


KNOWN = {
    ProviderKind.OPENROUTER: Known(
        "OpenRouter", "https://openrouter.ai/api/v1", "deepseek/deepseek-v4-flash", 10
    ),
    # Its API guide: the longest answer is 384K tokens, and top-p is fixed unless it thinks.
    ProviderKind.DEEPSEEK: Known(
        "DeepSeek",
        "https://api.deepseek.com",
        "deepseek-flash",
        20,
        {"longest_reply": 393_216, "lacks": [Parameter.TOP_P.value]},
    ),
    # Its API guide knows low, medium and high: no word for "do not think".
    ProviderKind.ROUTEWAY: Known(
        "Routeway",
        "https://api.routeway.ai/v1",
        "deepseek-v4-flash",
        30,
        {"efforts": [Effort.LOW.value, Effort.HIGH.value, Effort.MAX.value]},
    ),
}


def seed_catalogue() -> None:
    """The default model, the environment's providers, the demo, and the first prices. Repeatable."""
    with transaction.atomic():
        model = default_model()
        keys = settings.ENVIRONMENT.provider_keys
        for kind, known in KNOWN.items():
            if kind in keys:
                _from_environment(kind, known, model)
            else:
                _no_longer_from_environment(kind)
        _compatible(model)
        _demo(model)
        prices.seed_prices()


def default_model() -> Model:
    """DeepSeek V4 Flash, made if it is not there."""
    model, _ = Model.objects.get_or_create(
        slug=V4_FLASH,
        defaults={
            "name": "DeepSeek V4 Flash",
            "short_name": "V4 Flash",
            "context_window": 1_048_576,
            "efforts": ["off", "low", "high", "max"],
            "default_effort": "high",
            "takes_tools": True,
            "is_default": not Model.objects.filter(is_default=True).exists(),
        },
    )
    return model


def model_named(upstream_model: str) -> Model:
    """The model a server means by this name; a new one where the name is unknown."""
    if upstream_model.lower() in V4_FLASH_NAMES:
        return default_model()
    short = upstream_model.rsplit("/", 1)[-1][:40]
    model, _ = Model.objects.get_or_create(
        slug=slugify(upstream_model.replace("/", "-"))[:80] or "model",
        defaults={
            "name": upstream_model[:80],
            "short_name": short,
            "context_window": UNKNOWN_CONTEXT_WINDOW,
            "is_window_assumed": True,
            "efforts": [],  # until its server is told how hard to think (`learn_efforts`)
            "default_effort": "high",
        },
    )
    return model


def learn_efforts(provider: Provider) -> list[Model]:
    """Offer every effort of the models that only this provider runs and that had none; those models."""
    others = Route.objects.exclude(provider=provider).values("model")
    found = Model.objects.filter(routes__provider=provider, efforts=[]).exclude(pk__in=others).distinct()
    models = list(found)
    for model in models:
        model.efforts = [effort.value for effort in Effort]
        model.save(update_fields=["efforts"])
    return models


def make_default(model: Model) -> None:
    """The model new conversations get."""
    Model.objects.filter(is_default=True).exclude(pk=model.pk).update(is_default=False)
    Model.objects.filter(pk=model.pk).update(is_default=True)


def _from_environment(kind: ProviderKind, known: Known, model: Model) -> None:
    """The provider as it is stated, and its route. What administrators ordered or switched off stays so."""
    stated: dict[str, Any] = {
        "kind": kind,
        "name": known.name,
        "base_url": known.base_url,
        "is_from_environment": True,
    }
    provider = Provider.objects.filter(slug=kind.value).first()
    if provider is None:
        provider = Provider.objects.create(slug=kind.value, **stated)
    else:
        if not provider.is_from_environment:
            stated["is_enabled"] = True  # whatever became of the key that was kept here
        if provider.base_url != known.base_url:
            # A key was given for one address, and never goes to another.
            stated |= {"sealed_key": "", "pending_key": "", "checked_at": None, "check_fault": ""}
        Provider.objects.filter(pk=provider.pk).update(**stated)
    Route.objects.update_or_create(
        model=model,
        provider=provider,
        defaults={"upstream_model": known.upstream_model, "is_from_environment": True},
        create_defaults={
            "upstream_model": known.upstream_model,
            "is_from_environment": True,
            "order": known.order,
            **known.takes,
        },
    )


def _no_longer_from_environment(kind: ProviderKind) -> None:
    """A key kept in the database comes back into its own; without one the provider is gone."""
    gone = Provider.objects.filter(slug=kind.value, is_from_environment=True)
    gone.filter(sealed_key="").delete()
    Route.objects.filter(provider__in=gone).update(is_from_environment=False)
    gone.update(is_from_environment=False)


def _compatible(model: Model) -> None:
    environment = settings.ENVIRONMENT
    kind = ProviderKind.COMPATIBLE
    if not environment.compatible_base_url:
        _no_longer_from_environment(kind)
        return
    known = Known(
        "OpenAI-compatible server", environment.compatible_base_url, environment.compatible_model, 40
    )
    served = model_named(environment.compatible_model)
    _from_environment(kind, known, served)
    stated_before = Route.objects.filter(provider__slug=kind.value, is_from_environment=True).exclude(
        model=served
    )
    # What somebody chose stays: only the first model, or one that this server ran before, makes room.
    makes_room = Model.objects.filter(Q(pk=model.pk) | Q(routes__in=stated_before), is_default=True).exists()
    stated_before.delete()
    if makes_room and served.is_enabled and served.pk != model.pk and not _is_run_by_others(model):
        make_default(served)


def _demo(model: Model) -> None:
    """The demo answers only while nobody else is connected (`routes.ways_to`)."""
    if not settings.ENVIRONMENT.demo_base_url:
        return
    known = Known("Demo", settings.ENVIRONMENT.demo_base_url, V4_FLASH, DEMO_ORDER)
    _from_environment(ProviderKind.DEMO, known, model)


def _is_run_by_others(model: Model) -> bool:
    return (
        Route.objects.filter(model=model, provider__is_enabled=True)
        .exclude(provider__kind__in=[ProviderKind.DEMO, ProviderKind.COMPATIBLE])
        .exists()
    )
