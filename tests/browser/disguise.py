"""Everything that anybody can name or write, wherever it is kept, in words that want to be more than words."""

from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import PriceList
from conversations.models import Message, Role, ShareLink

APPS = ("accounts", "conversations")
# What only we write, and what is matched with something: by "model.field" or, wherever it stands, by "field".
OUR_OWN = {
    "password", "secret_hash", "token", "key", "sealed_key", "pending_key", "client_id", "body_hash",
    "provider", "price.upstream_model", "route.upstream_model", "base_url", "effort", "default_effort", "default_model",
    "worker", "zone", "time_zone", "unit", "action", "fault_code", "finish_reason",
}  # fmt: skip
# Books, in which nothing may be changed; what they say comes from names that were hostile when it was written.
NEVER_CHANGED = ("accounts.ledgerentry", "accounts.auditentry", "accounts.spendday")


def disguise(words: str) -> list[str]:
    """Write `words` into every text of every row, so much and so often as fits there; which texts these were."""
    changed = []
    for model in [model for app in APPS for model in apps.get_app_config(app).get_models()]:
        if model._meta.label_lower in NEVER_CHANGED:
            continue
        texts = [field for field in model._meta.concrete_fields if _is_written_by_people(field)]
        for row in model._default_manager.all():
            new = {
                field.attname: _in_place_of(getattr(row, field.attname), words)[: field.max_length]
                for field in texts
            }
            if isinstance(row, Message) and row.role == Role.ASSISTANT:
                new = {"author_name": new["author_name"]}  # the rest is a model's: test_layers.py
            model._default_manager.filter(pk=row.pk).update(**new)
        changed += [f"{model._meta.model_name}.{field.name}" for field in texts]
    for link in ShareLink.objects.all():
        link.turns = [{**turn, "author_name": words, "text": words} for turn in link.turns]
        link.save(update_fields=["turns"])
    for prices in PriceList.objects.all():
        prices.offers = [{**offer, "name": words} for offer in prices.offers]
        prices.save(update_fields=["offers"])
    return changed


def _in_place_of(text: str | None, words: str) -> str:
    """As long as what stood there, at least: a long text is shown in a way of its own."""
    return "\n".join([words] * (1 + len(text or "") // len(words)))


def _is_written_by_people(field: "models.Field[Any, Any]") -> bool:
    if not isinstance(field, models.CharField | models.TextField) or field.choices:
        return False
    if isinstance(field, models.EmailField | models.SlugField):
        return False
    return field.name not in OUR_OWN and f"{field.model._meta.model_name}.{field.name}" not in OUR_OWN
