"""Connecting a provider on the house as it runs: the worker tests the key, free of charge."""

import httpx
import pytest

from accounts.models import User
from conversations.models import Provider
from tests.house.conftest import PersonFor
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack


def connect(house: House, person_for: PersonFor, admin: User) -> str:
    """Paste a key; the address of the page that tells how its test came out."""
    answer = person_for(admin).post(
        "/providers/connect/",
        kind="openai-compatible",
        base_url=f"{house.provider_url}/v1",
        upstream_model="deepseek-v4-flash",
        api_key="sk-canary",
    )
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_a_key_that_works_connects_its_provider(house: House, person_for: PersonFor, admin: User) -> None:
    page = connect(house, person_for, admin)
    reader = person_for(admin).http

    assert "Refresh" in reader.get(page).headers or "is connected" in reader.get(page).text
    wait_until(lambda: "is connected" in reader.get(page).text, what="the key to be tested")

    assert Provider.objects.get(slug="openai-compatible").is_enabled


def test_a_key_that_is_refused_is_said_so_and_connects_nothing(
    house: House, person_for: PersonFor, admin: User
) -> None:
    refusal = {"status": 401, "body": {"error": {"message": "bad key sk-canary"}}}
    httpx.post(f"{house.provider_url}/script", json={"check": [refusal]}).raise_for_status()

    page = connect(house, person_for, admin)
    reader = person_for(admin).http
    wait_until(lambda: "is not connected" in reader.get(page).text, what="the key to be tested")

    assert "refusing our key" in reader.get(page).text
    assert "canary" not in reader.get(page).text
    assert not Provider.objects.get(slug="openai-compatible").is_enabled
