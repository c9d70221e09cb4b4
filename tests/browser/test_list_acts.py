"""The list of conversations at work: rename, pin, archive, delete and Undo, by mouse, by key, in every tab."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat, follow
from tests.browser.conftest import Visit, sign_in
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


def talked(page: Page, text: str) -> Chat:
    chat = Chat(page)
    chat.ask(text)
    chat.until_done()
    return chat


def row(page: Page, title: str) -> Locator:
    return page.locator(".sidebar__item", has_text=title)


def choose(page: Page, title: str, act: str) -> None:
    """By keyboard, as the menu's button is only seen when the row has the focus or the pointer."""
    row(page, title).get_by_label(f"More for “{title}").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name=act).click()


@pytest.fixture
def page(visit: Visit, script: Script, alice: User) -> Page:
    script.play({"text": "Well."})
    page = visit("/", alice)
    talked(page, "About tides")
    page.goto("/")
    talked(page, "About moons")
    return page


def test_another_title_is_seen_at_once_here_and_in_another_tab(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")

    choose(page, "About moons", "Rename…")
    page.get_by_label("Title").fill("Moons and their names")
    page.keyboard.press("Enter")

    expect(row(page, "Moons and their names")).to_be_visible()
    expect(page.get_by_role("heading", name="Moons and their names")).to_be_visible()
    expect(row(other, "Moons and their names")).to_be_visible()
    page.reload()
    expect(row(page, "Moons and their names")).to_be_visible()


def test_a_title_that_could_not_be_kept_stays_as_typed_with_the_reason(page: Page, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    watch.expect("503")
    dialog = page.get_by_role("dialog", name="Rename")
    title = dialog.get_by_label("Title")
    choose(page, "About moons", "Rename…")
    title.fill("Moons and their names")
    page.context.set_offline(True)

    page.keyboard.press("Enter")

    expect(dialog.get_by_role("alert")).to_have_text(
        "You are offline. Your text is kept and nothing was sent."
    )
    expect(title).to_have_value("Moons and their names")
    page.context.set_offline(False)
    page.route("**/rename/", lambda route: route.fulfill(status=503, body="busy"), times=1)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("The server did not answer as it should.")
    expect(title).to_have_value("Moons and their names")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(row(page, "Moons and their names")).to_be_visible()
    expect(page.get_by_role("heading", name="Moons and their names")).to_be_visible()


def test_what_is_pinned_stands_first(page: Page) -> None:
    choose(page, "About tides", "Pin")

    expect(page.locator(".sidebar__item").first).to_contain_text("About tides")
    expect(page.locator(".sidebar__label").first).to_have_text("Pinned")
    choose(page, "About tides", "Unpin")
    expect(page.locator(".sidebar__label")).to_have_text(["Today"])


def test_what_was_deleted_is_back_after_undo(page: Page) -> None:
    choose(page, "About tides", "Delete")

    expect(row(page, "About tides")).to_have_count(0)
    expect(page.get_by_text("“About tides” is deleted.")).to_be_visible()
    assert faults_in(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "About tides")).to_be_visible()
    expect(page.get_by_text("“About tides” is deleted.")).to_be_hidden()


def test_deleting_the_one_on_screen_leads_to_a_new_page_and_undo_leads_back(page: Page) -> None:
    choose(page, "About moons", "Delete")

    expect(page.get_by_text("What do you want to know, Alice?")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile("/c/"))
    expect(Chat(page).answer).to_have_text("Well.")


def test_a_text_for_a_conversation_that_another_tab_deleted_is_kept_and_sent_once_that_is_back(
    page: Page, watch: Watch
) -> None:
    watch.expect("status of 404")
    here = Chat(page)
    there = here.again().page
    here.box.fill("And by night?")
    choose(there, "About moons", "Delete")
    expect(there.get_by_role("button", name="Undo")).to_be_visible()

    here.box.press("Enter")

    expect(here.refusal).to_have_text(
        re.compile("^This conversation was deleted. Your text is kept: restore")
    )
    expect(here.box).to_have_value("And by night?")
    there.get_by_role("button", name="Undo").click()
    expect(there).to_have_url(re.compile("/c/"))
    here.box.press("Enter")
    expect(here.said).to_have_text(["About moons", "And by night?"])
    expect(here.refusal).to_be_hidden()
    here.until_done()


def test_whoever_moves_by_keys_keeps_their_place_in_the_list(page: Page) -> None:
    def button(title: str) -> Locator:
        return row(page, title).get_by_label(f"More for “{title}”")

    for act in ("Pin", "Unpin"):
        choose(page, "About tides", act)
        expect(page.locator(".sidebar__label")).to_have_count(2 if act == "Pin" else 1)
        expect(button("About tides")).to_be_focused()

    choose(page, "About tides", "Rename…")
    page.keyboard.press("Escape")
    expect(button("About tides")).to_be_focused()
    choose(page, "About tides", "Rename…")
    page.get_by_label("Title").fill("On tides")
    page.keyboard.press("Enter")
    expect(button("On tides")).to_be_focused()

    choose(page, "On tides", "Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(row(page, "On tides")).to_be_visible()
    # Its row, where that was back before the answer.
    expect(page.locator(":focus")).to_have_accessible_name(
        re.compile("^(New conversation|More for “On tides”)$")
    )


def test_what_was_done_is_said_on_one_page_and_to_nobody_else(
    page: Page, origin: str, watch: Watch, bob: User
) -> None:
    watch.expect("net::ERR_ABORTED")
    undo = page.get_by_role("button", name="Undo")
    choose(page, "About moons", "Delete")
    expect(page.get_by_text("What do you want to know, Alice?")).to_be_visible()
    expect(undo).to_be_visible()

    page.reload()
    expect(row(page, "About tides")).to_be_visible()
    expect(undo).to_be_hidden()

    follow(page.get_by_role("link", name="About tides", exact=True))
    # The network fails on the way to the page that would have said it.
    page.route(re.compile(r"//[^/]+/$"), lambda route: route.abort("aborted"), times=1)
    with page.expect_event("requestfailed"):
        choose(page, "About tides", "Delete")
    page.context.clear_cookies()
    sign_in(page.context, bob, origin)
    page.goto("/")
    expect(page.get_by_text("What do you want to know, Bob?")).to_be_visible()
    expect(undo).to_be_hidden()
    expect(page.get_by_text("About tides")).to_have_count(0)


def test_what_ended_unseen_is_unread_in_every_tab_until_one_opens_it(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Well"}, {"wait": "end"}, {"text": "."})
    chat = Chat(visit("/", alice))
    chat.ask("About tides")
    chat.page.goto("/")
    other = chat.page.context.new_page()
    other.goto("/settings/")
    unread = [row(page, "About tides").get_by_text(", not read yet") for page in (chat.page, other)]

    script.release("end")
    for mark in unread:
        expect(mark).to_be_visible()
    row(chat.page, "About tides").get_by_role("link").first.click()

    expect(Chat(chat.page).answer).to_have_text("Well.")
    for mark in unread:
        expect(mark).to_be_hidden()


def test_on_a_phone_what_was_put_away_is_found_again(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Well."})
    page = visit("/", alice, **ON_A_PHONE)
    talked(page, "A conversation with a title that is rather longer than its row")
    page.get_by_role("button", name="Conversations").click()

    choose(page, "A conversation with", "Archive")

    expect(page.get_by_role("heading", name="One conversation is archived.")).to_be_visible()
    assert faults_in(page) == []
    assert beyond_the_edge(page) == []
    page.get_by_role("button", name="Take").click()
    expect(page.get_by_role("heading", name="Conversations you archive will stand here.")).to_be_visible()
    page.get_by_role("button", name="Conversations").click()
    row(page, "A conversation with").get_by_role("link").first.click()
    expect(Chat(page).answer).to_have_text("Well.")
