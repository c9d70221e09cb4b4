"""What the message box does beside sending: long texts fold, commands, what was said comes back, other scripts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from conversations.models import Conversation, Message, Model
from tests.browser.chat import Chat, paste, wait_for_ever
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, faults_in
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

LONG = "The same words again. " * 1_500  # 33,000 characters


def said() -> list[str]:
    return list(Message.objects.filter(role="user").order_by("created_at").values_list("text", flat=True))


def answered(page: Page, text: str = "What is it?") -> Chat:
    chat = Chat(page)
    chat.ask(text)
    chat.until_done()
    return chat


# --- long texts -----------------------------------------------------------------------------------------------


def test_a_long_paste_is_a_line_that_is_counted_edited_and_sent_after_what_one_typed(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.focus()

    paste(chat.box, LONG)
    line = chat.page.locator(".paste__line")
    expect(line).to_have_text("Pasted text, 33,000 characters, about 8,300 tokens")
    expect(chat.box).to_have_value("")
    expect(chat.page.locator("[data-part=read-words]")).to_have_text("≈ 8.3k of 1M to send")
    chat.box.press_sequentially("Sum this up.")
    assert faults_in(chat.page) == []

    line.click()
    area = chat.page.get_by_role("textbox", name="Pasted text")
    expect(area).to_have_value(LONG)
    area.fill(LONG + "And the end.")
    expect(line).to_have_text("Pasted text, 33,012 characters, about 8,300 tokens")
    chat.send.click()
    chat.until_done()

    assert said() == [f"Sum this up.\n\n{LONG}And the end."]
    expect(chat.page.locator(".paste")).to_have_count(0)
    expect(chat.box).to_have_value("")


def test_a_folded_text_is_part_of_the_draft_and_can_be_removed(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = Chat(visit("/", alice))
    chat.box.focus()
    paste(chat.box, LONG)
    chat.box.press_sequentially("Sum this up.")

    chat.page.reload()

    expect(chat.page.locator(".paste__line")).to_contain_text("33,000 characters")
    expect(chat.box).to_have_value("Sum this up.")
    chat.page.get_by_role("button", name="Remove pasted text").click()
    expect(chat.page.locator(".paste")).to_have_count(0)
    expect(chat.box).to_be_focused()
    chat.page.reload()
    expect(chat.box).to_have_value("Sum this up.")
    expect(chat.page.locator(".paste")).to_have_count(0)


def test_on_a_phone_a_folded_text_stands_above_the_box_though_nobody_writes_in_it(
    visit: Visit, alice: User
) -> None:
    chat = Chat(visit("/", alice, **ON_A_PHONE))
    chat.box.focus()
    paste(chat.box, LONG)
    chat.page.locator(".paste__line").click()
    chat.box.blur()

    places = [
        chat.page.locator(part).bounding_box() for part in (".paste", ".composer__text", ".composer__row")
    ]
    assert all(place and place["width"] > 350 for place in places)
    tops = [place["y"] for place in places if place]
    assert tops == sorted(tops)


def test_what_a_whole_context_window_holds_is_pasted_and_sent(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.focus()
    text = "word " * 780_000  # 3.9 MB

    paste(chat.box, text)
    expect(chat.page.locator(".paste__line")).to_contain_text("3,900,000 characters, about 975k tokens")
    chat.box.press_sequentially("Typing stays as it was.")
    expect(chat.box).to_have_value("Typing stays as it was.")
    chat.send.click()

    expect(chat.said).to_have_count(1)
    chat.until_done()
    assert said() == [f"Typing stays as it was.\n\n{text}"]


def test_a_short_paste_goes_into_the_box(visit: Visit, script: Script, alice: User) -> None:
    chat = Chat(visit("/", alice))
    chat.box.focus()

    paste(chat.box, "A few words")

    expect(chat.box).to_have_value("A few words")
    expect(chat.page.locator(".paste")).to_have_count(0)


# --- commands -------------------------------------------------------------------------------------------------


def test_a_slash_opens_a_list_that_keys_go_through(visit: Visit, script: Script, alice: User) -> None:
    chat = Chat(visit("/", alice))
    chat.box.press_sequentially("/")
    commands = chat.page.get_by_role("listbox", name="Commands")
    expect(commands.get_by_role("option")).to_have_count(8)
    assert faults_in(chat.page) == []

    chat.box.press_sequentially("t")
    expect(commands.get_by_role("option")).to_have_count(2)
    chat.box.press("ArrowDown")
    expect(commands.get_by_role("option", selected=True)).to_contain_text("/think")
    assert chat.box.get_attribute("aria-activedescendant") == "command-think"
    chat.box.press("Enter")
    expect(chat.box).to_have_value("/think ")
    expect(commands).to_be_hidden()
    chat.box.press_sequentially("max")
    chat.box.press("Enter")

    expect(chat.page.get_by_label("Thinking", exact=True)).to_have_value("max")
    expect(chat.box).to_have_value("")
    assert said() == []


def test_escape_closes_the_list_and_stops_nothing(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Going "}, {"wait": "more"}, {"text": "on."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("Going")
    chat.box.press_sequentially("/s")
    expect(chat.page.get_by_role("listbox")).to_be_visible()

    chat.box.press("Escape")

    expect(chat.page.get_by_role("listbox")).to_be_hidden()
    expect(chat.stop).to_be_visible()
    expect(chat.box).to_have_value("/s")
    script.release("more")
    chat.page.keyboard.press("Backspace")
    chat.page.keyboard.press("Backspace")
    chat.until_done()


def test_a_slash_that_only_opened_the_list_goes_with_it(visit: Visit, alice: User) -> None:
    chat = Chat(visit("/", alice))
    chat.box.fill("/help")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("listbox", name="Commands")).to_be_visible()

    chat.box.press("Escape")

    expect(chat.box).to_have_value("")
    chat.page.reload()
    expect(chat.box).to_have_value("")


def test_commands_do_what_they_say(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice))

    chat.box.fill("/title Costs of the office")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("heading", name="Costs of the office")).to_be_visible()
    expect(chat.page.get_by_role("link", name="Costs of the office", exact=True)).to_be_visible()
    assert Conversation.objects.get().title == "Costs of the office"

    chat.box.fill("/settings")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("dialog", name="Conversation settings")).to_be_visible()
    chat.page.keyboard.press("Escape")
    chat.box.fill("/share")
    chat.box.press("Enter")
    expect(chat.page.get_by_role("dialog", name="Share this conversation")).to_be_visible()
    chat.page.keyboard.press("Escape")

    chat.box.fill("/think hardest")
    chat.box.press("Enter")
    expect(chat.refusal).to_contain_text("Write /think and one of: off, low, high, max.")
    expect(chat.box).to_have_value("/think hardest")

    chat.box.fill("/fork")
    chat.box.press("Enter")
    expect(chat.page.get_by_text("Forked from Costs of the office")).to_be_visible()
    chat.page.wait_for_load_state()
    chat.box.fill("/new")
    chat.box.press("Enter")
    expect(chat.page.get_by_text("What do you want to know, Alice?")).to_be_visible()
    assert said() == ["What is it?"] * 2


def test_a_command_says_where_there_is_no_thinking_to_set(visit: Visit, alice: User) -> None:
    Model.objects.update(efforts=[])
    chat = Chat(visit("/", alice))

    chat.box.fill("/think high")
    chat.box.press("Enter")

    expect(chat.refusal).to_contain_text("How much this model thinks cannot be set.")
    expect(chat.box).to_have_value("/think high")


def test_what_is_no_command_is_sent_after_asking_and_two_slashes_are_one(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice))

    chat.box.fill("/wave at me")
    chat.box.press("Enter")
    expect(chat.refusal).to_have_text("There is no command /wave. Send it as a message?")
    assert said() == ["What is it?"]
    chat.page.get_by_role("button", name="Send as a message").click()
    expect(chat.said).to_have_text(["What is it?", "/wave at me"])
    chat.until_done()

    chat.box.fill("//new")
    chat.box.press("Enter")
    expect(chat.said).to_have_text(["What is it?", "/wave at me", "/new"])
    chat.until_done()
    chat.box.fill("/etc/hosts is broken")
    chat.box.press("Enter")
    expect(chat.said.last).to_have_text("/etc/hosts is broken")
    chat.until_done()


def test_a_command_that_fails_takes_nothing_of_what_was_typed_meanwhile(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 500")
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    wait_for_ever(chat.page)
    waiting: list[Route] = []
    chat.page.route(re.compile("/rename/"), lambda route: waiting.append(route))

    for status, left in ((500, "/title Costs\nMore"), (200, "More")):
        chat.box.fill("/title Costs")
        with chat.page.expect_request(re.compile("/rename/")):
            chat.box.press("Enter")
        chat.box.press("Shift+Enter")
        chat.box.press_sequentially("More")
        if status == 500:
            waiting.pop().fulfill(status=500, body="")
            expect(chat.refusal).to_contain_text("did not answer as it should")
        else:
            waiting.pop().continue_()
            expect(chat.page.get_by_role("heading", name="Costs")).to_be_visible()
        expect(chat.box).to_have_value(left)


def test_above_a_long_text_two_slashes_are_one_too(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.focus()
    paste(chat.box, LONG)
    chat.box.press_sequentially("//new")
    chat.box.press("Enter")
    chat.until_done()

    assert said() == [f"/new\n\n{LONG}"]


def test_a_long_text_that_is_being_edited_stays_open_while_a_message_goes_out(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.focus()
    paste(chat.box, LONG)
    waiting: list[Route] = []
    chat.page.route(re.compile("/conversations/$"), lambda route: waiting.append(route))
    chat.box.press_sequentially("First")
    chat.box.press("Enter")
    paste(chat.box, LONG + "Second")
    chat.page.locator(".paste__line").last.click()
    area = chat.page.locator(".paste__text").last
    area.press("Control+End")
    area.press_sequentially(" edition")

    waiting.pop().continue_()
    expect(chat.said).to_have_count(1)
    expect(chat.page.locator(".paste")).to_have_count(1)
    area = chat.page.get_by_role("textbox", name="Pasted text")
    expect(area).to_be_focused()
    area.press_sequentially("!")
    expect(area).to_have_value(LONG + "Second edition!")
    chat.until_done()
    assert said() == [f"First\n\n{LONG}"]


# --- what was said, and how it is written -----------------------------------------------------------------------


def test_the_up_arrow_brings_back_what_one_said(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice), "First question")
    chat.ask("Second question")
    chat.until_done()
    chat.box.focus()

    for key, text in (
        ("ArrowUp", "Second question"),
        ("ArrowUp", "First question"),
        ("ArrowUp", "First question"),
        ("ArrowDown", "Second question"),
        ("ArrowDown", ""),
        ("ArrowUp", "Second question"),
    ):
        chat.box.press(key)
        expect(chat.box).to_have_value(text)
    chat.box.press_sequentially("?")
    chat.box.press("ArrowUp")
    expect(chat.box).to_have_value("Second question?")


def test_a_text_that_looks_like_a_command_comes_back_as_a_text(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice), "//new")

    chat.box.press("ArrowUp")
    expect(chat.box).to_have_value("//new")
    chat.box.press("Enter")

    expect(chat.said).to_have_text(["/new", "/new"])
    chat.until_done()


@pytest.mark.parametrize("told_by", [{"isComposing": True}, {"keyCode": 229}], ids=["Chromium", "Safari"])
def test_enter_picks_a_word_while_an_input_method_composes(
    visit: Visit, script: Script, alice: User, told_by: dict[str, object]
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.fill("ni hao")

    chat.box.evaluate(
        """(box, told) => box.dispatchEvent(new KeyboardEvent("keydown",
             { key: "Enter", bubbles: true, cancelable: true, ...told }))""",
        told_by,
    )
    expect(chat.box).to_have_value("ni hao")
    assert said() == []
    chat.box.fill("你好")
    chat.box.press("Enter")
    expect(chat.said).to_have_text(["你好"])
    chat.until_done()


@pytest.mark.parametrize("told_by", [{"isComposing": True}, {"keyCode": 229}], ids=["Chromium", "Safari"])
def test_escape_that_lets_go_of_a_word_stops_no_reply(
    visit: Visit, script: Script, alice: User, told_by: dict[str, object]
) -> None:
    script.play({"text": "It is "}, {"wait": "more"}, {"text": "so."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("It is")

    chat.box.evaluate(
        """(box, told) => box.dispatchEvent(new KeyboardEvent("keydown",
             { key: "Escape", bubbles: true, cancelable: true, ...told }))""",
        told_by,
    )
    script.release("more")

    expect(chat.answer).to_have_text("It is so.")
    chat.until_done()
    expect(chat.note).to_be_hidden()


def test_a_word_that_is_being_composed_survives_that_what_was_sent_leaves_the_box(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice))
    keys = chat.page.context.new_cdp_session(chat.page)
    waiting: list[Route] = []
    chat.page.route(re.compile("/messages/$"), lambda route: waiting.append(route))
    with chat.page.expect_request(re.compile("/messages/$")):
        chat.box.press_sequentially("First")
        chat.box.press("Enter")

    keys.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    waiting.pop().continue_()
    expect(chat.said).to_have_text(["What is it?", "First"])
    keys.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    keys.send("Input.insertText", {"text": "你好"})

    expect(chat.box).to_have_value("你好")
    chat.until_done()


def test_on_a_phone_enter_makes_a_line(visit: Visit, script: Script, alice: User) -> None:
    chat = Chat(visit("/", alice, **ON_A_PHONE))
    chat.box.fill("One")

    chat.box.press("End")
    chat.box.press("Enter")
    chat.box.press_sequentially("two")

    expect(chat.box).to_have_value("One\ntwo")
    assert said() == []


def test_each_paragraph_runs_the_way_of_its_script(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "שלום עולם\n\nHello world"})
    chat = answered(visit("/", alice), "שלום, מה שלומך?")

    def runs_from_the_right(text: str) -> bool:
        """Whether its first letter stands further right than its last."""
        return bool(
            chat.page.get_by_text(text, exact=True).last.evaluate(
                """element => {
                     const node = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
                     const at = (from) => {
                       const range = document.createRange();
                       range.setStart(node, from); range.setEnd(node, from + 1);
                       return range.getBoundingClientRect().left;
                     };
                     return at(0) > element.getBoundingClientRect().left + element.clientWidth / 2;
                   }"""
            )
        )

    assert runs_from_the_right("שלום, מה שלומך?")
    assert runs_from_the_right("שלום עולם")
    assert not runs_from_the_right("Hello world")
    assert chat.box.get_attribute("dir") == "auto"


def test_the_gauge_says_what_was_read_and_what_is_to_come(visit: Visit, script: Script, alice: User) -> None:
    script.play(
        {"text": "So."}, {"finish": "stop"}, {"usage": {"prompt_tokens": 524_288, "completion_tokens": 2}}
    )
    alice.is_exempt = True
    alice.save(update_fields=["is_exempt"])
    chat = answered(visit("/", alice))

    words, bar = chat.page.locator("[data-part=read-words]"), chat.page.locator("[data-part=read-bar]")
    expect(words).to_have_text("524k of 1M read")
    assert re.fullmatch(r"20\.\d", bar.get_attribute("width") or "")
    chat.box.focus()
    paste(chat.box, "word " * 500_000)
    expect(words).to_have_text("524k of 1M read, ≈ 625k to send")
    expect(chat.page.locator(".composer__read")).to_have_class(re.compile("note--alert"))
    assert bar.get_attribute("width") == "40.0"


def test_of_a_long_text_all_is_edited_and_all_can_be_read(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 404")  # a tab of plain text asks for an icon
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.box.focus()
    paste(chat.box, LONG)
    chat.send.click()
    chat.until_done()
    whole = chat.page.get_by_role("link", name="All 33,000 characters, as they were sent")
    expect(whole).to_be_visible()
    assert len(chat.said.inner_text()) < 21_000

    with chat.page.context.expect_page() as opened:
        whole.click()
    expect(opened.value.locator("body")).to_contain_text(LONG.strip())
    opened.value.close()

    chat.said.hover()
    chat.page.get_by_role("button", name="Edit").click()
    editor = chat.page.get_by_role("textbox", name="Edit what you said")
    expect(editor).to_have_value(LONG)
    editor.press("End")
    editor.press_sequentially("Thanks.")
    chat.page.locator("parley-edit").get_by_role("button", name="Send").click()
    expect(chat.page.locator(".turn--said .versions__number")).to_have_text("2 of 2")
    chat.until_done()
    assert said() == [LONG, LONG + "Thanks."]
