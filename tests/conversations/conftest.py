"""A house where a model can be asked: the default model, one provider that bills, and its price."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from accounts.actions import prices
from accounts.models import Price
from conversations.actions import catalogue
from conversations.models import Model, Provider, ProviderKind, Route

# Dollars per 1M tokens; round, so that a budget for three is easy to reckon.
PRICE = Decimal(1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def model(db: None) -> Model:
    """DeepSeek V4 Flash at a provider that bills a dollar per million tokens, of whatever kind."""
    found = catalogue.default_model()
    connect(found, "http://127.0.0.1:9/v1")
    return found


def connect(model: Model, base_url: str) -> Provider:
    """Route the model to an OpenAI-compatible server at this address, with a price."""
    provider = Provider.objects.create(
        slug="scripted",
        kind=ProviderKind.COMPATIBLE,
        name="Scripted",
        base_url=base_url,
        checked_at=LONG_AGO,
    )
    Route.objects.create(model=model, provider=provider, upstream_model="deepseek-v4-flash", order=1)
    prices.set_price(
        actor=None,
        provider="scripted",
        upstream_model="deepseek-v4-flash",
        input=PRICE,
        cache_read=PRICE,
        output=PRICE,
        source="test",
    )
    # In force whatever day a test's clock is set to.
    Price.objects.filter(provider="scripted").update(valid_from=LONG_AGO)
    return provider
