"""A provider's list of models with their prices: asked for by the worker, kept to be looked at, free of charge."""

import uuid

import structlog
from django.utils.translation import gettext as _

from accounts.actions import price_imports
from accounts.models import PriceList
from accounts.price_lists import reading
from accounts.price_lists.reading import Offer, Unit
from conversations import seal
from conversations.generation import routes
from conversations.models import Provider, ProviderKind
from conversations.offload import in_thread
from conversations.providers import http
from conversations.providers.base import Clocks, ProviderError

log = structlog.get_logger("parley.tasks")

# Whose lists state prices, and what one price is for. DeepSeek's has names only.
UNITS = {ProviderKind.OPENROUTER: Unit.TOKEN, ProviderKind.ROUTEWAY: Unit.MILLION}
LONGEST_LIST = 16 << 20  # bytes
CLOCKS = Clocks(connect=10, first_data=30, next_data=30, whole_turn=60)


async def fetch(list_id: uuid.UUID) -> None:
    """Ask once and keep the answer, or why there is none. What was read before stays as it is."""
    wanted = await in_thread(PriceList.objects.filter(pk=list_id, read_at=None).first)
    if wanted is None:
        return
    offers: list[Offer] = []
    fault = ""
    try:
        offers = await _offers(wanted)
    except (ProviderError, reading.NotAList) as error:
        fault = str(error)
    except seal.SealBroken:
        fault = _("The stored key cannot be read with ENCRYPTION_KEYS. Paste it again.")
    except Exception:
        # Whatever it was, somebody waits for an answer.
        log.exception("prices not read", provider=wanted.provider)
        fault = _("The list could not be read. The server’s log says why.")
    await in_thread(price_imports.keep_list, wanted, offers=offers, fault=fault)


async def _offers(wanted: PriceList) -> list[Offer]:
    provider = await in_thread(Provider.objects.filter(slug=wanted.provider).first)
    if provider is None:
        raise reading.NotAList(_("The provider was removed."))
    endpoint = await in_thread(routes.endpoint_of, provider)
    body = await http.fetch(endpoint, CLOCKS, "/models", most=LONGEST_LIST)
    return reading.offers_in(body, Unit(wanted.unit))
