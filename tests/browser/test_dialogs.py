"""Dialogs: where one is when they open, and the reply's details, which stand beside the text where there is room."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat, exactly
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, faults_in
from tests.browser.test_settings import settings_of
from tests.browser.test_turn_menu import dialog
from tests.browser.turns import Turns, more, talked
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

WIDE: dict[str, Any] = {"viewport": {"width": 1680, "height": 900}}


def heading(within: Locator) -> Locator:
    return within.get_by_role("heading", level=2)


def right_edge(of: Locator) -> float:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"]


def details_of(turns: Turns, number: int) -> Locator:
    more(turns.reply(number), "Details")
    panel = dialog(turns.chat.page, "Details")
    expect(panel).to_contain_text("Who wrote it")
    return panel


def begun(visit: Visit, script: Script, user: User, **options: Any) -> Page:
    return talked(visit, script, user, "First.", **options).chat.page


def test_each_dialog_opens_where_one_reads_or_writes_and_not_on_its_cross(
    visit: Visit, script: Script, alice: User
) -> None:
    page = begun(visit, script, alice)

    expect(settings_of(page).get_by_label("Instructions")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("button", name=exactly("Share")).click()
    share = page.get_by_role("dialog", name="Share this conversation")
    expect(share.get_by_label("Until")).to_be_focused()
    expect(share).to_have_accessible_description("Up to message 2. Without thinking. Costs are never shown.")
    page.keyboard.press("Escape")
    more(page.locator(".turn--reply"), "Details")
    expect(heading(dialog(page, "Details"))).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+/")
    expect(heading(dialog(page, "Keys"))).to_be_focused()


def test_on_a_phone_no_keyboard_comes_up_over_the_settings(visit: Visit, script: Script, alice: User) -> None:
    page = begun(visit, script, alice, **ON_A_PHONE)
    Chat(page).box.focus()

    expect(heading(settings_of(page))).to_be_focused()


def test_in_a_wide_window_details_stand_beside_the_text_and_all_of_the_page_stays_at_hand(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.", "Second.", **WIDE)
    page, button = turns.chat.page, turns.reply(0).get_by_role("button", name="More")
    share = page.get_by_role("button", name=exactly("Share"))

    panel = details_of(turns, 0)

    edge = panel.bounding_box()
    assert edge
    assert (edge["x"] + edge["width"], edge["width"]) == (1680, 360)
    for part in (turns.reply(0), page.locator(".composer__box"), share):
        assert right_edge(part) <= edge["x"]
    assert faults_in(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    expect(page.locator("html")).not_to_have_attribute("data-beside", "")
    assert right_edge(share) > 1600

    details_of(turns, 0)
    script.play({"text": "Third."})
    turns.chat.ask("Question 3")
    turns.chat.until_done()
    expect(panel).to_be_visible()
    details_of(turns, 2)
    expect(heading(panel)).to_be_focused()


def test_details_beside_the_text_lie_over_it_once_the_window_is_narrow(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.", **WIDE)
    page, panel = turns.chat.page, details_of(turns, 0)
    assert not panel.evaluate("panel => panel.matches(':modal')")

    page.set_viewport_size({"width": 1280, "height": 900})

    page.wait_for_function("document.querySelector('.details').matches(':modal')")
    expect(panel).to_contain_text("Who wrote it")
    assert right_edge(turns.reply(0)) > 900
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
