"""A tab that missed what was said elsewhere: nothing is overwritten, and the person decides."""

import pytest
from playwright.sync_api import Locator, WebSocketRoute, expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.test_accessible import faults_in
from tests.browser.test_keyboard import press
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

QUESTION = "This conversation went on elsewhere. Answer the latest message, or branch from here?"


def deaf(socket: WebSocketRoute) -> None:
    """A socket that is made and never says a word."""


def parted(visit: Visit, alice: User) -> tuple[Chat, Chat]:
    """A tab in which the conversation went on, and one that knows nothing of it, with a text to send."""
    here = Chat(visit("/", alice))
    here.ask("One?")
    here.until_done()
    page = here.page.context.new_page()
    page.route_web_socket("**/socket/", deaf)
    page.goto(here.page.url)
    behind = Chat(page)
    here.ask("Two, here?")
    here.until_done()
    behind.box.fill("Two, there?")
    return here, behind


def choice(chat: Chat) -> Locator:
    return chat.page.get_by_role("group", name=QUESTION)


def test_answering_the_latest_puts_the_text_behind_what_was_missed(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 409")
    script.play({"text": "So."})
    here, behind = parted(visit, alice)

    behind.box.press("Enter")

    expect(choice(behind)).to_be_visible()
    expect(behind.said).to_have_text(["One?", "Two, here?"])
    expect(behind.box).to_have_value("Two, there?")
    assert faults_in(behind.page) == []
    choice(behind).get_by_role("button", name="Answer the latest").click()
    expect(behind.said).to_have_text(["One?", "Two, here?", "Two, there?"])
    expect(choice(behind)).to_be_hidden()
    expect(behind.box).to_have_value("")
    expect(here.said).to_have_text(["One?", "Two, here?", "Two, there?"])
    here.until_done()
    assert Message.objects.filter(role="user").count() == 3


def test_branching_puts_it_behind_what_was_read_and_leaves_the_rest_as_a_version(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 409")
    script.play({"text": "So."})
    here, behind = parted(visit, alice)

    behind.box.press("Enter")
    choice(behind).get_by_role("button", name="Branch from here").click()

    expect(behind.said).to_have_text(["One?", "Two, there?"])
    expect(choice(behind)).to_be_hidden()
    expect(here.said).to_have_text(["One?", "Two, there?"])
    here.until_done()
    branch, other = Message.objects.filter(role="user", text__startswith="Two").order_by("-created_at")
    assert branch.parent_id == other.parent_id
    behind.page.reload()
    expect(behind.said).to_have_text(["One?", "Two, there?"])


def test_the_choice_stands_until_it_is_made_or_the_box_is_empty(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 409")
    script.play({"text": "So."})
    _, behind = parted(visit, alice)
    behind.box.press("Enter")
    expect(choice(behind)).to_be_visible()

    behind.page.keyboard.press("Escape")
    behind.box.press_sequentially(" And more.")
    expect(choice(behind)).to_be_visible()
    behind.box.press("Enter")
    expect(choice(behind).get_by_role("button", name="Answer the latest")).to_be_focused()
    expect(behind.said).to_have_count(2)
    behind.box.fill("")
    expect(choice(behind)).to_be_hidden()

    behind.box.fill("Two, there?")
    behind.box.press("Enter")
    expect(behind.said).to_have_text(["One?", "Two, here?", "Two, there?"])
    behind.until_done()


def test_it_is_decided_by_keyboard_alone(visit: Visit, script: Script, watch: Watch, alice: User) -> None:
    watch.expect("status of 409")
    script.play({"text": "So."})
    _, behind = parted(visit, alice)
    behind.box.press("Enter")
    expect(choice(behind)).to_be_visible()

    press(choice(behind).get_by_role("button", name="Branch from here"))

    expect(behind.said).to_have_text(["One?", "Two, there?"])
    expect(behind.box).to_be_focused()
    behind.until_done()
