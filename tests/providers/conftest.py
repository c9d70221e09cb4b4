from collections.abc import AsyncIterator

import pytest

from conversations.providers import registry
from conversations.providers.demo import DemoServer


@pytest.fixture
async def server() -> AsyncIterator[DemoServer]:
    """A scripted provider on a real port."""
    async with DemoServer(scripted=True, rate=0) as server:
        yield server
        await registry.close_all()
