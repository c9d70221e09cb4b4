"""A link from one person to another, and its end."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.chat import Chat, fill_sign_in, follow
from tests.browser.conftest import Visit
from tests.browser.turns import drawn
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


def answered(page: Page, question: str = "What is it?") -> Chat:
    chat = Chat(page)
    chat.ask(question)
    chat.until_done()
    return chat


def test_a_link_shows_a_stranger_who_signs_in_the_words_and_nothing_else(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    script.play({"reasoning": "Secretly: hm."}, {"text": "It is **so**."})
    chat = answered(visit("/", alice))
    link = chat.share()

    page = visit(link)
    expect(page).to_have_url(re.compile("/account/login/"))
    fill_sign_in(page, bob)

    expect(page).to_have_url(link)
    expect(page.get_by_role("heading", name="What is it?", level=1)).to_be_visible()
    expect(page.locator(".masthead")).to_contain_text(["By Alice", "without thinking"])
    expect(page.locator(".turn__said")).to_have_text("What is it?")
    expect(page.locator(".reply__text strong")).to_have_text("so")
    # Hidden or not.
    source = page.get_by_role("main").inner_html()
    assert [word for word in ("Secretly", "Thought for", "$", "Retry") if word in source] == []


def test_who_reads_a_link_goes_on_in_a_copy_of_their_own(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    script.play({"text": "And this."}, queue=[[{"text": "It is so."}]])
    owner = answered(visit("/", alice))
    reader = Chat(visit(owner.share(), bob))

    follow(reader.page.get_by_role("button", name="Continue as my copy").last)
    expect(reader.page).to_have_url(re.compile("/c/"))
    reader.ask("And then?")

    expect(reader.said).to_have_text(["What is it?", "And then?"])
    expect(reader.answer).to_have_text("And this.")
    assert script.calls()[-1]["body"]["messages"][-2]["content"] == "It is so."
    owner.page.reload()
    expect(owner.said).to_have_text(["What is it?"])


def test_a_revoked_link_is_dead_at_the_next_request(
    visit: Visit, script: Script, watch: Watch, alice: User, bob: User
) -> None:
    watch.expect("status of 404")
    script.play({"text": "It is so."})
    owner = answered(visit("/", alice))
    link = owner.share()
    reader = visit(link, bob)
    expect(reader.get_by_text("It is so.")).to_be_visible()

    owner.page.get_by_role("dialog").get_by_role("link", name="My links").click()
    owner.page.get_by_role("button", name="Revoke").click()

    said = owner.page.get_by_role("status").filter(has_text="The link is dead.")
    expect(said).to_have_text("The link is dead. One person had opened it.")
    expect(owner.page.get_by_role("button", name="Revoke")).to_have_count(0)
    answer = reader.reload()
    assert answer is not None
    assert answer.status == 404
    expect(reader.get_by_text("It is so.")).to_have_count(0)


def test_the_dialog_says_first_what_will_be_seen_and_copies_the_link(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    script.play({"reasoning": "Openly: hm."}, {"text": "It is so."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    chat = answered(page)
    page.get_by_role("button", name="Share", exact=True).click()
    sentence = page.get_by_role("dialog").locator(".share__sentence")
    expect(sentence).to_have_text("Up to message 2. Without thinking. Costs are never shown.")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    link = chat.share(thinking=True)

    expect(sentence).to_have_text("Up to message 2. With thinking. Costs are never shown.")
    page.wait_for_function("async (link) => (await navigator.clipboard.readText()) === link", arg=link)
    expect(page.get_by_role("link", name="What is it? shared")).to_be_visible()
    reader = Chat(visit(link, bob))
    reader.unfold()
    expect(reader.thoughts).to_have_text("Openly: hm.")


def test_share_pressed_again_while_nothing_has_come_opens_once_and_leaves_what_is_chosen_then(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Hm."}, {"text": "It is so."})
    chat = answered(visit("/", alice))
    page, held = chat.page, list[Route]()
    page.route("**/share/", lambda route: held.append(route))
    share = page.get_by_role("button", name="Share", exact=True)

    with page.expect_request("**/share/"):
        share.click()
    share.click()
    drawn(page)
    held[0].continue_()

    page.get_by_role("dialog").get_by_label("Include thinking").check()
    assert len(held) == 1


def test_what_is_said_later_does_not_show_through(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    script.play({"text": "It is so."})
    chat = answered(visit("/", alice))
    link = chat.share()
    chat.page.keyboard.press("Escape")

    chat.ask("And a secret?")
    chat.until_done()

    reader = visit(link, bob)
    expect(reader.locator(".turn__said")).to_have_text(["What is it?"])
    assert "And a secret?" not in reader.content()
