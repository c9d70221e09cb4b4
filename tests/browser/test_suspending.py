"""Suspending somebody in mid-reply, as both of them see it."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Generation
from tests.browser.chat import Chat, fill_sign_in
from tests.browser.conftest import Visit
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import wait_until

pytestmark = pytest.mark.browser


def open_person(page: Page, name: str) -> None:
    """On the page of people, open somebody's row."""
    page.get_by_role("link", name=f"Edit {name}").click()


def test_the_persons_page_says_so_by_itself_and_no_more_text_comes(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 401")
    script.play({"tokens": 3000, "rate": 40, "word": "word "})
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on")
    expect(chat.answer).to_contain_text("word word")
    office = visit("/people/", admin)
    open_person(office, "Alice")

    office.get_by_role("button", name="Suspend Alice").click()

    expect(chat.refusal).to_have_text("Your account is suspended. Ask an administrator.")
    expect(office.get_by_text("Alice is suspended. Everything they wrote is kept.")).to_be_visible()
    shown = chat.answer.inner_text()
    wait_until(lambda: script.calls()[0]["left_at"], what="the provider's socket to be closed")
    wait_until(lambda: Generation.objects.get().status == "stopped", what="the reply to end")
    assert chat.answer.inner_text() == shown
    chat.box.fill("Let me in")
    chat.box.press("Enter")
    expect(chat.refusal.get_by_role("link", name="Sign in")).to_be_visible()
    expect(chat.box).to_have_value("Let me in")
    expect(chat.said).to_have_count(1)


def test_a_suspended_person_is_told_so_at_sign_in_and_comes_back_when_restored(
    visit: Visit, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 4")
    office = visit("/people/", admin)
    open_person(office, "Alice")
    office.get_by_role("button", name="Suspend Alice").click()
    expect(office.get_by_text("Alice is suspended. Everything they wrote is kept.")).to_be_visible()
    page = visit("/")

    fill_sign_in(page, alice)

    expect(page.get_by_role("main")).to_contain_text("suspended")
    open_person(office, "Alice")
    office.get_by_role("button", name="Restore Alice").click()
    expect(office.get_by_text("Alice may sign in again.")).to_be_visible()
    page.goto("/")
    fill_sign_in(page, alice)
    expect(page.get_by_text("What do you want to know, Alice?")).to_be_visible()
