"""Versions of what was said and answered: made by an edit or a retry, switched, followed in another tab."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.turns import LONG, Turns, drawn, step, talked, top_of
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


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
    drawn(turns.chat.page)
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
    for one in (turns, other):
        expect(one.said(0)).to_contain_text("2 of 2")
    turns.chat.until_done()
    other.chat.until_done()
    step(turns.said(0), "previous").click()

    expect(other.all).to_have_count(4)
    assert other.texts() == ["Question 1", "One.", "Question 2", "Two."]
    expect(other.said(0)).to_contain_text("1 of 2")


def turned_elsewhere(visit: Visit, script: Script, alice: User) -> tuple[Turns, Turns]:
    """A tab in which "Half a thou" is being written as an edit, and one that has turned to another branch meanwhile."""
    here = talked(visit, script, alice, "One.", "Two.")
    there = Turns(Chat(here.chat.page.context.new_page()))
    there.chat.page.goto(here.chat.page.url)
    here.said(1).hover()
    here.said(1).get_by_role("button", name="Edit").click()
    here.editor.fill("Half a thou")
    script.play({"text": "Otherwise."})
    # The first tab looks up whether there still is what is being edited.
    with here.chat.page.expect_response("**/messages/*/text/"):
        there.edit_and_read(0, "Another beginning", "Otherwise.")
    return here, there


def test_whoever_writes_an_edit_goes_on_in_it_while_another_tab_turns_to_another_branch(
    visit: Visit, script: Script, alice: User
) -> None:
    here, there = turned_elsewhere(visit, script, alice)

    here.chat.page.keyboard.type("ght")

    expect(here.editor).to_have_value("Half a thought")
    expect(here.chat.box).to_have_value("")
    script.play({"text": "All of it."})
    here.chat.page.keyboard.press("Enter")
    expect(here.chat.answer).to_have_text("All of it.")
    here.chat.until_done()
    assert here.texts() == ["Question 1", "One.", "Half a thought", "All of it."]
    expect(there.chat.answer).to_have_text("All of it.")


def test_whoever_leaves_an_edit_sees_the_branch_that_another_tab_turned_to_meanwhile(
    visit: Visit, script: Script, alice: User
) -> None:
    here, _ = turned_elsewhere(visit, script, alice)

    here.chat.page.keyboard.press("Escape")

    expect(here.chat.answer).to_have_text("Otherwise.")
    expect(here.all).to_have_count(2)
