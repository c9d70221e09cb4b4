"""A provider's list of prices on the house as it runs: a worker reads it, an administrator looks and takes."""

import re
from typing import Any

import httpx
import pytest

from accounts.models import Price, PriceList, User
from conversations.models import Provider
from tests.house.conftest import PersonFor
from tests.house.people import Person
from tests.house.processes import House, wait_until

pytestmark = pytest.mark.stack

NAME = "deepseek-v4-flash"
LISTED = {"data": [{"id": NAME, "pricing": {"prompt": "0.0000014", "completion": "0.0000028"}}]}


@pytest.fixture
def office(house: House, person_for: PersonFor, admin: User) -> Person:
    Provider.objects.filter(slug="scripted").update(kind="openrouter")
    return person_for(admin)


def read(house: House, office: Person, **answer: Any) -> tuple[str, str]:
    """The address of the preview and the page, once the worker has read what the provider answers."""
    httpx.post(f"{house.provider_url}/script", json={"check": [answer]}).raise_for_status()
    provider = Provider.objects.get(slug="scripted")
    page = str(office.post(f"/providers/{provider.pk}/prices/").headers["Location"])
    wait_until(lambda: "Refresh" not in office.http.get(page).headers, what="the list to be read")
    return page, office.http.get(page).text


def test_a_list_is_read_looked_at_and_taken(house: House, office: Person) -> None:
    page, text = read(house, office, status=200, body=LISTED)
    assert "1 price would change." in text
    book = re.search(r'name="book" value="(\w+)"', text)
    assert book is not None

    office.post(page, book=book[1], shown=NAME, take=NAME)

    price = Price.objects.get(provider="scripted", valid_to=None)
    assert (str(price.input.normalize()), str(price.output.normalize())) == ("1.4", "2.8")
    assert price.source.startswith("Scripted: /models, read 20")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            {"status": 401, "body": {"error": {"message": "bad key sk-canary"}}},
            "Scripted is refusing our key.",
        ),
        ({"status": 503, "body": {"error": {"message": "busy"}}}, "overloaded or out of order"),
        ({"status": 200, "body": {"object": "list"}}, "There is no list of models in it"),
    ],
)
def test_a_list_that_cannot_be_read_says_why_and_changes_nothing(
    house: House, office: Person, answer: dict[str, Any], words: str
) -> None:
    _, text = read(house, office, **answer)

    assert words in text
    assert "canary" not in text
    assert PriceList.objects.get().offers == []
    assert Price.objects.filter(provider="scripted").count() == 1
