"""Everything on the main path by keyboard alone, seeing at every step where one is."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat, is_open
from tests.browser.conftest import Visit
from tests.conftest import PASSWORD
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

MOST_STOPS = 40

# An outline on what has focus, or on the box it stands in.
FOCUS_IS_SEEN = """
() => {
  const focused = document.activeElement;
  return focused.matches(":focus-visible") && [focused, focused.parentElement].some((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
}
"""


def tab_to(goal: Locator) -> None:
    """Press Tab until this has focus; every stop on the way must be seen."""
    page = goal.page
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            continue  # the browser's own stop between the end of the page and its beginning
        assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if goal.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {goal}")


def press(goal: Locator, key: str = "Enter") -> None:
    tab_to(goal)
    goal.page.keyboard.press(key)


def test_tab_goes_from_an_address_to_its_password_and_then_to_what_shows_it(visit: Visit) -> None:
    page = visit("/account/login/")
    password = page.get_by_label("Password", exact=True)
    page.get_by_label("E-mail").focus()

    page.keyboard.press("Tab")
    expect(password).to_be_focused()
    page.keyboard.type("Open sesame")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(password).to_be_focused()
    expect(password).to_have_attribute("type", "text")
    assert page.url.endswith("/account/login/")


def test_signing_in_asking_and_stopping(visit: Visit, script: Script, alice: User) -> None:
    script.play({"tokens": 3000, "rate": 50, "word": "word "})
    page = visit("/")
    tab_to(page.get_by_label("E-mail"))
    page.keyboard.type(alice.email)
    tab_to(page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    chat = Chat(page)
    expect(chat.box).to_be_focused()

    page.keyboard.type("Go on and on")
    page.keyboard.press("Enter")
    expect(chat.answer).to_contain_text("word word")
    expect(chat.box).to_be_focused()
    page.keyboard.type("meanwhile")
    press(chat.stop)

    expect(chat.note).to_contain_text("Stopped by you")
    expect(chat.box).to_have_value("meanwhile")
    expect(chat.box).to_be_focused()


def test_opening_thinking_and_receipt_and_retrying(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see."}, {"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()

    expect(chat.thoughts).to_be_hidden()
    press(chat.thinking)
    expect(chat.thoughts).to_be_visible()
    press(chat.tally, "Space")
    expect(chat.reply.get_by_role("table")).to_be_visible()
    script.play({"text": "Otherwise."})
    press(chat.retry)

    expect(chat.answer).to_have_text("Otherwise.")
    chat.until_done()
    expect(chat.box).to_be_focused()


def test_moving_between_conversations(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    begun = chat.page.url

    press(chat.page.get_by_role("link", name="New conversation"))

    expect(chat.page).to_have_url(re.compile(r"/$"))
    expect(chat.box).to_be_focused()
    press(chat.page.get_by_role("link", name="What is it?", exact=True))
    expect(chat.page).to_have_url(begun)
    expect(chat.answer).to_have_text("So.")


def test_a_letter_beside_every_box_begins_a_message(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    begun = Chat(visit("/", alice))
    begun.ask("What is it?")
    begun.until_done()
    chat = Chat(visit(begun.page.url, alice))
    expect(chat.box).not_to_be_focused()

    chat.page.keyboard.type("And then?")

    expect(chat.box).to_have_value("And then?")
    expect(chat.box).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.said.last).to_have_text("And then?")
    chat.until_done()


def test_no_key_is_taken_by_itself_where_somebody_wishes_so(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    begun = Chat(visit("/", alice))
    begun.ask("What is it?")
    begun.until_done()
    chat = Chat(visit(begun.page.url, alice))
    chat.page.keyboard.press("?")
    chat.page.get_by_label("Listen to keys without Ctrl or Alt").uncheck()
    chat.page.keyboard.press("Escape")

    chat.page.keyboard.type("a?")

    expect(chat.page.get_by_role("dialog", name="Keys")).to_be_hidden()
    expect(chat.box).to_have_value("")
    expect(chat.box).not_to_be_focused()


def test_picking_a_model_and_closing_its_settings_leave_one_where_one_was(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = Chat(visit("/", alice))
    chat.box.fill("Half a thought")
    chip = chat.page.locator(".models summary")
    picked = chat.page.get_by_role("radio", checked=True)

    press(chip)
    tab_to(picked)
    picked.press("Enter")
    expect(picked).to_be_hidden()
    expect(chip).to_be_focused()
    expect(chat.box).to_have_value("Half a thought")
    expect(chat.said).to_have_count(0)

    chat.page.keyboard.press("Enter")
    press(chat.page.locator(".models").get_by_role("button", name="Conversation settings…"))
    expect(chat.page.get_by_role("dialog", name="Conversation settings")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chip).to_be_focused()

    chip.click()
    chat.page.locator(".models label").first.click()
    expect(chat.box).to_be_focused()


def test_the_share_dialog_keeps_focus_and_gives_it_back(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    share = chat.page.get_by_role("button", name="Share", exact=True)
    dialog = chat.page.get_by_role("dialog", name="Share this conversation")

    press(share)
    expect(dialog).to_be_visible()
    for _ in range(12):
        assert is_inside(chat.page, "dialog, body"), chat.page.evaluate("document.activeElement.outerHTML")
        chat.page.keyboard.press("Tab")
    chat.page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(share).to_be_focused()


def test_finding_what_was_said(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Badgers dig."})
    chat = Chat(visit("/", alice))
    chat.ask("What do they do?")
    chat.until_done()
    page = chat.page

    press(page.get_by_role("link", name="Search"))
    expect(page.get_by_label("What to look for or do")).to_be_focused()
    page.keyboard.type("badgers")
    chosen = page.get_by_role("dialog").get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Badgers dig.")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Everything with")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search/"))
    press(page.get_by_role("link", name="Badgers dig."))

    expect(page.locator(".turn--reply")).to_be_focused()


def is_inside(page: Page, selector: str) -> bool:
    """Whether what has focus is, or stands in, one of these. A dialog's round of Tab leads through the body."""
    return bool(
        page.evaluate(
            "s => document.activeElement.matches(s) || document.activeElement.closest('dialog') !== null",
            selector,
        )
    )


def test_escape_closes_what_is_open_before_it_stops_anything(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("Before,")
    menu = chat.page.locator("header summary", has_text="DeepSeek V4 Flash").first

    press(menu)
    assert is_open(menu)
    chat.page.keyboard.press("Escape")

    assert not is_open(menu)
    expect(chat.stop).to_be_visible()
    script.release("more")
    expect(chat.answer).to_have_text("Before, after.")


def test_the_first_stop_skips_to_the_text(visit: Visit, alice: User) -> None:
    page = visit("/links/", alice)

    press(page.get_by_role("link", name="Skip to the text"))

    expect(page.get_by_role("main")).to_be_focused()
