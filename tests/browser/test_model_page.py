"""The model page in a browser, over a month in which the model was asked a hundred thousand times."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.models import User
from bench import attempts
from conversations.models import Attempt
from tests.browser.conftest import Visit
from tests.browser.test_accessible import BEYOND_THE_EDGE, ON_A_PHONE, faults_in

pytestmark = pytest.mark.browser

PAGE = "/models/deepseek-v4-flash/"
CALLS = 100_000


@pytest.fixture
def busy_month(house: object) -> Iterator[None]:
    """Calls that no ledger knows, so they are gone before the house has its books checked."""
    attempts.fill(CALLS)
    assert Attempt.objects.count() == CALLS
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE conversations_attempt CASCADE")


@pytest.mark.timeout(400)  # a month is written first, and a long page looked through eight times
def test_a_month_of_a_hundred_thousand_calls_is_readable_for_everybody(
    visit: Visit, admin: User, alice: User, busy_month: None
) -> None:
    page = visit(PAGE, alice)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(
            r"^DeepSeek V4 Flash read [\d.]+B tokens and wrote [\d.]+M here in the last 30 days, at ≈\xa0\$0\."
        )
    )
    expect(page.get_by_role("img", name=re.compile("^Tokens a second"))).to_be_visible()
    expect(page.locator(".measured tbody tr")).to_have_count(30)
    expect(page.get_by_role("heading", name="Teams")).to_have_count(0)
    assert faults_in(page) == []

    _look_at_one_provider_by_the_hour(page)

    for options in (ON_A_PHONE, {"contrast": "more"}, {"forced_colors": "active"}):
        _is_readable(visit, admin, options)


def test_the_first_visit_says_what_will_stand_there(visit: Visit, alice: User) -> None:
    page = visit(PAGE, alice)

    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing was asked of it here")
    expect(page.get_by_role("main").get_by_role("link", name="New conversation")).to_be_visible()
    assert faults_in(page) == []


def test_it_is_found_from_the_model_s_name_and_from_the_list(visit: Visit, alice: User) -> None:
    page = visit("/", alice)

    page.get_by_role("banner").locator("summary", has_text="DeepSeek V4 Flash").click()
    page.get_by_role("link", name="About this model").first.click()
    page.wait_for_url(re.compile(PAGE))
    page.get_by_role("main").get_by_role("link", name="All models").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("One model can be asked here.")
    assert faults_in(page) == []
    page.get_by_role("link", name="DeepSeek V4 Flash").click()
    expect(page.get_by_text("0 % as stated by Routeway, unverified")).to_be_visible()


def _look_at_one_provider_by_the_hour(page: Page) -> None:
    """Range and provider are links, by keyboard too, and the address keeps both."""
    page.get_by_role("link", name="hour", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("by=hour"))
    page.get_by_role("link", name="Routeway", exact=True).last.click()
    page.wait_for_url(re.compile("by=hour&provider=routeway"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("in the last 24 hours")
    expect(page.get_by_text("Provider: Routeway")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("parley-deepseek-v4-flash-by-hour-20")
    page.get_by_role("link", name="show all").click()
    expect(page.get_by_text("Provider: Routeway")).to_have_count(0)


def _is_readable(visit: Visit, admin: User, options: dict[str, Any]) -> None:
    page = visit(PAGE, admin, **options)
    expect(page.get_by_role("heading", name="Teams")).to_be_visible()
    assert faults_in(page) == []
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate(BEYOND_THE_EDGE, width) == []
