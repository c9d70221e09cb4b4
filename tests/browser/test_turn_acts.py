"""Edit, Retry and Continue at work: cut-off replies go on, edits keep their text; by key, without scripts, for all."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from conversations.models import Conversation, Generation
from tests.browser.chat import Chat, copy_by, paste
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.test_keyboard import press, tab_to
from tests.browser.turns import more, step, talked
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


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


def test_what_is_asked_for_while_an_act_is_under_way_is_seen_not_to_be_taken(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "One.", "Two.")
    page = turns.chat.page
    held: list[Route] = []
    page.route("**/retry/", lambda route: held.append(route))
    with page.expect_request("**/retry/"):
        turns.reply(1).get_by_role("button", name="Retry").click()

    other = turns.reply(0).get_by_role("button", name="Retry")
    expect(other).to_have_attribute("aria-disabled", "true")
    other.click(force=True)
    expect(page.get_by_role("status").filter(has_text="still under way")).to_have_count(1)
    turns.reply(0).get_by_role("button", name="More").click()
    expect(page.get_by_text("the rest can be done after it")).to_be_visible()
    expect(page.get_by_role("button", name="Delete…")).to_be_hidden()
    page.keyboard.press("Escape")
    script.play({"text": "Two again."})
    held.pop().continue_()

    expect(turns.chat.answer).to_have_text("Two again.")
    turns.chat.until_done()
    expect(other).not_to_have_attribute("aria-disabled", "true")


def test_an_edit_that_is_refused_or_left_keeps_its_text(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("Failed to load resource", "ERR_INTERNET_DISCONNECTED")
    turns = talked(visit, script, alice, "One.")
    page = turns.chat.page
    page.context.set_offline(True)

    turns.edit(0, "Another beginning")

    expect(page.get_by_text("You are offline. Your text is kept and nothing was sent.")).to_be_visible()
    expect(page.locator("parley-edit").get_by_role("alert")).to_be_hidden()
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
    expect(page.locator("[data-part=status]").first).to_have_text("Version 1 of 2")
    tab_to(step(turns.said(0), "next"))
    page.keyboard.press("Space")
    expect(turns.chat.answer).to_have_text("Again.")
    expect(step(turns.said(0), "next")).to_be_focused()


def test_retry_thinks_as_hard_as_was_chosen_beside_the_box(visit: Visit, script: Script, alice: User) -> None:
    turns = talked(visit, script, alice, "First.")
    chat = turns.chat
    effort = chat.page.locator("parley-composer [data-part=effort]")
    effort.select_option("max")
    script.play({"text": "Second."})

    chat.retry.click()

    expect(chat.answer).to_have_text("Second.")
    chat.until_done()
    assert Generation.objects.latest("queued_at").effort == "max"
    assert Conversation.objects.get().effort == "high", "it was for this reply"
    expect(effort).to_have_value("max")
    effort.select_option("high")
    script.play({"text": "Third."})
    chat.retry.click()
    expect(chat.answer).to_have_text("Third.")
    chat.until_done()
    assert Generation.objects.latest("queued_at").effort == "high", "it was chosen back"


def test_retry_repeats_a_reply_that_was_asked_for_otherwise_once(
    visit: Visit, script: Script, alice: User
) -> None:
    turns = talked(visit, script, alice, "First.")
    chat = turns.chat
    chat.page.locator("parley-composer [data-part=effort]").select_option("max")
    more(turns.reply(0), "Retry with…")
    asked = chat.page.get_by_role("dialog", name="Retry with")
    asked.get_by_label("How much it thinks").select_option("off")
    for number, retry in enumerate((asked.get_by_role("button", name="Retry"), chat.retry), 2):
        script.play({"text": f"Number {number}."})
        retry.click()
        expect(chat.answer).to_have_text(f"Number {number}.")
        chat.until_done()
        assert Generation.objects.latest("queued_at").effort == "off"


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


def test_the_receipt_of_the_last_reply_opens_above_the_composer(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "One line.\n\n" * 30})
    chat = Chat(visit("/", alice))
    chat.ask("A long answer, please")
    chat.until_done()

    chat.tally.click()

    composer = chat.page.locator("parley-composer").bounding_box()
    assert composer is not None
    expect(chat.reply.get_by_role("table")).to_be_visible()
    chat.page.wait_for_function(
        "edge => document.querySelector('.receipt').getBoundingClientRect().bottom <= edge", arg=composer["y"]
    )


def test_what_was_said_is_copied_as_it_was_typed_and_all_of_it(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    chat = Chat(page)
    whole = "All of it, to the *last* word.\n" * 8_000 + "The end."
    chat.ask("- one\n- **two**")
    chat.until_done()
    paste(chat.box, whole)
    chat.send.click()
    expect(page.get_by_role("link", name="as they were sent")).to_be_visible()
    chat.until_done()

    for number, text in enumerate(("- one\n- **two**", whole)):
        said = page.locator(".turn--said").nth(number)
        said.hover()
        copy_by(said.get_by_role("button", name="Copy"))

        assert page.evaluate("navigator.clipboard.readText()") == text
    expect(page.locator("[data-part=status]").first).to_have_text("Copied")


def test_a_copy_that_the_browser_refuses_is_said_to_be_none(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    chat.page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no')); }"
    )

    copy_by(chat.reply.get_by_role("button", name="Copy", exact=True), "Not copied")
