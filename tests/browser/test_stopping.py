"""Stop: before the first word, in the middle, by key, from elsewhere; what was on screen is what is kept."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

TALKING = {"tokens": 3000, "rate": 60, "word": "word "}
STOPPED = re.compile(r"^Stopped by you after \d+ s")


def begun(chat: Chat) -> None:
    expect(chat.answer).to_contain_text("word word word")


def kept(chat: Chat) -> str:
    """The text on screen once Stop was pressed, after the server has confirmed that it is the text."""
    shown = chat.answer.inner_text()
    expect(chat.note).to_have_text(STOPPED)
    chat.until_done()
    assert chat.answer.inner_text() == shown
    assert Message.objects.get(role="assistant").text.strip() == shown
    return shown


def test_stop_keeps_the_words_on_screen_and_no_others(visit: Visit, script: Script, alice: User) -> None:
    script.play(TALKING)
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on")
    begun(chat)

    chat.stop.click()

    shown = kept(chat)
    expect(chat.tally).to_contain_text("≈")
    chat.page.reload()
    expect(chat.note).to_have_text(STOPPED)
    assert chat.answer.inner_text() == shown


def test_escape_closes_the_list_of_models_and_stops_nothing(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So"}, {"wait": "end"}, {"text": " it is."})
    chat = Chat(visit("/", alice))
    chat.ask("Is it so?")
    expect(chat.answer).to_have_text("So")
    chat.box.focus()
    chat.page.locator(".models summary").click()
    expect(chat.page.locator(".models__panel")).to_be_visible()

    chat.page.keyboard.press("Escape")

    expect(chat.page.locator(".models__panel")).to_be_hidden()
    expect(chat.box).to_be_focused()
    script.release("end")
    expect(chat.answer).to_have_text("So it is.")
    chat.until_done()
    expect(chat.note).to_be_hidden()


def test_stop_before_the_first_word_says_so(visit: Visit, script: Script, alice: User) -> None:
    script.play({"begin": True}, {"wait": "never"})
    chat = Chat(visit("/", alice))
    chat.ask("Anybody there?")

    chat.stop.click()

    expect(chat.note).to_have_text("Stopped before answering.")
    expect(chat.send).to_be_visible()
    expect(chat.answer).to_be_empty()


def test_stop_while_it_thinks_keeps_the_thoughts(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see."}, {"wait": "never"})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.thoughts).to_have_text("Let me see.")

    chat.stop.click()

    expect(chat.note).to_be_visible()
    expect(chat.thinking).to_contain_text(re.compile("Stopped after .* of thinking"))
    chat.unfold()
    expect(chat.thoughts).to_have_text("Let me see.")


def test_escape_stops(visit: Visit, script: Script, alice: User) -> None:
    script.play(TALKING)
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on")
    begun(chat)

    chat.page.keyboard.press("Escape")

    kept(chat)


def test_stop_in_the_second_tab_ends_it_in_both_with_the_same_text(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play(TALKING)
    first = Chat(visit("/", alice))
    first.ask("Go on and on")
    second = first.again()
    begun(second)

    second.stop.click()

    shown = kept(second)
    expect(first.note).to_have_text(STOPPED)
    first.until_done()
    assert first.answer.inner_text() == shown


def test_retry_writes_another_reply_in_its_place(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Another one."}, queue=[[TALKING]])
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on")
    begun(chat)
    chat.stop.click()
    kept(chat)

    chat.retry.click()

    expect(chat.answer).to_have_text("Another one.")
    chat.until_done()
    expect(chat.note).to_be_hidden()
    expect(chat.replies).to_have_count(1)
    chat.page.reload()
    expect(chat.replies).to_have_count(1)
    expect(chat.answer).to_have_text("Another one.")
