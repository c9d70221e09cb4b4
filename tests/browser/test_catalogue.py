"""An administrator orders the routes of a model, tries one, and imports prices after a look at them."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Price, User
from conversations.models import Model, Provider, Route
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, Visit
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import House

pytestmark = pytest.mark.browser

NAME = "deepseek-v4-flash"


@pytest.fixture
def second(house: House) -> Provider:
    """Another way to the model, at the same scripted server, asked after the first and without a price."""
    provider = Provider.objects.create(
        slug="second", kind="openai-compatible", name="Second", base_url=f"{house.provider_url}/v1"
    )
    Route.objects.create(model=Model.objects.get(), provider=provider, upstream_model="lab/v4", order=5)
    return provider


def test_what_a_server_of_ones_own_needs_is_asked_for_once_it_is_chosen(visit: Visit, admin: User) -> None:
    page = visit("/providers/connect/", admin)
    expect(page.get_by_label("Address")).to_be_hidden()

    page.get_by_label("OpenAI-compatible server").check()

    expect(page.get_by_label("Address")).to_be_visible()
    expect(page.get_by_label("Model’s name there")).to_be_visible()


def expect_order(page: Page, *providers: str) -> None:
    names = [re.compile(rf"^\s*\d+\s+{provider}\b") for provider in providers]
    expect(page.locator(".routes th[scope=row]")).to_have_text(names)


def test_routes_are_ordered_priced_tried_and_the_first_one_answers(
    visit: Visit, script: Script, admin: User, second: Provider
) -> None:
    script.play({"text": "Yes"}, {"finish": "stop"}, {"usage": {"prompt_tokens": 5, "completion_tokens": 1}})
    page = visit("/providers/models/", admin)
    expect_order(page, "Scripted", "Second")
    expect(page.get_by_text("Passed over until it has a price.")).to_be_visible()

    page.get_by_text("Set a price at Second").click()
    page.get_by_label("Read new").last.fill("0.1")
    page.get_by_label("Written").last.fill("0.2")
    page.get_by_role("button", name="Save price").last.click()
    expect(page.get_by_text("Passed over until it has a price.")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Up.*Second")).click()
    expect(page.get_by_text("Second is tried earlier.")).to_be_visible()
    expect_order(page, "Second", "Scripted")
    page.get_by_role("button", name=re.compile("^Ask one question.*Second")).click()
    expect(page.get_by_role("heading", name="Second answers")).to_be_visible()

    page.goto("/")
    chat = Chat(page)
    chat.ask("Who answers?")
    expect(chat.answer).to_have_text("Yes")
    assert [call["body"]["model"] for call in script.calls()] == ["lab/v4", "lab/v4"]


def test_switching_off_says_first_what_follows(visit: Visit, admin: User, second: Provider) -> None:
    page = visit("/providers/models/", admin)
    off = page.get_by_role("button", name="Switch Scripted off here")
    expect(off).to_be_hidden()

    page.get_by_text("Switch off: Scripted").click()

    sentence = page.get_by_text("It is the only one, so nobody can ask DeepSeek V4 Flash")
    expect(sentence.first).to_be_visible()
    off.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Nobody answers for DeepSeek V4 Flash at present."
    )
    page.get_by_role("button", name=re.compile("^Switch on.*Scripted")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("There is 1 model to ask.")


def test_prices_are_looked_at_and_a_tenfold_one_is_confirmed(
    visit: Visit, admin: User, watch: Watch, house: House
) -> None:
    watch.expect("status of 422")
    listed = [{"id": NAME, "pricing": {"prompt": "0.000002", "completion": "0.000011"}}]
    page = visit("/providers/prices/", admin, viewport=PHONE)
    page.get_by_label("The list").fill(json.dumps({"data": listed}))
    page.get_by_role("button", name="See what would change").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 price would change.")
    expect(page.locator(".price-list ins")).to_have_text(["$2.00", "as new", "$11.00"])
    taken = page.get_by_role("checkbox", name=NAME)
    expect(taken).not_to_be_checked()
    taken.check()
    page.get_by_role("button", name="Import those ticked").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was imported yet.")
    expect(taken).to_be_checked()
    assert Price.objects.get(upstream_model=NAME, provider="scripted", valid_to=None).output == 1

    page.get_by_role("checkbox", name="Yes, more than tenfold: written").check()
    page.get_by_role("button", name="Import those ticked").click()
    expect(page.get_by_text("1 price is imported.")).to_be_visible()
    assert Price.objects.get(upstream_model=NAME, provider="scripted", valid_to=None).output == 11
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]
