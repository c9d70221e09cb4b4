"""The models that people pick: added, described, switched off. Every change is an audit entry."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from conversations import access, refusals
from conversations.actions import catalogue
from conversations.generation import routes
from conversations.models import Model

_DESCRIBED = ("name", "short_name", "context_window", "efforts", "default_effort", "takes_tools")
_TAKEN = gettext_lazy("Another model has this name already.")


@transaction.atomic
def add_model(
    *,
    actor: User,
    name: str,
    short_name: str,
    context_window: int,
    efforts: Sequence[str],
    default_effort: str,
    takes_tools: bool = False,
) -> Model:
    """A model without a route yet. Raises CatalogueRefused where another has the name."""
    _refuse_twin(name)
    try:
        with transaction.atomic():
            model = Model.objects.create(
                slug=_free_slug(name),
                name=name,
                short_name=short_name,
                context_window=context_window,
                efforts=list(efforts),
                default_effort=default_effort,
                takes_tools=takes_tools,
            )
    except IntegrityError:  # pressed twice: the other one was first
        raise refusals.CatalogueRefused(_TAKEN) from None
    _record(actor, "model.added", model, before={}, after=_described(model))
    return model


@transaction.atomic
def change_model(
    *,
    actor: User,
    model: Model,
    name: str,
    short_name: str,
    context_window: int,
    efforts: Sequence[str],
    default_effort: str,
    takes_tools: bool = False,
) -> None:
    """Describe it anew, for what is sent from now on; a window that was assumed is stated by it.

    Raises CatalogueRefused where another has the name.
    """
    model = _locked(model)
    _refuse_twin(name, besides=model)
    before = _described(model)
    model.name, model.short_name, model.context_window = name, short_name, context_window
    model.efforts, model.default_effort, model.takes_tools = list(efforts), default_effort, takes_tools
    model.is_window_assumed = False
    model.save(update_fields=(*_DESCRIBED, "is_window_assumed"))
    _record(actor, "model.changed", model, before=before, after=_described(model))


@transaction.atomic
def make_default(*, actor: User, model: Model) -> None:
    """New conversations get this one. Raises CatalogueRefused for one that is switched off or that nobody with a price
    answers for."""
    model = _locked(model)
    if not model.is_enabled:
        raise refusals.CatalogueRefused(_("Switch it on first: new conversations could not use it."))
    if not any(map(routes.has_price, routes.routes_on(model))):
        raise refusals.CatalogueRefused(
            _("Nobody who has a price answers for it yet: new conversations could not use it.")
        )
    before = Model.objects.filter(is_default=True).first()
    catalogue.make_default(model)
    _record(
        actor,
        "model.default",
        model,
        before={"default": before.name if before else ""},
        after={"default": model.name},
    )


@transaction.atomic
def switch_model(*, actor: User, model: Model, is_enabled: bool) -> None:
    """Whether anything may be sent to it. Replies that run go on. Raises CatalogueRefused for the default."""
    model = _locked(model)
    if model.is_default and not is_enabled:
        raise refusals.CatalogueRefused(
            _("New conversations get this model. Make another one the default first.")
        )
    before, model.is_enabled = model.is_enabled, is_enabled
    model.save(update_fields=["is_enabled"])
    action = "model.switched_on" if is_enabled else "model.switched_off"
    _record(actor, action, model, before={"is_enabled": before}, after={"is_enabled": is_enabled})


@transaction.atomic
def remove_model(*, actor: User, model: Model) -> None:
    """Take away one that nobody ever used, with its routes. Raises CatalogueRefused where somebody did."""
    model = _locked(model)
    if model.is_default:
        raise refusals.CatalogueRefused(
            _("New conversations get this model. Make another one the default first.")
        )
    try:
        with transaction.atomic():
            model.delete()
    except ProtectedError:
        raise refusals.CatalogueRefused(
            _("Conversations were held with %(model)s, so it stays. Switch it off instead.")
            % {"model": model.name}
        ) from None
    _record(actor, "model.removed", model, before=_described(model), after={})


def _locked(model: Model) -> Model:
    return access.still_there(Model.objects.select_for_update(no_key=True).filter(pk=model.pk))


def _refuse_twin(name: str, besides: Model | None = None) -> None:
    others = Model.objects.filter(name__iexact=name)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if others.exists():
        raise refusals.CatalogueRefused(_TAKEN)


def _free_slug(name: str) -> str:
    """What stands in addresses; names may differ in signs only."""
    slug = slugify(name)[:70] or "model"
    taken = set(Model.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (slug, *numbered) if free not in taken)


def _described(model: Model) -> dict[str, Any]:
    return {name: getattr(model, name) for name in _DESCRIBED}


def _record(actor: User, action: str, model: Model, *, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit.record(actor=actor, action=action, target=model.slug, before=before, after=after)
