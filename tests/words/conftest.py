from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.words import pseudo


@pytest.fixture(scope="session")
def bracketed_settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Django's settings for a Parley that speaks a second language, compiled from today's sources."""
    return pseudo.settings_with(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def second_language(bracketed_settings: dict[str, Any]) -> Iterator[str]:
    """The code of a second language that this Parley speaks."""
    with override_settings(**bracketed_settings):
        yield pseudo.CODE
