"""What is typed is never lost, never sent twice, and never sent as somebody else."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, Route, expect

from accounts.models import LedgerEntry, User
from conversations.models import Message, Model
from tests.browser.chat import Chat, follow, lose_answer
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.watch import Watch
from tests.conftest import PASSWORD
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

THOUGHT = "A long thought of mine"
SENDS = re.compile(r"/conversations/([0-9a-f-]+/messages/)?$")


class Dialog:
    """The dialog for signing in, over a page of somebody who was signed out."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("dialog", name="You are signed out")
        self.fault = self.box.get_by_role("alert")

    def sign_in(self, user: User, password: str = PASSWORD) -> None:
        self.box.get_by_label("E-mail address").fill(user.email)
        self.box.get_by_label("Password", exact=True).fill(password)
        self.box.get_by_role("button", name="Sign in").click()


def answered(page: Page, text: str = "What is it?") -> Chat:
    chat = Chat(page)
    chat.ask(text)
    chat.until_done()
    return chat


def said() -> list[str]:
    return list(Message.objects.filter(role="user").order_by("created_at").values_list("text", flat=True))


def test_a_draft_stays_with_its_conversation_through_reloads_and_visits_elsewhere(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    chat.box.fill(THOUGHT)
    effort = chat.page.get_by_label("Thinking", exact=True)
    effort.select_option("max")

    chat.page.reload()
    expect(chat.box).to_have_value(THOUGHT)
    expect(effort).to_have_value("max")
    follow(chat.page.get_by_role("link", name="New conversation"))
    expect(chat.box).to_have_value("")
    chat.box.fill("Another beginning")
    follow(chat.page.get_by_role("link", name="What is it?", exact=True))
    expect(chat.box).to_have_value(THOUGHT)
    expect(effort).to_have_value("max")
    chat.page.go_back()
    expect(chat.box).to_have_value("Another beginning")


def test_back_and_forward_lead_from_a_new_page_to_what_was_begun_on_it_and_back(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    page, greeting = chat.page, chat.page.get_by_text("What do you want to know, Alice?")
    chat.ask("Is it so?")
    chat.until_done()

    for _ in ("from the page on which it was begun", "from one that was loaded since"):
        page.go_back()
        expect(greeting).to_be_visible()
        page.go_forward()
        expect(chat.answer).to_have_text("So.")
        expect(page).to_have_url(re.compile("/c/"))

    page.goto("/usage/")
    page.go_back()
    expect(chat.answer).to_have_text("So.")
    page.go_back()
    expect(greeting).to_be_visible()


def test_a_phone_too_shows_how_full_the_context_is(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."}, {"usage": {"prompt_tokens": 5886, "completion_tokens": 7}})
    chat = answered(visit("/", alice, **ON_A_PHONE))
    gauge, box = chat.page.get_by_text("5.9k of 1M read"), chat.page.locator(".composer__box")
    chat.box.blur()

    expect(gauge).to_be_in_viewport(ratio=1)
    empty = box.bounding_box()
    assert empty
    assert empty["height"] < 60
    chat.box.focus()
    expect(gauge).to_be_in_viewport(ratio=1)
    assert beyond_the_edge(chat.page) == []
    assert faults_in(chat.page) == []


def test_on_a_phone_many_words_about_the_context_leave_the_empty_box_its_place(
    visit: Visit, script: Script, alice: User
) -> None:
    Model.objects.update(is_window_assumed=True)
    script.play({"text": "So."}, {"usage": {"prompt_tokens": 595886, "completion_tokens": 7}})
    chat = answered(visit("/", alice, **ON_A_PHONE))
    words, box = chat.page.get_by_text("596k of 1M (assumed) read"), chat.page.locator(".composer__box")
    chat.box.blur()

    expect(words).not_to_be_in_viewport()
    expect(box.locator(".gauge")).to_be_in_viewport(ratio=1)
    empty = box.bounding_box()
    assert empty
    assert empty["height"] < 60
    chat.box.focus()
    expect(words).to_be_in_viewport(ratio=1)
    assert beyond_the_edge(chat.page) == []


def test_a_draft_is_kept_while_a_reply_is_written(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("Before,")
    chat.box.fill(THOUGHT)

    chat.page.reload()

    expect(chat.box).to_have_value(THOUGHT)
    script.release("more")
    chat.until_done()
    expect(chat.box).to_have_value(THOUGHT)


def test_enter_twice_and_a_double_click_are_one_message(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.fill("What is it?")
    chat.box.evaluate(
        """box => { for (let n = 0; n < 3; n += 1)
             box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true })) }"""
    )
    chat.until_done()

    chat.box.fill("And then?")
    chat.send.dblclick()

    expect(chat.said).to_have_text(["What is it?", "And then?"])
    chat.until_done()
    assert said() == ["What is it?", "And then?"]


def test_a_text_whose_answer_was_lost_stays_and_is_not_sent_twice(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("net::ERR_FAILED")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))

    chat.page.route(SENDS, lose_answer, times=1)
    chat.box.fill(THOUGHT)
    chat.box.press("Enter")
    expect(chat.refusal).to_have_text(re.compile("sending it again is safe"))
    expect(chat.box).to_have_value(THOUGHT)

    chat.page.reload()
    expect(chat.box).to_have_value(THOUGHT)
    chat.box.press("Enter")

    expect(chat.box).to_have_value("")
    expect(chat.said).to_have_text(["What is it?", THOUGHT])
    chat.until_done()
    assert said() == ["What is it?", THOUGHT]


def test_what_was_touched_after_a_lost_answer_is_still_one_message_answered_and_charged_once(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("net::ERR_FAILED")
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))

    chat.page.route(SENDS, lose_answer, times=1)
    chat.box.fill(THOUGHT)
    chat.box.press("Enter")
    expect(chat.refusal).to_have_text(re.compile("sending it again is safe"))
    chat.box.press_sequentially("!?")
    chat.box.press("Backspace")
    chat.box.press("Backspace")
    chat.box.press("Enter")

    expect(chat.said).to_have_text([THOUGHT])
    chat.until_done()
    assert said() == [THOUGHT]
    assert len(script.calls()) == 1
    assert LedgerEntry.objects.filter(kind="charge").count() == 1


def test_a_server_that_does_not_answer_can_be_asked_again_without_sending_twice(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("net::ERR")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    hanging: list[Route] = []

    def hang(route: Route) -> None:
        route.fetch()
        hanging.append(route)

    chat.page.route(SENDS, hang, times=1)
    chat.page.clock.install()
    chat.box.fill(THOUGHT)
    chat.box.press("Enter")
    chat.page.clock.fast_forward(1_500)
    expect(chat.refusal).to_have_text("Sending…")
    chat.page.clock.fast_forward(9_000)
    again = chat.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(chat.box).to_have_value(THOUGHT)
    assert faults_in(chat.page) == []
    chat.page.clock.resume()

    again.click()

    expect(chat.box).to_have_value("")
    expect(again).to_be_hidden()
    expect(chat.said).to_have_text(["What is it?", THOUGHT])
    chat.until_done()
    assert said() == ["What is it?", THOUGHT]
    assert len(hanging) == 1


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_who_was_signed_out_signs_in_over_the_page_and_sends_what_stands_there(
    visit: Visit, script: Script, watch: Watch, alice: User, options: dict[str, Any]
) -> None:
    watch.expect("status of 401", "status of 422")
    script.play({"text": "So."})
    chat = answered(visit("/", alice, **options))
    dialog = Dialog(chat.page)
    chat.box.fill(THOUGHT)
    Session.objects.all().delete()

    # The page may have found out by itself by now, and have put the dialog over its button.
    chat.send.dispatch_event("click")

    expect(dialog.box).to_be_visible()
    expect(dialog.box.get_by_label("Password", exact=True)).to_be_focused()
    assert faults_in(chat.page) == []
    dialog.sign_in(alice, "wrong")
    expect(dialog.fault).to_have_text("This address and this password do not belong together.")
    dialog.sign_in(alice)
    expect(dialog.box).to_be_hidden()
    expect(chat.refusal).to_have_text("You are signed in again. Your text is still here.")
    expect(chat.box).to_have_value(THOUGHT)
    expect(chat.box).to_be_focused()
    chat.send.click()
    expect(chat.said).to_have_text(["What is it?", THOUGHT])
    expect(chat.answer).to_have_text("So.")
    chat.until_done()
    assert said() == ["What is it?", THOUGHT]


def test_a_page_says_by_itself_that_one_is_signed_out_and_the_dialog_can_be_put_off(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 401")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    dialog = Dialog(chat.page)
    chat.box.fill(THOUGHT)

    Session.objects.all().delete()

    expect(dialog.box).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(dialog.box).to_be_hidden()
    expect(chat.box).to_have_value(THOUGHT)
    chat.refusal.get_by_role("link", name="Sign in").click()
    expect(dialog.box).to_be_visible()
    dialog.sign_in(alice)
    expect(dialog.box).to_be_hidden()
    expect(chat.box).to_have_value(THOUGHT)


def test_whoever_was_editing_when_they_were_signed_out_goes_on_there(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 401")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    chat.said.hover()
    chat.page.get_by_role("button", name="Edit").click()
    edited = chat.page.get_by_role("textbox", name="Edit what you said")
    edited.fill(THOUGHT)
    Session.objects.all().delete()
    dialog = Dialog(chat.page)
    expect(dialog.box).to_be_visible()

    dialog.sign_in(alice)

    expect(dialog.box).to_be_hidden()
    expect(edited).to_be_focused()
    expect(edited).to_have_value(THOUGHT)
    edited.press("Enter")
    expect(chat.said).to_have_text(THOUGHT)
    chat.until_done()


def test_a_reply_being_written_goes_on_in_front_of_who_signs_in_again(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 401")
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("Before,")
    dialog = Dialog(chat.page)
    Session.objects.all().delete()
    expect(dialog.box).to_be_visible()
    script.release("more")

    dialog.sign_in(alice)

    expect(dialog.box).to_be_hidden()
    expect(chat.answer).to_have_text("Before, after.")
    chat.until_done()


def test_who_signed_in_again_in_another_tab_finds_the_page_as_it_was(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 401")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    chat.box.fill(THOUGHT)
    Session.objects.all().delete()
    dialog = Dialog(chat.page)
    expect(dialog.box).to_be_visible()
    other = chat.page.context.new_page()
    other.goto("/account/login/")
    other.get_by_label("E-mail").fill(alice.email)
    other.get_by_label("Password", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_text("What do you want to know, Alice?")).to_be_visible()

    chat.page.bring_to_front()
    chat.page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(dialog.box).to_be_hidden()
    expect(chat.box).to_have_value(THOUGHT)
    chat.box.press("Enter")
    expect(chat.said).to_have_text(["What is it?", THOUGHT])
    chat.until_done()


def test_who_comes_back_to_a_page_without_a_socket_learns_that_one_is_signed_out(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    context = visit("/links/", alice).context
    context.route_web_socket("**/socket/", lambda socket: socket.close(code=1011))
    page = context.new_page()
    page.goto("/")
    dialog = Dialog(page)
    Chat(page).box.fill(THOUGHT)
    Session.objects.all().delete()

    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(dialog.box).to_be_visible()
    dialog.sign_in(alice)
    expect(dialog.box).to_be_hidden()
    expect(Chat(page).box).to_have_value(THOUGHT)


def test_when_somebody_else_signs_in_nothing_of_the_page_is_theirs(
    visit: Visit, script: Script, watch: Watch, alice: User, bob: User
) -> None:
    watch.expect("status of 401")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    chat.box.fill(THOUGHT)
    Session.objects.all().delete()
    dialog = Dialog(chat.page)
    expect(dialog.box).to_be_visible()

    dialog.sign_in(bob)

    expect(chat.page.get_by_text("What do you want to know, Bob?")).to_be_visible()
    expect(chat.box).to_have_value("")
    expect(chat.page.get_by_role("link", name="What is it?")).to_have_count(0)
    assert said() == ["What is it?"]


def test_a_long_text_beyond_ascii_is_sent_whole(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    text = "话" * 700_000  # 2.1 MB as it is, 6.3 MB in a form of one line

    chat.box.fill(text)
    chat.send.click()
    expect(chat.said).to_have_count(1)
    chat.until_done()

    assert said() == [text]
