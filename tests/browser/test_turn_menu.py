"""More: retry by another effort, fork, details, a rating, deleting; by mouse, by key and on a phone."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import LedgerEntry, User
from conversations.models import Conversation, Generation, Model, Rating
from tests.browser.chat import Chat, lose_answer, wait_for_ever
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, faults_in
from tests.browser.test_keyboard import press
from tests.browser.turns import LONG, Turns, drawn, more, step, talked, top_of
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


def dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name).or_(page.get_by_role("alertdialog", name=name))


def test_a_retry_with_another_effort_stands_beside_the_first(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    script.play({"text": "Second."})

    more(turns.reply(0), "Retry with…")
    asked = dialog(turns.chat.page, "Retry with")
    asked.get_by_label("How much it thinks").select_option("off")
    asked.get_by_role("button", name="Retry").click()

    expect(turns.chat.answer).to_have_text("Second.")
    turns.chat.until_done()
    assert Generation.objects.latest("queued_at").effort == "off"
    expect(turns.reply(0).locator(".versions__number")).to_have_text("2 of 2")
    assert Conversation.objects.get().effort == "high"


def test_a_retry_asks_how_much_to_think_only_where_that_can_be_set(
    visit: Visit, script: Script, alice: User
) -> None:
    usual = Model.objects.get()
    plain = Model.objects.create(slug="plain", name="Plain", context_window=1000, efforts=[])
    plain.routes.create(
        provider=usual.routes.get().provider, upstream_model=usual.routes.get().upstream_model
    )
    turns = talked(visit, script, alice, "First.")

    more(turns.reply(0), "Retry with…")
    asked = dialog(turns.chat.page, "Retry with")
    model, thinking = asked.get_by_label("Model"), asked.get_by_label("How much it thinks")
    expect(thinking).to_be_visible()
    model.select_option("plain")
    expect(thinking).to_be_hidden()
    model.select_option(usual.slug)

    expect(thinking).to_have_value(usual.default_effort)


def test_a_fork_opens_as_a_conversation_of_its_own(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    before, entries = turns.chat.page.url, LedgerEntry.objects.count()

    more(turns.reply(0), "Fork from here")

    page = turns.chat.page
    expect(page.get_by_text("Forked from Question 1")).to_be_visible()
    assert page.url != before
    assert turns.texts() == ["Question 1", "First."]
    expect(page.get_by_role("heading", name="Question 1 (fork)")).to_be_visible()
    assert LedgerEntry.objects.count() == entries
    script.play({"text": "Elsewhere."})
    turns.chat.ask("And here?")
    expect(turns.chat.answer).to_have_text("Elsewhere.")
    turns.chat.until_done()


def test_a_fork_with_a_long_title_is_told_from_its_origin_in_the_list(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    Conversation.objects.update(title="Explain quantum computing in very simple terms")
    more(turns.reply(0), "Fork from here")
    page = turns.chat.page
    expect(page.get_by_text("Forked from Explain")).to_be_visible()
    page.wait_for_load_state()

    row = page.get_by_role("link", name="Explain quantum computing in very simple terms (fork)", exact=True)

    room, end = row.bounding_box(), row.get_by_text("(fork)").bounding_box()
    assert room
    assert end
    assert end["width"] > 30
    assert end["x"] + end["width"] <= room["x"] + room["width"]
    assert row.locator("[data-part=title-start]").evaluate("part => part.scrollWidth > part.clientWidth")


def test_a_fork_whose_answer_was_lost_is_made_once(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("net::ERR_FAILED")
    turns = talked(visit, script, alice, "First.")
    page = turns.chat.page

    page.route(re.compile("/fork/"), lose_answer, times=1)
    more(turns.reply(0), "Fork from here")
    expect(turns.chat.note).to_contain_text("cannot be reached")
    more(turns.reply(0), "Fork from here")

    expect(page.get_by_text("Forked from Question 1")).to_be_visible()
    assert Conversation.objects.count() == 2


def test_details_tell_how_the_reply_came_about(visit: Visit, script: Script, alice: User) -> None:
    script.play(
        {"reasoning": "Well."}, {"text": "So."}, {"usage": {"prompt_tokens": 12, "completion_tokens": 7}}
    )
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()

    more(chat.page.locator(".turn--reply"), "Details")

    panel = dialog(chat.page, "Details")
    for line in (
        "Provider Scripted",
        "Read new 12",
        "Thinking high",
        "From Our price × reported tokens.",
    ):
        expect(panel).to_contain_text(re.compile(line.replace(" ", r"\s*"), re.DOTALL))
    expect(panel).to_contain_text("First token after")
    assert faults_in(chat.page) == []
    chat.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_rating_and_its_note_are_kept_and_can_be_taken_back(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    page = turns.chat.page

    more(turns.reply(0), "Rate with a note…")
    asked = dialog(page, "Rate this reply")
    asked.get_by_label("Poor").check()
    asked.get_by_label("Why").fill("It guesses.")
    assert faults_in(page) == []
    asked.get_by_role("button", name="Save").click()
    expect(asked).to_be_hidden()

    page.reload()
    more(turns.reply(0), "Rate with a note…")
    expect(asked.get_by_label("Poor")).to_be_checked()
    expect(asked.get_by_label("Why")).to_have_value("It guesses.")
    asked.get_by_role("button", name="Remove rating").click()
    expect(asked).to_be_hidden()
    assert not Rating.objects.exists()


def test_one_press_in_the_menu_rates_and_a_second_takes_it_back(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    page, reply = turns.chat.page, turns.reply(0)

    more(reply, "Good reply")
    expect(page.get_by_text("Rated as good.")).to_have_role("status")
    assert [one.is_good for one in Rating.objects.all()] == [True]
    reply.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Good reply", pressed=True)).to_be_visible()
    expect(page.get_by_role("button", name="Poor reply", pressed=False)).to_be_visible()
    assert faults_in(page) == []
    page.keyboard.press("Escape")

    more(reply, "Poor reply")
    expect(page.get_by_text("Rated as poor.")).to_be_attached()
    assert [one.is_good for one in Rating.objects.all()] == [False]

    more(reply, "Poor reply")
    expect(page.get_by_text("The rating is removed.")).to_be_attached()
    assert not Rating.objects.exists()


def test_a_press_in_the_menu_never_loses_a_note(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.")
    page, reply = turns.chat.page, turns.reply(0)
    asked = dialog(page, "Rate this reply")
    more(reply, "Rate with a note…")
    asked.get_by_label("Good").check()
    asked.get_by_label("Why").fill("It guesses.")
    asked.get_by_role("button", name="Save").click()
    expect(asked).to_be_hidden()

    more(reply, "Poor reply")
    expect(page.get_by_text("Rated as poor.")).to_be_attached()
    more(reply, "Poor reply")

    expect(asked.get_by_label("Why")).to_have_value("It guesses.")
    assert [(one.is_good, one.note) for one in Rating.objects.all()] == [(False, "It guesses.")]


@pytest.mark.parametrize("where", ["Poor", "Why"])
def test_enter_in_the_rating_keeps_it(visit: Visit, script: Script, alice: User, where: str) -> None:
    turns = talked(visit, script, alice, "First.")
    asked = dialog(turns.chat.page, "Rate this reply")
    for note in ("It guesses.", "It guesses again."):
        more(turns.reply(0), "Rate with a note…")
        asked.get_by_label("Poor").check()
        asked.get_by_label("Why").fill(note)

        asked.get_by_label(where).press("Enter")

        expect(asked).to_be_hidden()
        assert [(one.is_good, one.note) for one in Rating.objects.all()] == [(False, note)]


def test_answers_that_come_late_are_not_taken_for_another_turn(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    page = turns.chat.page
    wait_for_ever(page)
    late: list[Route] = []
    page.route(re.compile("/(details|rating)/"), lambda route: late.append(route), times=1)
    more(turns.reply(0), "Details")
    expect(dialog(page, "Details")).to_be_visible()
    page.keyboard.press("Escape")

    more(turns.reply(1), "Details")
    expect(dialog(page, "Details")).to_contain_text("Provider")
    late.pop().fulfill(json={"groups": [{"title": "Of the first", "lines": []}]})
    drawn(page)
    expect(dialog(page, "Details")).not_to_contain_text("Of the first")
    page.keyboard.press("Escape")

    page.route(re.compile("/(details|rating)/"), lambda route: late.append(route), times=1)
    asked = dialog(page, "Rate this reply")
    more(turns.reply(0), "Rate with a note…")
    asked.get_by_label("Good").check()
    asked.get_by_role("button", name="Save").click()
    asked.get_by_role("button", name="Cancel").click()
    more(turns.reply(1), "Rate with a note…")
    asked.get_by_label("Why").fill("Half a note")
    late.pop().continue_()
    expect(turns.reply(0)).to_have_attribute("data-rating", "up")

    expect(asked).to_be_visible()
    expect(asked.get_by_label("Why")).to_have_value("Half a note")
    expect(turns.reply(1)).to_have_attribute("data-rating", "")


def test_deleting_says_what_goes_and_takes_it_away_in_every_tab(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    other = Turns(turns.chat.again())
    expect(other.all).to_have_count(4)

    more(turns.said(1), "Delete…")
    question = dialog(turns.chat.page, "Delete this and what follows?")
    expect(question).to_contain_text("What they cost stays in your usage.")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    assert faults_in(turns.chat.page) == []
    question.get_by_role("button", name="Delete", exact=True).click()

    for one in (turns, other):
        expect(one.all).to_have_count(2)
    script.play({"text": "Third."})
    turns.chat.ask("Instead")
    expect(turns.chat.answer).to_have_text("Third.")
    turns.chat.until_done()


def test_of_two_versions_the_other_comes_back(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.")
    script.play({"text": "Second."})
    turns.edit_and_read(0, "Question 1b", "Second.")

    more(turns.said(0), "Delete…")
    dialog(turns.chat.page, "Delete").get_by_role("button", name="Delete", exact=True).click()

    expect(turns.chat.answer).to_have_text("First.")
    assert turns.texts() == ["Question 1", "First."]
    expect(step(turns.said(0), "previous")).to_be_hidden()


def test_a_deleted_reply_comes_back_by_undo_where_it_stood(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    page = turns.chat.page

    deleted(turns.reply(1))

    expect(turns.all).to_have_count(3)
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    expect(undo).to_be_in_viewport()
    expect(turns.said(1)).to_contain_text("There is no reply to this.")
    assert faults_in(page) == []
    page.keyboard.press("Enter")

    expect(turns.chat.answer).to_have_text("Second.")
    assert turns.texts() == ["Question 1", "First.", "Question 2", "Second."]
    expect(undo).to_be_hidden()
    expect(turns.said(1)).not_to_contain_text("no reply", use_inner_text=True)
    expect(turns.reply(1).get_by_role("button", name="More")).to_be_focused()
    page.reload()
    expect(turns.chat.answer).to_have_text("Second.")


def test_what_was_deleted_comes_back_with_what_followed_it_and_stands_where_undo_stood(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, LONG, "Second.", "Third.")
    page = turns.chat.page
    deleted(turns.said(1))
    expect(turns.all).to_have_count(2)
    drawn(page)
    before = top_of(page.locator(".transcript__undo"))

    page.get_by_role("button", name="Undo").click()

    expect(turns.all).to_have_count(6)
    drawn(page)
    assert top_of(turns.said(1)) == pytest.approx(before, abs=2)


def test_a_message_without_a_reply_is_asked_again(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    page = turns.chat.page
    deleted(turns.reply(1))
    script.play({"text": "Another "}, {"wait": "more"}, {"text": "answer."})

    turns.said(1).get_by_role("button", name="Retry").click()

    expect(turns.chat.answer).to_have_text("Another")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    expect(turns.said(1).get_by_role("button", name="Retry")).to_be_hidden()
    script.release("more")
    expect(turns.chat.answer).to_have_text("Another answer.")
    turns.chat.until_done()
    assert turns.texts() == ["Question 1", "First.", "Question 2", "Another answer."]


def test_after_a_reload_it_is_asked_again_with_another_effort(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    deleted(turns.reply(0))
    expect(turns.all).to_have_count(1)
    turns.chat.page.reload()
    expect(turns.said(0).get_by_role("button", name="Retry", exact=True)).to_be_visible()
    script.play({"text": "Unthinkingly."})

    more(turns.said(0), "Retry with…")
    asked = dialog(turns.chat.page, "Retry with")
    asked.get_by_label("How much it thinks").select_option("off")
    asked.get_by_role("button", name="Retry").click()

    expect(turns.chat.answer).to_have_text("Unthinkingly.")
    turns.chat.until_done()
    assert Generation.objects.latest("queued_at").effort == "off"


def test_another_tab_shows_the_answer_once_it_was_asked_for(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    deleted(turns.reply(0))
    expect(turns.all).to_have_count(1)
    late = Turns(turns.chat.again())
    expect(late.said(0).get_by_role("button", name="Retry", exact=True)).to_be_visible()
    script.play({"text": "Second."})
    turns.said(0).get_by_role("button", name="Retry", exact=True).click()
    expect(turns.chat.answer).to_have_text("Second.")

    for one in (turns, late):
        expect(one.chat.answer).to_have_text("Second.")
        expect(one.said(0).get_by_role("button", name="Retry", exact=True)).to_be_hidden()


def test_what_was_made_of_a_message_outlives_it_when_another_tab_deletes_it(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.", "Second.")
    late = Turns(turns.chat.again())
    late.said(1).hover()
    late.said(1).get_by_role("button", name="Edit").click()
    late.editor.fill("Not to be lost")

    watch.expect("404")
    deleted(turns.said(1))

    expect(late.editor).to_have_count(0)
    expect(late.chat.box).to_have_value("Not to be lost")
    expect(late.chat.page.get_by_text("The message that you were editing was deleted.")).to_be_visible()
    late.chat.page.reload()
    expect(late.chat.box).to_have_value("Not to be lost")


def deleted(turn: Locator) -> None:
    more(turn, "Delete…")
    dialog(turn.page, "Delete").get_by_role("button", name="Delete", exact=True).click()


def test_while_a_reply_is_written_only_what_harms_nothing_is_offered(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    script.play({"text": "Going "}, {"wait": "more"}, {"text": "on."})
    turns.chat.ask("Question 2")
    expect(turns.chat.answer).to_have_text("Going")

    turns.reply(0).hover()
    turns.reply(0).get_by_role("button", name="More").click()

    menu = turns.chat.page.locator("#turn-menu")
    expect(menu.get_by_role("button")).to_have_text(
        [
            "Copy link opens for you alone",
            "Fork from here",
            "Details",
            "Good reply",
            "Poor reply",
            "Rate with a note…",
        ]
    )
    expect(menu).to_contain_text("A reply is being written")
    turns.chat.page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(turns.chat.stop).to_be_visible()  # Escape closed the menu and stopped nothing
    script.release("more")
    turns.chat.until_done()


def test_the_menu_works_by_key_and_gives_the_focus_back(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.")
    page, button = turns.chat.page, turns.reply(0).get_by_role("button", name="More")

    press(button)
    expect(page.get_by_role("button", name="Retry with…")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Copy link")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Delete…")).to_be_focused()
    page.keyboard.press("Escape")

    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(dialog(page, "Delete")).to_be_visible()
    page.keyboard.press("Enter")  # Cancel
    expect(turns.all).to_have_count(2)


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_the_menu_stays_on_the_page(
    visit: Visit, script: Script, alice: User, options: dict[str, Any]
) -> None:
    turns = talked(visit, script, alice, "First.", **options)
    page = turns.chat.page

    for turn in (turns.said(0), turns.reply(0)):
        turn.get_by_role("button", name="More").click()
        box = page.locator("#turn-menu").bounding_box()
        assert box is not None
        size = page.viewport_size
        assert size is not None
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
        assert faults_in(page) == []
        page.keyboard.press("Escape")
