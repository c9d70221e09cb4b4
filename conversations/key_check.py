"""Whether a provider takes its key: asked by the worker, free of charge."""

import uuid
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from conversations import seal, stored_words
from conversations.actions import taking_over
from conversations.generation import routes
from conversations.models import Provider, ProviderKind
from conversations.offload import in_thread
from conversations.providers import registry
from conversations.providers.base import Clocks, FaultCode, ProviderError

log = structlog.get_logger("parley.tasks")

CLOCKS = Clocks(connect=10, first_data=20, next_data=20, whole_turn=30)


async def check(provider_id: uuid.UUID, *, enables: bool = True) -> None:
    """Test the key and note the outcome with the provider; one that works is enabled, unless `enables` says not to.

    A new key is tested in place of the one in use, which goes on if the new one fails.
    """
    provider = await in_thread(Provider.objects.filter(pk=provider_id).first)
    if provider is None:
        return
    in_use, pending = provider.sealed_key, provider.pending_key
    provider.sealed_key = pending or in_use
    fault = await _fault_of(provider)
    await in_thread(_note, provider, in_use, pending, fault, enables)


async def _fault_of(provider: Provider) -> str:
    try:
        await registry.adapter_for(provider.kind, routes.endpoint_of(provider), CLOCKS).check()
    except ProviderError as error:
        if error.code is FaultCode.UNREACHABLE:
            return stored_words.KEY_NOT_JUDGED.replace("{fault}", str(error))
        return str(error)
    except seal.SealBroken:
        return stored_words.KEY_SEALED
    except Exception:
        # Whatever it was, somebody waits for an answer.
        log.exception("key not tested", provider=provider.slug)
        return stored_words.KEY_NOT_TESTED
    return ""


def _note(provider: Provider, in_use: str, pending: str, fault: str, enables: bool) -> None:
    # Of the key that was tested, where it was tested: another may have been pasted meanwhile, or the address changed.
    rows = Provider.objects.filter(
        pk=provider.pk, sealed_key=in_use, pending_key=pending, base_url=provider.base_url
    )
    outcome: dict[str, Any] = {"checked_at": timezone.now(), "check_fault": fault}
    if not fault:
        outcome |= {"sealed_key": provider.sealed_key, "pending_key": ""}
        if enables:
            outcome |= {"is_enabled": True}
    elif pending:
        outcome |= {
            "check_fault": stored_words.NEW_KEY_FAILED.replace("{fault}", fault),
            "pending_key": "",
        }
    else:
        outcome |= {"is_enabled": False}
    with transaction.atomic():
        if rows.update(**outcome) and outcome.get("is_enabled") and provider.kind != ProviderKind.DEMO:
            taking_over.take_over(provider)
