"""Whoever copies hears of it, wherever the button stands and however often it is pressed."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.turns import talked
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

MAY_COPY = {"permissions": ["clipboard-read", "clipboard-write"]}
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
        turns.reply(number).locator("[data-part=copy]").click()
        expect(turns.reply(number).get_by_role("button", name="Copied")).to_be_visible()
        assert heard(page, number + 1) == ["Copied"] * (number + 1)


def test_copying_by_key_is_heard_once(visit: Visit, script: Script, alice: User) -> None:
    page = talked(visit, script, alice, "First.", **MAY_COPY).chat.page
    status_of(page).evaluate(LISTEN)

    page.keyboard.press("Alt+c")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
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
