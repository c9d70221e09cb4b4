"""A tab's draft is its own while it is open, and a new tab begins with the latest: none is taken away by another."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.chat import Chat, paste
from tests.browser.conftest import Visit
from tests.browser.turns import talked
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

THOUGHT = "A long thought of mine"


def tab_beside(page: Page, path: str = "/") -> Chat:
    tab = page.context.new_page()
    tab.goto(path)
    return Chat(tab)


def typed(chat: Chat, text: str) -> None:
    """Typed, and kept."""
    chat.box.press_sequentially(text)
    until_kept(chat, text)


def until_kept(chat: Chat, text: str) -> None:
    chat.page.wait_for_function(
        "text => Object.values(localStorage).some((kept) => kept.includes(text))", arg=text
    )


def test_a_tab_in_which_nothing_was_typed_takes_no_draft_away(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    chat, idle = Chat(page), tab_beside(page)
    typed(chat, THOUGHT)
    page.close()

    idle.page.goto("/settings/")
    idle.page.goto("/")

    expect(idle.box).to_have_value(THOUGHT)


def test_a_box_that_was_emptied_takes_no_draft_of_another_tab_away(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    chat, other = Chat(page), tab_beside(page)
    typed(other, "Something else")
    typed(chat, THOUGHT)
    other.box.fill("")

    other.page.reload()

    expect(other.box).to_have_value(THOUGHT)


def test_what_was_sent_in_one_tab_stands_in_no_box_of_another(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = talked(visit, script, alice, "So.").chat
    typed(chat, THOUGHT)
    paste(chat.box, "A long paste. " * 1_000)
    expect(chat.page.locator(".paste")).to_be_visible()
    until_kept(chat, "A long paste")
    other = chat.again()
    expect(other.box).to_have_value(THOUGHT)
    expect(other.page.locator(".paste")).to_be_visible()

    chat.box.press("Enter")

    expect(chat.said).to_have_count(2)
    expect(other.said).to_have_text(["Question 1", re.compile(THOUGHT)])
    expect(other.box).to_have_value("")
    expect(other.page.locator(".paste")).to_have_count(0)
    expect(other.send).to_be_disabled()
    chat.until_done()


def test_what_is_written_in_a_tab_is_not_replaced_by_what_another_one_keeps(
    visit: Visit, alice: User
) -> None:
    page = visit("/", alice)
    chat = Chat(page)
    typed(chat, THOUGHT)
    other = tab_beside(page)
    expect(other.box).to_have_value(THOUGHT)
    other.box.fill("")
    typed(other, "Something else")

    expect(chat.box).to_have_value(THOUGHT)
    page.reload()
    expect(chat.box).to_have_value(THOUGHT)
    expect(other.box).to_have_value("Something else")
    other.page.reload()
    expect(other.box).to_have_value("Something else")


def test_what_is_sent_in_one_tab_leaves_what_was_written_in_another(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    typed(chat, "What is it?")
    other = tab_beside(chat.page)
    other.box.fill("")
    typed(other, THOUGHT)

    chat.send.click()
    chat.until_done()

    other.page.reload()
    expect(other.box).to_have_value(THOUGHT)


def test_what_is_written_before_the_pages_scripts_have_come_stands_above_the_draft_and_is_kept(
    visit: Visit, alice: User
) -> None:
    page = visit("/", alice)
    chat = Chat(page)
    typed(chat, THOUGHT)
    held: list[Route] = []
    page.route("**/static/app.*js", lambda route: held.append(route), times=1)

    with page.expect_request("**/static/app.*js"):
        page.goto("/", wait_until="commit")
    chat.box.fill("In haste")
    held.pop().continue_()

    both = f"In haste\n\n{THOUGHT}"
    expect(chat.box).to_have_value(both)
    page.goto("/links/")
    page.goto("/")
    expect(chat.box).to_have_value(both)


def test_whoever_signs_out_leaves_no_draft_in_the_browser(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    typed(Chat(page), THOUGHT)
    page.locator(".sidebar__person").click()

    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url(re.compile("/account/login/"))
    for kept in ("localStorage", "sessionStorage"):
        assert page.evaluate(f"Object.values({kept}).filter((kept) => kept.includes('thought'))") == []


# What no page may keep here, or finds there that is none of its own: a setting of the browser's, an extension.
FORBIDDEN = """
for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("", "SecurityError"); } });
"""
FULL = 'Storage.prototype.setItem = () => { throw new DOMException("", "QuotaExceededError"); };'
DAMAGED = """
for (const key of ["parley.done", "parley.list"]) sessionStorage.setItem(key, "{{{");
"""
PUT_AWAY = "/conversations/put-away/$"


@pytest.mark.parametrize(
    ("kept", "led_to"),
    [(FORBIDDEN, PUT_AWAY), (FULL, PUT_AWAY), (DAMAGED, "/$")],
    ids=["keeps nothing", "has no room", "kept what nobody can read"],
)
def test_a_page_works_in_a_browser_that(
    visit: Visit, script: Script, alice: User, kept: str, led_to: str
) -> None:
    script.play({"text": "So."})
    page = visit("/", alice)
    page.context.add_init_script(kept)
    page.reload()
    chat = Chat(page)

    chat.ask(THOUGHT)

    expect(chat.answer).to_have_text("So.")
    chat.until_done()
    page.locator(".sidebar__more").first.click()
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(page).not_to_have_url(re.compile("/c/"))
    # Where Undo could not be told of on the next page, one is led to where what was put away stands.
    expect(page).to_have_url(re.compile(led_to))
