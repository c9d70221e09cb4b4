"""What is copied is what was meant, and whoever copies hears of it each time, wherever the button stands."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat, copy_by, saying
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE
from tests.browser.test_keyboard import press
from tests.browser.test_palette import Palette
from tests.browser.turns import step, talked
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

MAY_COPY: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}
# Words in place of the same words are no change, and no screen reader is sure to say them.
LISTEN = """
(place) => {
  globalThis.heard = [];
  let last = place.textContent;
  const listen = () => {
    if (place.textContent && place.textContent !== last) heard.push(place.textContent);
    last = place.textContent;
  };
  new MutationObserver(listen).observe(place, { childList: true, characterData: true, subtree: true });
}
"""


def heard(page: Page, count: int) -> list[str]:
    """What a screen reader was told since it began to listen, once it is this much."""
    page.wait_for_function("(count) => heard.length >= count", arg=count)
    return list(page.evaluate("heard"))


def status_of(place: Page | Locator) -> Locator:
    """The line that is only heard."""
    return place.locator("[data-part=status]").first


def test_copying_twice_is_heard_twice(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.", "Second.", **MAY_COPY)
    page = turns.chat.page
    status_of(page).evaluate(LISTEN)

    for number in (0, 1):
        copy_by(turns.reply(number).locator("[data-part=copy]"))
        assert heard(page, number + 1) == ["Copied"] * (number + 1)


def test_copying_by_key_is_heard_once(visit: Visit, script: Script, alice: User) -> None:
    page = talked(visit, script, alice, "First.", **MAY_COPY).chat.page
    status_of(page).evaluate(LISTEN)

    page.keyboard.press("Alt+c")
    assert heard(page, 1) == ["Copied"]
    page.keyboard.press("Alt+c")

    assert heard(page, 2) == ["Copied", "Copied"]


def test_a_copied_link_is_heard_of_within_its_dialog_and_in_its_list(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice, **MAY_COPY))
    chat.ask("What is it?")
    chat.until_done()
    page = chat.page
    # Everything outside an open dialog is silent.
    status_of(page.locator("parley-share")).evaluate(LISTEN)
    chat.share()
    assert heard(page, 1) == ["Copied"]

    page.goto("/links/")
    status_of(page).evaluate(LISTEN)
    page.get_by_role("button", name="Copy link").click()
    assert heard(page, 1) == ["Copied"]


def copied(page: Page) -> str:
    """What is on the clipboard."""
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_a_link_leads_to_a_message_on_its_branch(
    visit: Visit, script: Script, alice: User, options: dict[str, Any]
) -> None:
    turns = talked(visit, script, alice, "First.", **MAY_COPY, **options)
    page = turns.chat.page
    links = []
    for turn in (turns.said(0), turns.reply(0)):
        turn.get_by_role("button", name="More").click()
        with saying(turn):
            page.get_by_role("button", name="Copy link").click()
        links.append(copied(page))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    script.play({"text": "Otherwise."})
    turns.edit_and_read(0, "Question 1b", "Otherwise.")

    for link, place in zip(links, (".turn--said", ".turn--reply"), strict=True):
        page.goto(link)
        expect(turns.chat.answer).to_have_text("First.")
        expect(turns.chat.said).to_have_text("Question 1")
        expect(page.locator(place)).to_be_focused()
        step(turns.said(0), "next").click()
        expect(turns.chat.answer).to_have_text("Otherwise.")


def test_a_link_is_copied_by_keys_and_by_its_name(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.", "Second.", **MAY_COPY)
    page, first, last = turns.chat.page, turns.reply(0), turns.reply(1)

    press(first.get_by_role("button", name="More"))
    page.keyboard.press("ArrowDown")
    with saying(first):
        page.keyboard.press("Enter")
    assert copied(page).endswith(f"?message={first.get_attribute('data-message')}")
    expect(first.locator("[data-part=more]")).to_be_focused()

    with saying(last):
        Palette(page).do("Copy a link to the last message")
    assert copied(page).endswith(f"?message={last.get_attribute('data-message')}")
