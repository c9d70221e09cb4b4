"""A price as a whole, peak hours in rows of their own; the short form leaves those as they are."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.actions import prices
from accounts.models import Price, User
from tests.conftest import ClientFor

PAGE = "/prices/edit/?provider=deepseek&model=deepseek-flash"
FORM = {
    "input": "0.15",
    "cache_read": "0.003",
    "cache_write": "",
    "output": "0.60",
    "bands": "2",
}
PEAK = {
    "bands-0-days": ["0", "4"],
    "bands-0-start": "01:00",
    "bands-0-end": "04:00",
    "bands-0-input": "0.30",
    "bands-0-output": "1.20",
}


@pytest.fixture
def office(client_for: ClientFor, admin: User) -> Client:
    Price.objects.all().delete()
    prices.seed_prices()
    return client_for(admin)


def in_force() -> Price:
    return Price.objects.get(provider="deepseek", upstream_model="deepseek-flash", valid_to=None)


def test_members_find_no_such_page(client_for: ClientFor, office: Client, alice: User) -> None:
    member = client_for(alice)

    assert (member.get(PAGE).status_code, member.post(PAGE, FORM).status_code) == (404, 404)


@pytest.mark.parametrize("query", ["", "?provider=deepseek", "?model=m", "?provider=%00&model=m"])
def test_a_price_of_nothing_leads_to_the_price_book(office: Client, query: str) -> None:
    answer = office.get(f"/prices/edit/{query}")

    assert (answer.status_code, answer["Location"]) == (302, "/prices/")


def test_the_form_has_what_is_in_force_and_saving_it_unchanged_keeps_the_hours(office: Client) -> None:
    before = in_force()
    page = office.get(PAGE)
    assert 'value="01:00"' in page.text
    assert 'value="0.15"' in page.text

    form: dict[str, Any] = FORM | {"bands": str(len(page.context["bands"].forms))}
    for row in page.context["bands"].forms:
        form |= {row[name].html_name: row[name].value() for name in row.fields if row[name].value()}
    office.post(PAGE, form)

    after = in_force()
    assert after.pk != before.pk
    assert (after.input, after.output) == (before.input, before.output)
    assert [(band["days"], band["from"], band["to"]) for band in after.bands] == [
        (band["days"], band["from"], band["to"]) for band in before.bands
    ]


def test_hours_are_set_and_a_row_without_a_rate_is_left_out(office: Client) -> None:
    done = office.post(PAGE, FORM | PEAK | {"bands-1-days": ["6"], "bands-1-start": "09:00"}, follow=True)

    assert done.redirect_chain[-1][0] == "/prices/#deepseek-deepseek-flash"
    assert in_force().bands == [
        {"days": [0, 4], "from": "01:00", "to": "04:00", "input": "0.30", "output": "1.20"}
    ]
    assert "Mon, Fri 01:00–04:00 UTC" in done.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"bands-0-days": []}, "Choose its days."),
        ({"bands-0-start": ""}, "Enter a time such as 01:00"),
        ({"bands-0-start": "1 am"}, "Enter a time such as 01:00"),
        ({"bands-0-end": "25:00"}, "Enter a time such as 01:00"),
        ({"bands-0-start": "0\uff11:00"}, "Enter a time such as 01:00"),
        ({"bands-0-start": "22:00"}, "Over midnight it is two"),
        ({"bands-0-input": "-1"}, "Enter 0 or more."),
        (
            {"bands-1-days": ["4"], "bands-1-start": "03:00", "bands-1-end": "24:00", "bands-1-input": "1"},
            "Two of these hours overlap.",
        ),
        ({"input": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(office: Client, wrong: dict[str, Any], words: str) -> None:
    before = in_force().pk

    page = office.post(PAGE, FORM | PEAK | wrong)

    assert (page.status_code, words in page.text) == (422, True)
    assert 'value="1.20"' in page.text
    assert in_force().pk == before


def test_what_writing_to_a_cache_costs_in_some_hours_is_kept(office: Client) -> None:
    office.post(PAGE, FORM | PEAK | {"bands-0-cache_write": "0.7"})

    page = office.get(PAGE)
    form: dict[str, Any] = dict(FORM)
    for row in page.context["bands"].forms:
        form |= {row[name].html_name: row[name].value() for name in row.fields if row[name].value()}
    office.post(PAGE, form)

    assert Decimal(in_force().bands[0]["cache_write"]) == Decimal("0.7")


def test_a_demo_price_stays_unbilled(office: Client) -> None:
    Price.objects.filter(valid_to=None).update(is_billed=False)

    office.post(PAGE, FORM)

    assert not in_force().is_billed


@pytest.mark.parametrize("count", ["9" * 5_000, "-1", "x"])
def test_a_count_of_rows_that_is_none_breaks_nothing(office: Client, count: str) -> None:
    assert office.post(PAGE, FORM | {"bands": count}).status_code == 302
    assert in_force().bands == []


def test_a_price_with_more_hours_than_a_form_can_show_is_not_edited_and_nothing_is_lost(
    office: Client,
) -> None:
    band = {"days": [0], "from": "00:00", "to": "00:10", "input": "1"}
    Price.objects.filter(pk=in_force().pk).update(bands=[band] * 61)

    page = office.get(PAGE, follow=True)

    assert "more hours than a form can show" in page.text
    assert len(in_force().bands) == 61


def test_a_slip_of_the_key_in_peak_hours_wants_confirming_too(office: Client) -> None:
    form = FORM | PEAK | {"bands-0-input": "30"}

    page = office.post(PAGE, form)
    assert (page.status_code, "from $0.15 to $30.00 per 1M tokens in some hours" in page.text) == (422, True)

    office.post(PAGE, form | {"confirm_jump": "on"})
    assert in_force().bands[0]["input"] == "30"


def test_the_short_form_keeps_hours_and_cache_writes(office: Client) -> None:
    office.post(PAGE, FORM | PEAK | {"cache_write": "0.2"})

    office.post(
        "/prices/",
        {"provider": "deepseek", "upstream_model": "deepseek-flash", "input": "0.16", "output": "0.6"},
    )

    price = in_force()
    assert (str(price.input.normalize()), len(price.bands), str(price.cache_write)[:3]) == ("0.16", 1, "0.2")
