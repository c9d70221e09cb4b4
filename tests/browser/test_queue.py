"""Messages that wait while a reply is written: in order, taken back, held up by a stop, sent at once, kept."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat, follow, lose_answer
from tests.browser.conftest import Visit
from tests.browser.test_accessible import BEYOND_THE_EDGE, ON_A_PHONE, faults_in
from tests.browser.test_keyboard import press, tab_to
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

FIRST: list[dict[str, Any]] = [{"text": "First, "}, {"wait": "first"}, {"text": "done."}]
ANSWERED: dict[str, Any] = {"text": "Answered."}
WAITING = ["And two?", "And three?", "And four?"]


class Queue:
    """What waits, above the composer of a page."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.block = chat.page.get_by_role("region", name="Waiting messages")
        self.texts = self.block.locator(".queue__text")
        self.resume = self.block.get_by_role("button", name="Resume")
        self.editing = chat.page.get_by_role("group", name="You are editing a message that waits.")
        self.leave = self.editing.get_by_role("button", name="Cancel")

    def row(self, text: str) -> Locator:
        return self.block.get_by_role("listitem").filter(has_text=text)

    def press(self, name: str, text: str) -> None:
        """A button in the row of this text."""
        self.row(text).get_by_role("button", name=name).click()

    def add(self, *texts: str) -> None:
        """Send these while a reply is written."""
        before = self.texts.count()
        for number, text in enumerate(texts, before + 1):
            self.chat.box.fill(text)
            self.chat.box.press("Enter")
            expect(self.texts).to_have_count(number)
            expect(self.chat.box).to_have_value("")


def begun(chat: Chat) -> Queue:
    """A conversation whose first reply is being written."""
    chat.ask("One?")
    expect(chat.answer).to_have_text("First,")
    return Queue(chat)


@pytest.fixture
def queue(visit: Visit, script: Script, alice: User) -> Queue:
    """What waits for a first reply that has begun, and is answered once a test lets that end."""
    script.play(ANSWERED, queue=[FIRST])
    return begun(Chat(visit("/", alice)))


def said_in_order() -> list[str]:
    return list(Message.objects.filter(role="user").order_by("created_at").values_list("text", flat=True))


def test_three_messages_wait_and_are_answered_one_by_one_in_their_order(queue: Queue, script: Script) -> None:
    chat = queue.chat

    queue.add(*WAITING)

    expect(queue.texts).to_have_text(WAITING)
    expect(chat.said).to_have_count(1)
    script.release("first")
    expect(chat.said).to_have_text(["One?", *WAITING])
    expect(chat.replies).to_have_count(4)
    expect(chat.answer).to_have_text("Answered.")
    expect(queue.block).to_be_hidden()
    chat.until_done()
    assert said_in_order() == ["One?", *WAITING]


def test_while_a_reply_is_written_stop_and_send_stand_side_by_side_once_there_is_text(
    queue: Queue, script: Script
) -> None:
    chat = queue.chat
    expect(chat.stop).to_be_visible()
    expect(chat.send).to_be_hidden()

    chat.box.fill(WAITING[0])

    expect(chat.stop).to_be_visible()
    expect(chat.send).to_be_visible()
    expect(chat.page.get_by_text("Goes next")).to_be_visible()
    chat.send.click()
    expect(queue.texts).to_have_text(WAITING[:1])
    expect(chat.send).to_be_hidden()
    expect(chat.box).to_be_focused()
    script.release("first")
    chat.until_done()


def test_what_waits_survives_a_reload_and_shows_in_another_tab_as_it_changes(
    queue: Queue, script: Script
) -> None:
    chat = queue.chat
    queue.add(*WAITING[:2])

    chat.page.reload()
    there = Queue(chat.again())

    expect(queue.texts).to_have_text(WAITING[:2])
    expect(there.texts).to_have_text(WAITING[:2])
    there.press("Delete", WAITING[0])
    expect(there.texts).to_have_text(WAITING[1:2])
    expect(queue.texts).to_have_text(WAITING[1:2])
    queue.add(WAITING[2])
    expect(there.texts).to_have_text(WAITING[1:])
    script.release("first")
    expect(there.chat.said).to_have_text(["One?", *WAITING[1:]])
    chat.until_done()
    there.chat.until_done()
    assert said_in_order() == ["One?", *WAITING[1:]]


def test_a_message_edited_in_a_paused_queue_keeps_its_place_and_waits(queue: Queue) -> None:
    chat = queue.chat
    queue.add(*WAITING[:2])
    chat.stop.click()
    expect(queue.resume).to_be_visible()
    chat.box.fill("Typed since")

    queue.press("Edit", WAITING[1])

    expect(chat.box).to_have_value(WAITING[1])
    expect(chat.box).to_be_focused()
    expect(queue.editing).to_be_visible()
    expect(queue.row(WAITING[1])).to_contain_text("Being edited")
    chat.box.fill("And three, rather?")
    chat.box.press("Enter")
    expect(queue.texts).to_have_text([WAITING[0], "And three, rather?"])
    expect(queue.editing).to_be_hidden()
    expect(queue.block.get_by_text("Being edited").locator("visible=true")).to_have_count(0)
    expect(chat.box).to_have_value("Typed since")
    expect(queue.resume).to_be_visible()
    assert said_in_order() == ["One?"]
    chat.box.fill("")
    queue.resume.click()
    expect(chat.said).to_have_text(["One?", WAITING[0], "And three, rather?"])
    chat.until_done()


def test_escape_leaves_an_edit_and_all_is_as_it_was(queue: Queue, script: Script) -> None:
    chat = queue.chat
    queue.add("A long\nthought", WAITING[1])
    chat.box.fill("Typed since")

    queue.press("Edit", "A long")
    expect(chat.box).to_have_value("A long\nthought")
    chat.box.fill("Nothing of this")
    chat.box.press("Escape")

    expect(chat.box).to_have_value("Typed since")
    expect(queue.editing).to_be_hidden()
    expect(queue.texts).to_have_text(["A long\nthought", WAITING[1]])
    expect(chat.stop).to_be_visible()
    queue.press("Edit", "A long")
    expect(chat.box).to_have_value("A long\nthought")
    queue.leave.click()
    expect(chat.box).to_have_value("Typed since")
    script.release("first")
    expect(chat.said).to_have_text(["One?", "A long\nthought", WAITING[1]])
    chat.until_done()


def test_an_edit_outlives_its_page_and_any_tab_takes_it_up(queue: Queue, script: Script) -> None:
    chat = queue.chat
    queue.add(*WAITING[:2])
    queue.press("Edit", WAITING[0])
    expect(queue.editing).to_be_visible()
    chat.box.fill("And two, rather?")

    chat.page.reload()

    expect(chat.box).to_have_value("")
    expect(queue.row(WAITING[0])).to_contain_text("Being edited")
    script.release("first")
    expect(chat.said).to_have_text(["One?", WAITING[1]])
    chat.until_done()
    expect(queue.texts).to_have_text(WAITING[:1])
    queue.press("Edit", WAITING[0])
    expect(chat.box).to_have_value("And two, rather?")
    chat.box.press("Enter")
    expect(chat.said).to_have_text(["One?", WAITING[1], "And two, rather?"])
    expect(queue.block).to_be_hidden()
    expect(chat.box).to_have_value("")
    chat.until_done()


def test_what_was_made_of_a_message_that_another_tab_deleted_is_kept_in_the_box(
    queue: Queue, script: Script, watch: Watch
) -> None:
    watch.expect("404")
    chat = queue.chat
    queue.add(WAITING[0])
    queue.press("Edit", WAITING[0])
    expect(queue.editing).to_be_visible()
    there = Queue(chat.again())

    there.press("Delete", WAITING[0])
    expect(queue.texts).to_have_count(0)
    chat.box.fill("And two, rather?")
    chat.box.press("Enter")

    expect(queue.block).to_contain_text("This message does not wait any more.")
    expect(queue.editing).to_be_hidden()
    expect(chat.box).to_have_value("And two, rather?")
    script.release("first")
    chat.until_done()
    there.chat.until_done()
    assert said_in_order() == ["One?"]


def test_an_edit_whose_answer_was_lost_is_saved_once(queue: Queue, script: Script, watch: Watch) -> None:
    watch.expect("net::ERR_FAILED")
    chat = queue.chat
    queue.add(*WAITING[:2])
    queue.press("Edit", WAITING[0])
    expect(queue.editing).to_be_visible()

    chat.page.route("**/queue/*/save/", lose_answer, times=1)
    chat.box.fill("And two, rather?")
    chat.box.press("Enter")

    expect(queue.texts).to_have_text(["And two, rather?", WAITING[1]])
    expect(chat.box).to_have_value("And two, rather?")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("")
    expect(queue.editing).to_be_hidden()
    script.release("first")
    expect(chat.said).to_have_text(["One?", "And two, rather?", WAITING[1]])
    chat.until_done()


def test_without_a_network_the_line_of_the_connection_alone_says_so(
    queue: Queue, script: Script, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    chat = queue.chat
    queue.add(WAITING[0])
    chat.page.context.set_offline(True)
    chat.page.wait_for_function("() => !navigator.onLine")

    queue.press("Delete", WAITING[0])

    expect(chat.page.locator("parley-connection")).to_contain_text("You are offline.")
    expect(queue.block.get_by_text("You are offline.")).to_have_count(0)
    expect(queue.texts).to_have_text(WAITING[:1])
    chat.page.context.set_offline(False)
    script.release("first")
    expect(chat.said).to_have_text(["One?", WAITING[0]])
    chat.until_done()


def test_a_stop_holds_up_what_waits_until_it_is_resumed(queue: Queue) -> None:
    chat = queue.chat
    queue.add(*WAITING[:2])

    chat.stop.click()

    expect(queue.resume).to_be_visible()
    expect(queue.block.get_by_role("status")).not_to_be_empty()
    expect(queue.texts).to_have_text(WAITING[:2])
    expect(chat.said).to_have_count(1)
    chat.page.reload()
    queue.resume.click()
    expect(chat.said).to_have_text(["One?", *WAITING[:2]])
    expect(queue.block).to_be_hidden()
    chat.until_done()
    assert said_in_order() == ["One?", *WAITING[:2]]


def test_acts_in_quick_succession_are_all_done(queue: Queue, script: Script) -> None:
    chat = queue.chat
    queue.add(*WAITING)

    queue.block.evaluate(
        """block => [["delete", 0], ["delete", 0], ["edit", 1], ["delete", 2]].forEach(
             ([act, place]) => block.querySelectorAll(`[data-act=${act}]`)[place].click())"""
    )

    expect(queue.texts).to_have_text(WAITING[1:2])
    expect(chat.box).to_have_value(WAITING[1])
    chat.box.press("Escape")
    expect(queue.editing).to_be_hidden()
    script.release("first")
    expect(chat.said).to_have_text(["One?", WAITING[1]])
    chat.until_done()


def test_one_sent_now_goes_before_the_others_and_ends_the_reply_being_written(queue: Queue) -> None:
    chat = queue.chat
    queue.add(*WAITING)

    queue.press("Send now", WAITING[1])

    expect(chat.said.nth(1)).to_have_text(WAITING[1])
    expect(chat.replies.first.locator(".reply__text")).to_have_text("First,")
    expect(chat.replies.nth(1).locator(".reply__text")).to_have_text("Answered.")
    expect(chat.box).to_be_focused()
    expect(chat.said).to_have_text(["One?", WAITING[1], WAITING[0], WAITING[2]])
    chat.until_done()


def test_a_queue_is_worked_by_keyboard_alone(queue: Queue, script: Script) -> None:
    chat = queue.chat
    queue.add(*WAITING[:2])

    press(queue.row(WAITING[0]).get_by_role("button", name="Delete"))

    expect(queue.texts).to_have_text(WAITING[1:2])
    expect(chat.box).to_be_focused()
    tab_to(queue.row(WAITING[1]).get_by_role("button", name="Edit"))
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value(WAITING[1])
    script.release("first")
    chat.until_done()


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_it_is_clear_to_everybody_and_fits(
    visit: Visit, script: Script, alice: User, options: dict[str, Any]
) -> None:
    script.play(ANSWERED, queue=[FIRST])
    chat = Chat(visit("/", alice, **options))
    queue = begun(chat)
    for text in (*WAITING[:2], f"{'A long line of words, ' * 12}\n\n{'long' * 80}"):
        before = queue.texts.count()
        chat.box.fill(text)
        chat.send.click()
        expect(queue.texts).to_have_count(before + 1)
    chat.box.fill("Meanwhile")

    assert faults_in(chat.page) == []
    width = chat.page.viewport_size["width"] if chat.page.viewport_size else 0
    assert chat.page.evaluate(BEYOND_THE_EDGE, width) == []
    chat.stop.click()
    expect(queue.resume).to_be_visible()
    assert faults_in(chat.page) == []
    assert chat.page.evaluate(BEYOND_THE_EDGE, width) == []
    for text in (*WAITING[:2], "A long line"):
        queue.press("Delete", text)
        # What goes moves the others: a click that began before that would end beside its button.
        expect(queue.row(text)).to_have_count(0)
    expect(queue.block).to_be_hidden()


def test_without_scripts_what_waits_can_be_sent_taken_back_and_resumed(
    queue: Queue, visit: Visit, alice: User
) -> None:
    chat = queue.chat
    plain = Queue(Chat(visit(chat.page.url, alice, java_script_enabled=False)))

    for count, text in enumerate(WAITING[:2], 1):
        plain.chat.box.fill(text)
        follow(plain.chat.send)
        expect(plain.texts).to_have_text(WAITING[:count])
    plain.press("Delete", WAITING[0])
    expect(plain.texts).to_have_text(WAITING[1:2])
    expect(queue.texts).to_have_text(WAITING[1:2])
    chat.stop.click()
    expect(queue.resume).to_be_visible()
    plain.chat.page.reload()
    plain.resume.click()

    expect(chat.said).to_have_text(["One?", WAITING[1]])
    chat.until_done()
