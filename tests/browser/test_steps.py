"""Steps in the thinking: what the model had worked out, while it is written, after a reload and for others."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from conversations.models import Conversation, Model
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Script
from tests.house.tools import calling

pytestmark = pytest.mark.browser

LINE = "Calculated 12.5 × 3 = 37.5"


def settings_of(page: Page) -> Locator:
    """The dialog of a conversation's settings."""
    page.get_by_role("button", name="Which model answers").or_(page.locator("summary.chip")).first.click()
    page.get_by_role("button", name="Conversation settings…").last.click()
    dialog = page.get_by_role("dialog", name="Conversation settings")
    expect(dialog).to_be_visible()
    return dialog


def calculating(page: Page) -> Chat:
    """A page whose next conversation may calculate."""
    dialog = settings_of(page)
    dialog.get_by_label("May calculate").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    return Chat(page)


def line(chat: Chat) -> Locator:
    return chat.reply.locator(".reasoning__line")


def steps(chat: Chat) -> Locator:
    return chat.reply.locator(".step__line")


def test_a_step_is_seen_as_it_happens_and_stands_between_the_thoughts_afterwards(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    script.play(
        queue=[
            calling({"reasoning": "This is a sum. 𝟙𝟚"}, {"text": "Let me see."}),
            [{"reasoning": "So that is it."}, {"wait": "answer"}, {"text": "It is 37.5."}],
        ]
    )
    chat = calculating(visit("/", alice))
    chat.ask("What is 12.5 times 3?")
    expect(chat.reply.locator(".reasoning__text").last).to_have_text("So that is it.")
    expect(steps(chat)).to_have_text(LINE)
    script.release("answer")
    chat.until_done()

    expect(chat.answer.locator("p")).to_have_text(["Let me see.", "It is 37.5."])
    expect(line(chat)).to_contain_text("· 1 step")
    chat.page.reload()
    chat.unfold()
    thoughts = chat.reply.locator(".reasoning__thoughts")
    expect(thoughts.locator(".reasoning__text")).to_have_text(["This is a sum. 𝟙𝟚", "So that is it."])
    order = thoughts.evaluate("e => e.innerText.replaceAll(/\\s+/g, ' ').trim()")
    assert order == f"This is a sum. 𝟙𝟚 {LINE} So that is it."
    steps(chat).click()
    details = chat.reply.locator(".step__detail dd")
    expect(details).to_have_text(['{"expression":"12.5 * 3"}', "37.5"])

    address = chat.share(thinking=True)
    shared = Chat(visit(address, bob))
    line(shared).click()
    expect(steps(shared)).to_have_text(LINE)
    expect(shared.reply.locator(".reasoning__text")).to_have_text(["This is a sum. 𝟙𝟚", "So that is it."])


def test_without_thinking_the_step_is_what_the_block_says(visit: Visit, script: Script, alice: User) -> None:
    script.play(queue=[calling(), [{"wait": "answer"}, {"text": "It is 37.5."}]])
    chat = calculating(visit("/", alice))
    chat.ask("What is 12.5 times 3?")
    expect(line(chat)).to_have_text(LINE)

    script.release("answer")
    chat.until_done()

    expect(line(chat)).to_have_text(LINE)


def test_what_did_not_work_says_so(visit: Visit, script: Script, alice: User) -> None:
    script.play(queue=[calling(arguments={"expression": "1/0"}), [{"text": "That has no answer."}]])
    chat = calculating(visit("/", alice))
    chat.ask("What is 1 over 0?")
    chat.until_done()
    chat.unfold()

    expect(steps(chat)).to_have_text("Could not calculate 1 ÷ 0")
    steps(chat).click()
    expect(chat.reply.locator(".step__detail dd").last).to_have_text("Division by zero has no result.")


def test_a_model_that_takes_no_tools_greys_the_switch_and_says_why(
    visit: Visit, script: Script, alice: User
) -> None:
    Model.objects.update(takes_tools=False)
    dialog = settings_of(visit("/", alice))

    expect(dialog.get_by_label("May calculate")).to_be_disabled()
    expect(dialog.get_by_text("The model that answers next cannot use tools.")).to_be_visible()
    Model.objects.update(takes_tools=True)
    assert not Conversation.objects.exists()
