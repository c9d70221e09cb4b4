"""A long conversation on screen: its end first, the rest as one goes up, and a link to any message of it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Conversation
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.turns import NOTE_OUTLINED, Turns, drawn, outlined, talked, wheel
from tests.conversations.tree import lengthen
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

ANSWER = "Answer {}, **at some length**.\n\n" + "It goes on for a paragraph or two. " * 20


@pytest.fixture
def long(visit: Visit, script: Script, alice: User) -> Turns:
    """A conversation of 402 messages, at its end."""
    turns = talked(visit, script, alice, "First answer")
    lengthen(Conversation.objects.get(), 200, ANSWER)
    turns.chat.page.reload()
    expect(turns.all).to_have_count(60)
    return turns


def go_up(page: Page) -> None:
    page.mouse.move(600, 400)
    wheel(page, -2000)


def test_it_opens_at_its_end_and_reads_up_to_its_beginning(long: Turns) -> None:
    page = long.chat.page
    expect(long.reply(-1)).to_be_in_viewport()
    expect(long.reply(-1).locator("strong")).to_have_text("at some length")

    while (count := long.all.count()) < 402:
        if page.evaluate("scrollY > 0"):
            go_up(page)
        else:
            expect(long.all).not_to_have_count(count)
    page.evaluate("scrollTo(0, 0)")

    expect(long.chat.said.first).to_have_text("Question 1")
    expect(long.all).to_have_count(402)
    expect(page.get_by_role("link", name="Earlier messages")).to_be_hidden()
    numbers = re.findall(r"Question (\d+)", " ".join(long.chat.said.all_text_contents()))
    assert numbers == ["1", *(str(number) for number in range(1, 201))]


def test_what_one_reads_stays_in_place_when_earlier_messages_come_in_above(long: Turns) -> None:
    page = long.chat.page
    page.evaluate("scrollTo(0, 0)")
    turn = long.said(0).element_handle()
    before = turn.evaluate("turn => turn.getBoundingClientRect().top")

    expect(long.all).to_have_count(120)
    drawn(page)

    assert turn.evaluate("turn => turn.getBoundingClientRect().top") == pytest.approx(before, abs=2)


def test_searching_the_page_or_printing_it_has_all_of_it(long: Turns) -> None:
    page = long.chat.page
    count = "document.body.dataset.printed = document.querySelectorAll('.turn').length"
    page.evaluate(f"() => {{ window.print = () => {{ {count} }} }}")

    page.keyboard.press("Control+p")

    expect(page.locator("body")).to_have_attribute("data-printed", "402")


def test_printing_by_the_browsers_own_menu_has_all_of_it_too(long: Turns) -> None:
    page = long.chat.page

    page.pdf()

    expect(long.all).to_have_count(402)
    expect(page.locator(".reply__text:not(.prose)")).to_have_count(0)
    expect(page.get_by_role("link", name="Earlier messages")).to_be_hidden()
    expect(long.said(0)).to_contain_text("Question 1")
    drawn(page)
    expect(long.reply(-1)).to_be_in_viewport()


def test_a_link_leads_to_a_message_far_up_and_the_rest_follows_below(long: Turns) -> None:
    page = long.chat.page
    wanted = Conversation.objects.get().messages.get(text="Question 20")

    page.add_init_script(NOTE_OUTLINED)
    page.goto(f"{page.url}?message={wanted.pk}")

    turn = page.locator(f"#message-{wanted.pk}")
    expect(turn).to_be_in_viewport()
    expect(turn).to_be_focused()
    assert outlined(page) == [f"message-{wanted.pk}"]
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]+/$"))
    expect(page.locator(".turn", has_text="Question 200")).to_be_attached()
    expect(turn).to_be_in_viewport()
    page.get_by_role("button", name="Jump to latest").click()
    expect(long.reply(-1)).to_be_in_viewport()


def test_a_hash_leads_there_too_and_one_can_go_on_writing(long: Turns, script: Script) -> None:
    page = long.chat.page
    wanted = Conversation.objects.get().messages.get(text="Question 20")

    page.goto(f"{page.url}#message-{wanted.pk}")

    expect(page.locator(f"#message-{wanted.pk}")).to_be_in_viewport()
    script.play({"text": "The newest."})
    chat = Chat(page)
    chat.box.fill("One more")
    chat.send.click()
    expect(chat.answer).to_have_text("The newest.")
    expect(chat.answer).to_be_in_viewport()


def test_a_link_to_another_version_shows_it(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First")
    script.play({"text": "Second"})
    page, first = turns.chat.page, turns.reply(0).get_attribute("data-message")
    turns.chat.retry.click()
    expect(turns.chat.answer).to_have_text("Second")
    turns.chat.until_done()

    page.goto(f"{page.url}?message={first}")

    expect(turns.chat.answer).to_have_text("First")
    expect(turns.reply(0)).to_contain_text("1 of 2")


def test_the_way_back_to_the_end_has_a_dot_once_something_is_written_there(
    long: Turns, script: Script
) -> None:
    chat = long.chat
    script.play({"text": "It is "}, {"wait": "more"}, {"text": "so.\n\n" * 30})
    chat.ask("And?")
    expect(chat.answer).to_have_text("It is")
    go_up(chat.page)
    jump = chat.page.get_by_role("button", name="Jump to latest")
    expect(jump).to_be_visible()

    script.release("more")

    expect(jump).to_have_accessible_name("Jump to latest (something new)")
    jump.click()
    expect(jump).to_be_hidden()
    chat.until_done()


def test_an_edit_far_up_on_a_page_that_has_all_of_it_replaces_what_follows(
    long: Turns, script: Script
) -> None:
    chat, far_up = long.chat, long.chat.page.locator(".turn--said", has_text="Question 20").first
    chat.page.keyboard.press("Control+f")
    expect(long.all).to_have_count(402)
    shown = chat.page.evaluate(
        "[...document.querySelectorAll('.foot__acts')].filter(e => getComputedStyle(e).opacity !== '0').length"
    )
    assert shown == 1, "what can be done with a reply is shown under the last one alone"

    script.play({"text": "Otherwise."})
    far_up.hover()
    far_up.get_by_role("button", name="Edit").click()
    long.editor.fill("Another question 20")
    long.save.click()

    expect(chat.answer).to_have_text("Otherwise.")
    expect(chat.answer).to_be_in_viewport()
    chat.until_done()
    expect(long.all).to_have_count(2 + 19 * 2 + 2)
    expect(chat.page.locator(".transcript__piece:empty")).to_have_count(0)


def test_what_is_said_on_in_one_tab_is_passed_over_in_pieces_like_what_was_loaded(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First answer")
    lengthen(Conversation.objects.get(), 29, ANSWER)
    chat = turns.chat
    chat.page.reload()
    expect(turns.all).to_have_count(60)
    by_themselves = chat.page.locator(".transcript__log > .turn")

    for number in range(2):
        script.play({"text": f"Said in this tab: {number}."})
        chat.ask(f"And {number}?")
        expect(chat.answer).to_have_text(f"Said in this tab: {number}.")
        expect(chat.answer).to_be_in_viewport()
        chat.until_done()

    expect(by_themselves).to_have_count(60)
    expect(chat.page.locator(".transcript__piece > .turn")).to_have_count(4)
    go_up(chat.page)
    chat.page.get_by_role("button", name="Jump to latest").click()
    expect(chat.answer).to_be_in_viewport()
    shown = chat.page.evaluate(
        "[...document.querySelectorAll('.foot__acts')].filter(e => getComputedStyle(e).opacity !== '0').length"
    )
    assert shown == 1, "what can be done with a reply is shown under the last one alone"
