"""Versions of what was said and answered: switched, edited, retried, continued; here, in another tab, by key."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.test_keyboard import press, tab_to
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

LONG = "\n\n".join(f"Paragraph {number}, in which not much is said." for number in range(40))


class Turns:
    """The turns of a conversation and what can be done with each."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.all = chat.page.locator(".turn")
        self.editor = chat.page.get_by_role("textbox", name="Edit what you said")
        self.save = chat.page.locator("parley-edit").get_by_role("button", name="Send")

    def said(self, number: int) -> Locator:
        return self.chat.page.locator(".turn--said").nth(number)

    def reply(self, number: int) -> Locator:
        return self.chat.page.locator(".turn--reply").nth(number)

    def edit(self, number: int, text: str) -> None:
        self.said(number).hover()
        self.said(number).get_by_role("button", name="Edit").click()
        self.editor.fill(text)
        self.save.click()

    def edit_and_read(self, number: int, text: str, answer: str) -> None:
        self.edit(number, text)
        expect(self.chat.answer).to_have_text(answer)
        self.chat.until_done()

    def texts(self) -> list[str]:
        return [
            text.strip() for text in self.chat.page.locator(".turn__said, .reply__text").all_inner_texts()
        ]


def step(turn: Locator, where: str) -> Locator:
    """The button to the version before or after this one."""
    return turn.get_by_role("button", name=where)


def talked(visit: Visit, script: Script, user: User, *answers: str, **options: Any) -> Turns:
    """A conversation of as many turns as answers: "Question 1", and so on."""
    chat = Chat(visit("/", user, **options))
    for number, answer in enumerate(answers, 1):
        script.play({"text": answer})
        chat.ask(f"Question {number}")
        expect(chat.answer).to_have_text(answer)
        chat.until_done()
    return Turns(chat)


def top_of(turn: Locator) -> float:
    return float(turn.evaluate("turn => turn.getBoundingClientRect().top"))


def drawn(page: Page) -> None:
    """Once everything that follows from the last act is on screen."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def test_an_edit_stands_beside_the_earlier_version_and_each_keeps_what_followed_it(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "One.", "Two.", "Three.")
    script.play({"text": "Otherwise."})

    turns.edit_and_read(1, "Question 2, put otherwise", "Otherwise.")

    edited = ["Question 1", "One.", "Question 2, put otherwise", "Otherwise."]
    assert turns.texts() == edited
    expect(turns.said(1)).to_contain_text("2 of 2")

    step(turns.said(1), "previous").click()
    expect(turns.all).to_have_count(6)
    assert turns.texts() == ["Question 1", "One.", "Question 2", "Two.", "Question 3", "Three."]
    expect(turns.said(1)).to_contain_text("1 of 2")
    turns.chat.page.reload()
    expect(turns.said(1)).to_contain_text("1 of 2")
    step(turns.said(1), "next").click()
    expect(turns.all).to_have_count(4)
    assert turns.texts() == edited


def test_what_was_sent_after_an_edit_follows_the_branch_on_screen(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "One.", "Two.")
    script.play({"text": "Otherwise."})
    turns.edit_and_read(0, "Another beginning", "Otherwise.")
    step(turns.said(0), "previous").click()
    expect(turns.all).to_have_count(4)
    script.play({"text": "Three."})

    turns.chat.ask("Question 3")

    expect(turns.chat.answer).to_have_text("Three.")
    assert turns.texts()[:3] == ["Question 1", "One.", "Question 2"]


def test_retrying_a_reply_in_the_middle_keeps_the_old_one_with_all_that_followed(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "One.", "Two.")
    script.play({"text": "Once more."})

    turns.reply(0).hover()
    turns.reply(0).get_by_role("button", name="Retry").click()

    expect(turns.chat.answer).to_have_text("Once more.")
    turns.chat.until_done()
    assert turns.texts() == ["Question 1", "Once more."]
    step(turns.reply(0), "previous").click()
    expect(turns.all).to_have_count(4)
    assert turns.texts() == ["Question 1", "One.", "Question 2", "Two."]


def test_an_interrupted_reply_goes_on_where_it_was_cut_off(visit: Visit, script: Script, alice: User) -> None:
    gone_on = [{"wait": "on"}, {"text": " there was a queen."}]
    script.play(*gone_on, queue=[[{"text": "Once upon a time"}, {"cut": True}]])
    chat = Chat(visit("/", alice))
    chat.ask("Tell me a tale")
    expect(chat.reply.get_by_role("button", name="Continue")).to_be_visible()
    expect(chat.answer).to_have_text("Once upon a time")
    before = chat.answer.evaluate("text => text.getBoundingClientRect().top")

    chat.reply.get_by_role("button", name="Continue").click()

    expect(chat.stop).to_be_visible()
    expect(chat.answer).to_have_text("Once upon a time")
    assert chat.answer.evaluate("text => text.getBoundingClientRect().top") == before
    expect(chat.note).to_be_hidden()
    script.release("on")
    expect(chat.answer).to_have_text("Once upon a time there was a queen.")
    chat.until_done()
    expect(chat.reply).to_contain_text("2 of 2")
    step(chat.reply, "previous").click()
    expect(chat.answer).to_have_text("Once upon a time")
    expect(chat.reply.get_by_role("button", name="Continue")).to_be_visible()


def test_a_reload_while_it_goes_on_shows_it_all(visit: Visit, script: Script, alice: User) -> None:
    gone_on = [{"text": " there was"}, {"wait": "on"}, {"text": " a queen."}]
    script.play(*gone_on, queue=[[{"text": "Once upon a time"}, {"cut": True}]])
    chat = Chat(visit("/", alice))
    chat.ask("Tell me a tale")
    chat.reply.get_by_role("button", name="Continue").click()
    expect(chat.answer).to_have_text("Once upon a time there was")

    chat.page.reload()

    expect(chat.answer).to_have_text("Once upon a time there was")
    script.release("on")
    expect(chat.answer).to_have_text("Once upon a time there was a queen.")


def test_the_turn_that_is_switched_stays_where_it_is(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "One.", LONG)
    script.play({"text": "Short."})
    turns.edit_and_read(1, "Briefly", "Short.")
    page = turns.chat.page

    for where, answer in (("previous", LONG), ("next", "Short."), ("previous", LONG)):
        before = top_of(turns.said(1))
        step(turns.said(1), where).click()
        expect(turns.chat.answer).to_contain_text(answer[-10:])
        drawn(page)
        assert abs(top_of(turns.said(1)) - before) <= 1, where


def test_the_switcher_below_a_long_reply_stays_under_the_pointer(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, LONG, LONG)
    script.play({"text": "Short."})
    turns.chat.retry.last.click()
    expect(turns.chat.answer).to_have_text("Short.")
    turns.chat.until_done()
    step(turns.reply(1), "previous").click()
    expect(turns.chat.answer).to_contain_text(LONG[-10:])
    turns.chat.page.keyboard.press("Control+End")
    to_short = step(turns.reply(1), "next")
    expect(to_short).to_be_in_viewport()
    before = top_of(to_short)

    to_short.click()

    expect(turns.chat.answer).to_have_text("Short.")
    drawn(turns.chat.page)
    assert abs(top_of(to_short) - before) <= 1


def test_another_tab_follows_a_switch_and_an_edit(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "One.", "Two.")
    other = Turns(turns.chat.again())
    expect(other.all).to_have_count(4)

    turns.edit(0, "Another beginning")
    expect(other.all).to_have_count(2)
    expect(other.said(0)).to_contain_text("2 of 2")
    turns.chat.until_done()
    other.chat.until_done()
    step(turns.said(0), "previous").click()

    expect(other.all).to_have_count(4)
    assert other.texts() == ["Question 1", "One.", "Question 2", "Two."]
    expect(other.said(0)).to_contain_text("1 of 2")


def test_while_a_reply_is_written_nothing_of_it_is_offered(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "One.")
    script.play({"text": "Otherwise."})
    turns.edit_and_read(0, "Another beginning", "Otherwise.")
    script.play({"text": "So"}, {"wait": "on"}, {"text": " far."})
    turns.chat.ask("Question 2")
    expect(turns.chat.answer).to_have_text("So")

    for name in ("Retry", "Edit"):
        expect(turns.chat.page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    switch = step(turns.said(0), "previous")
    expect(switch).to_have_attribute("aria-disabled", "true")
    expect(switch).to_have_attribute("title", "You can switch when the reply is done.")
    script.release("on")
    turns.chat.until_done()
    expect(switch).not_to_have_attribute("aria-disabled", "true")


def test_an_edit_that_is_refused_or_left_keeps_its_text(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("Failed to load resource", "ERR_INTERNET_DISCONNECTED")
    turns = talked(visit, script, alice, "One.")
    page = turns.chat.page
    page.context.set_offline(True)

    turns.edit(0, "Another beginning")

    expect(page.locator("parley-edit").get_by_role("alert")).to_contain_text("You are offline")
    expect(turns.editor).to_have_value("Another beginning")
    page.context.set_offline(False)
    page.reload()
    expect(turns.editor).to_have_value("Another beginning")
    script.play({"text": "Otherwise."})
    turns.save.click()
    expect(turns.chat.answer).to_have_text("Otherwise.")
    expect(turns.editor).to_have_count(0)
    page.reload()
    expect(turns.chat.answer).to_have_text("Otherwise.")
    expect(turns.editor).to_have_count(0)


def test_all_of_it_by_key(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "One.")
    page = turns.chat.page
    edit = turns.said(0).get_by_role("button", name="Edit")
    press(edit)
    expect(turns.editor).to_be_focused()
    page.keyboard.type(" or not")
    page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    expect(turns.said(0)).to_contain_text("Question 1")

    page.keyboard.press("Enter")
    page.keyboard.type(", again")
    script.play({"text": "Again."})
    page.keyboard.press("Enter")
    expect(turns.chat.answer).to_have_text("Again.")
    turns.chat.until_done()
    expect(turns.chat.box).to_be_focused()
    expect(turns.chat.said).to_have_text("Question 1, again")

    press(step(turns.said(0), "previous"))
    expect(turns.chat.answer).to_have_text("One.")
    expect(step(turns.said(0), "previous")).to_be_focused()
    expect(page.get_by_role("status").first).to_have_text("Version 1 of 2")
    tab_to(step(turns.said(0), "next"))
    page.keyboard.press("Space")
    expect(turns.chat.answer).to_have_text("Again.")
    expect(step(turns.said(0), "next")).to_be_focused()


def test_without_scripts_versions_are_chosen_by_forms(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "One.")
    script.play({"text": "Once more."})
    turns.chat.retry.click()
    expect(turns.chat.answer).to_have_text("Once more.")
    turns.chat.until_done()

    page = visit(turns.chat.page.url, alice, java_script_enabled=False)
    step(page.locator(".turn--reply"), "previous").click()
    expect(page.locator(".reply__text")).to_have_text("One.")
    expect(page.locator(".turn--reply")).to_contain_text("1 of 2")


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_versions_editor_and_an_interrupted_reply_are_accessible(
    visit: Visit, script: Script, alice: User, options: dict[str, Any]
) -> None:
    turns = talked(visit, script, alice, "One.", "Two.", **options)
    page = turns.chat.page
    turns.said(1).get_by_role("button", name="Edit").click()
    turns.editor.fill("Question 2, put otherwise. " * 6)
    assert faults_in(page) == []
    assert beyond(page) == []
    script.play({"text": "Once upon a time"}, {"cut": True})
    turns.save.click()
    expect(turns.chat.reply.get_by_role("button", name="Continue")).to_be_visible()
    assert faults_in(page) == []
    assert beyond(page) == []


def beyond(page: Page) -> list[str]:
    """Only a phone is too narrow for anything."""
    return beyond_the_edge(page) if page.viewport_size == PHONE else []
