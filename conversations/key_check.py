"""Whether a provider takes its key: asked by the worker, free of charge."""

import uuid

from django.utils import timezone

from conversations import seal
from conversations.generation import routes
from conversations.models import Provider
from conversations.offload import in_thread
from conversations.providers import registry
from conversations.providers.base import Clocks, FaultCode, ProviderError

_NOT_JUDGED = (
    "The key was not judged; it is kept. Check this machine's network and the address, then test again."
)
CLOCKS = Clocks(connect=10, first_data=20, next_data=20, whole_turn=30)


async def check(provider_id: uuid.UUID) -> None:
    """Test the key and note the outcome with the provider; one that works is enabled."""
    provider = await in_thread(Provider.objects.filter(pk=provider_id).first)
    if provider is None:
        return
    fault = ""
    try:
        adapter = registry.adapter_for(provider.kind, routes.endpoint_of(provider), CLOCKS)
        await adapter.check()
    except ProviderError as error:
        fault = str(error)
        if error.code is FaultCode.UNREACHABLE:
            fault += f" {_NOT_JUDGED}"
    except seal.SealBroken:
        fault = "The stored key cannot be read with ENCRYPTION_KEYS. Paste it again."
    await in_thread(_note, provider, fault)


def _note(provider: Provider, fault: str) -> None:
    # Of the key that was tested: another may have been pasted meanwhile.
    Provider.objects.filter(pk=provider.pk, sealed_key=provider.sealed_key).update(
        checked_at=timezone.now(), check_fault=fault, is_enabled=not fault
    )
