"""The price that an administrator sets where it is missed."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry, Price, User
from tests.conftest import ClientFor

FORM = {
    "provider": "openai-compatible",
    "upstream_model": "lab/model-7",
    "input": "0.14",
    "cache_read": "0.0028",
    "output": "0.28",
    "next": "/c/7/",
}
JSON = {"Accept": "application/json"}


def test_it_puts_a_price_in_force_and_goes_back(admin: User, client_for: ClientFor) -> None:
    answer = client_for(admin).post("/prices/", FORM)

    price = Price.objects.get(upstream_model="lab/model-7")
    assert (answer.status_code, answer["Location"]) == (302, "/c/7/")
    assert (price.input, price.cache_read, price.output) == (
        Decimal("0.14"),
        Decimal("0.0028"),
        Decimal("0.28"),
    )
    assert (price.author, price.source, price.is_billed) == ("Admin", "set by Admin", True)
    assert AuditEntry.objects.filter(action="price.set", actor_id=admin.pk).count() == 1


def test_nothing_is_a_price_too_and_cached_may_be_left_out(admin: User, client_for: ClientFor) -> None:
    answer = client_for(admin).post(
        "/prices/", FORM | {"input": "0", "cache_read": "", "output": "0"}, headers=JSON
    )

    price = Price.objects.get(upstream_model="lab/model-7")
    assert answer.status_code == 201
    assert [price.input, price.cache_read, price.output] == [0, None, 0]


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example/", "javascript:alert(1)", ""])
def test_it_never_leads_off_the_site(admin: User, client_for: ClientFor, goal: str) -> None:
    assert client_for(admin).post("/prices/", FORM | {"next": goal})["Location"] == "/"


@pytest.mark.parametrize(
    "wrong",
    [
        {"input": "-1"},
        {"output": "cheap"},
        {"output": ""},
        {"input": "NaN"},
        {"input": "100001"},
        {"provider": "a b"},
    ],
)
def test_what_is_no_price_is_refused_and_kept_for_mending(
    admin: User, client_for: ClientFor, wrong: dict[str, str]
) -> None:
    client = client_for(admin)

    page = client.post("/prices/", FORM | wrong)
    answer = client.post("/prices/", FORM | wrong, headers=JSON)

    assert (page.status_code, 'value="0.0028"' in page.text) == (422, True)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    assert not Price.objects.filter(upstream_model="lab/model-7").exists()


def test_ten_times_as_much_wants_confirming(admin: User, client_for: ClientFor) -> None:
    client = client_for(admin)
    client.post("/prices/", FORM)
    jump = FORM | {"input": "14"}

    page = client.post("/prices/", jump)
    assert (page.status_code, "from $0.14 to $14.00" in page.text, "confirm_jump" in page.text) == (
        422,
        True,
        True,
    )
    assert "Yes, I mean it" in page.text
    assert "from $0.14 to $14.00" in client.post("/prices/", jump, headers=JSON).json()["error"]["message"]

    assert client.post("/prices/", jump | {"confirm_jump": "on"}).status_code == 302
    assert Price.objects.get(upstream_model="lab/model-7", valid_to=None).input == 14
