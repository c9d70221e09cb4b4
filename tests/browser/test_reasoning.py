"""The block of thinking: it opens and folds by itself, until the reader's hand has touched it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.chat import Chat, copy_by, is_open
from tests.browser.conftest import Visit
from tests.browser.turns import LONG, drawn, talked, wheel
from tests.house.conftest import Script
from tests.house.processes import wait_until

pytestmark = pytest.mark.browser

# Longer than the block waits before it folds, so that at the end of the reply it has long decided.
PAST_FOLDING = {"sleep": 2}

OVERFLOW = "(block) => getComputedStyle(block, '::details-content').overflow"

# Counts from the moment the answer has its first word to the moment the block is closed.
COUNT_FOLDING = """
() => {
  const counted = {};
  let begun;
  const look = () => {
    if (document.querySelector("parley-reply .reply__text").textContent) begun ??= performance.now();
    if (begun && !document.querySelector("parley-reasoning details").open) counted.ms ??= performance.now() - begun;
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, attributeFilter: ["open"] });
  return counted;
}
"""


def thinking_chat(page: Page) -> Chat:
    """Asked, and thinking on screen."""
    chat = Chat(page)
    chat.ask("What is it?")
    expect(chat.thoughts).to_contain_text("Let me see.")
    return chat


def test_it_opens_while_the_model_thinks_and_folds_a_second_after_the_answer_began(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play(
        {"reasoning": "Let me see."}, {"wait": "answer"}, {"text": "It is "}, {"wait": "end"}, {"text": "so."}
    )
    chat = thinking_chat(visit("/", alice))
    expect(chat.thinking).to_have_text(re.compile(r"^Thinking… \d+ s$"))
    assert is_open(chat.thinking)
    counted = chat.page.evaluate_handle(COUNT_FOLDING)

    script.release("answer")

    expect(chat.thoughts).to_be_hidden()  # long before the end, for which the answer waits
    expect(chat.answer).to_have_text("It is")
    assert counted.evaluate("counted => counted.ms") > 900
    script.release("end")
    expect(chat.answer).to_have_text("It is so.")


def test_closed_by_hand_it_stays_closed(visit: Visit, script: Script, alice: User) -> None:
    script.play(
        {"reasoning": "Let me see."}, {"wait": "more"}, {"reasoning": " Yes."}, PAST_FOLDING, {"text": "So."}
    )
    chat = thinking_chat(visit("/", alice))

    chat.thinking.click()
    script.release("more")

    expect(chat.thoughts).to_be_hidden()
    chat.until_done()
    assert not is_open(chat.thinking)


def test_opened_by_hand_it_stays_open(visit: Visit, script: Script, alice: User) -> None:
    script.play(
        {"reasoning": "Let me see."}, {"wait": "answer"}, {"text": "It is "}, {"wait": "end"}, PAST_FOLDING,
        {"text": "so."},
    )  # fmt: skip
    chat = thinking_chat(visit("/", alice))
    script.release("answer")
    expect(chat.thoughts).to_be_hidden()

    chat.thinking.click()
    script.release("end")

    chat.until_done()
    expect(chat.thoughts).to_be_visible()
    assert is_open(chat.thinking)


def test_the_rail_folds_it(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see.\n\n" * 60}, {"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    chat.unfold()
    expect(chat.thoughts).to_be_visible()

    chat.reply.get_by_title("Fold the thinking").click(position={"x": 8, "y": 120})

    expect(chat.thoughts).to_be_hidden()
    expect(chat.thinking).to_be_in_viewport()
    expect(chat.thinking).to_be_focused()


def test_a_reload_has_the_same_words(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see, "}, {"sleep": 1.1}, {"reasoning": "**yes**."}, {"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    expect(chat.thinking).to_have_text(re.compile(r"^Thought for \d+ s · 2 tokens · \$0\.0000\d+$"))
    line = chat.thinking.inner_text()

    chat.page.reload()

    expect(chat.thinking).to_have_text(line)
    expect(chat.thoughts).to_be_hidden()
    chat.unfold()
    expect(chat.thoughts).to_have_text("Let me see, yes.")
    expect(chat.thoughts.locator("strong")).to_have_text("yes")


def test_without_thinking_there_is_no_block(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "At once."})
    chat = Chat(visit("/", alice))

    chat.ask("What is it?")
    chat.until_done()

    expect(chat.thinking).to_be_hidden()


def test_copying_a_reply_leaves_the_thinking_out(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see."}, {"text": "It is **so**."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    chat = Chat(page)
    chat.ask("What is it?")
    chat.until_done()

    copy_by(chat.reply.get_by_role("button", name="Copy", exact=True))

    assert page.evaluate("navigator.clipboard.readText()") == "It is **so**."


def test_stopped_while_it_thinks_it_says_after_how_long(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see."}, {"wait": "never"}, {"text": "So."})
    chat = thinking_chat(visit("/", alice))
    expect(chat.thinking).to_have_text(re.compile(r"^Thinking… ([2-9]|\d\d+) s$"))

    chat.stop.click()

    expect(chat.thinking).to_have_text(re.compile(r"^Stopped after ([2-9]|\d\d+) s of thinking"))
    line = chat.thinking.inner_text()
    chat.page.reload()
    expect(chat.thinking).to_have_text(line)


def test_the_thinking_alone_is_copied_from_within(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me **see**."}, {"text": "So."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    chat = Chat(page)
    chat.ask("What is it?")
    chat.until_done()
    chat.unfold()

    copy_by(chat.reply.get_by_role("button", name="Copy thinking"))

    assert page.evaluate("navigator.clipboard.readText()") == "Let me **see**."


@pytest.mark.parametrize(("wish", "is_shown"), [("open", True), ("closed", False)])
def test_whoever_wishes_it_open_or_closed_finds_it_so_live_and_later(
    visit: Visit, script: Script, alice: User, wish: str, is_shown: bool
) -> None:
    User.objects.filter(pk=alice.pk).update(reasoning_display=wish)
    script.play(
        {"reasoning": "Let me see."}, {"wait": "answer"}, {"text": "It is "}, PAST_FOLDING, {"text": "so."}
    )
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.thinking).to_have_text(re.compile("^Thinking"))
    expect(chat.thoughts).to_be_visible(visible=is_shown)

    script.release("answer")

    chat.until_done()
    expect(chat.thoughts).to_be_visible(visible=is_shown)
    chat.page.reload()
    expect(chat.thinking).to_be_visible()
    expect(chat.thoughts).to_be_visible(visible=is_shown)
    chat.thinking.click()
    expect(chat.thoughts).to_be_visible(visible=not is_shown)


# Where on screen something was, in every frame from now until asked, as a list of its different places.
WATCH_TOP = """
(element) => {
  const tops = (window.tops = new Set());
  const look = () => {
    tops.add(Math.round(element.getBoundingClientRect().top));
    requestAnimationFrame(look);
  };
  look();
}
"""

# Once what opens or folds has done so.
AT_REST = """
() => Promise.all(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))
"""


def at_rest(page: Page) -> None:
    page.evaluate(AT_REST)
    drawn(page)


def moved(page: Page) -> int:
    """How far apart the places are in which it was seen."""
    return int(page.evaluate("Math.max(...window.tops) - Math.min(...window.tops)"))


def test_the_page_does_not_move_when_a_block_folds_by_itself_above_its_reader(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = talked(visit, script, alice, LONG).chat
    script.play(
        {"reasoning": "Let me see.\n\n" * 20}, {"wait": "answer"}, {"text": "It is "}, {"wait": "end"}
    )
    chat.ask("And now?")
    expect(chat.reply.locator(".reasoning__window.is-cut")).to_be_visible()
    script.release("answer")
    expect(chat.answer).to_have_text("It is")
    at_rest(chat.page)
    chat.thinking.evaluate(WATCH_TOP)

    expect(chat.thoughts).to_be_hidden()
    at_rest(chat.page)
    assert moved(chat.page) <= 1
    script.release("end")


def test_the_line_stays_where_it_is_when_a_hand_opens_and_folds_the_block(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Let me see.\n\n" * 60}, {"text": LONG})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    expect(chat.thoughts).to_be_hidden()
    chat.thinking.scroll_into_view_if_needed()
    chat.thinking.evaluate(WATCH_TOP)

    chat.thinking.click()
    expect(chat.thoughts).to_be_visible()
    at_rest(chat.page)
    assert moved(chat.page) <= 1
    wheel(chat.page, 700)
    expect(chat.thinking).to_be_in_viewport()
    at_rest(chat.page)
    chat.thinking.evaluate(WATCH_TOP)
    chat.thinking.click()

    expect(chat.thoughts).to_be_hidden()
    at_rest(chat.page)
    assert moved(chat.page) <= 1
    expect(chat.thinking).to_be_in_viewport()


def test_no_words_pass_beside_the_line_of_a_block_that_is_read(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play(
        {"reasoning": "Let me see, with as many words as fill a line and one more. " * 200}, {"text": "So."}
    )
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    chat.unfold()
    at_rest(chat.page)
    chat.page.mouse.move(640, 400)

    wheel(chat.page, 700)

    covered = """(line, thoughts) => {
      const { top, bottom } = line.getBoundingClientRect();
      const { left, right } = thoughts.getBoundingClientRect();
      const [x, y] = [right - (right - left) / 4, (top + bottom) / 2];
      return thoughts.getBoundingClientRect().top < top && line.contains(document.elementFromPoint(x, y));
    }"""
    assert chat.thinking.evaluate(covered, chat.thoughts.element_handle())


def test_who_wants_it_open_finds_it_drawn_after_a_reload(visit: Visit, script: Script, alice: User) -> None:
    alice.reasoning_display = "open"
    alice.save(update_fields=["reasoning_display"])
    script.play({"reasoning": "Let me see: **two** ways."}, {"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()

    chat.page.reload()

    expect(chat.thoughts.locator("strong")).to_have_text("two")


def test_while_it_opens_nothing_of_it_stands_on_the_answer_below(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Let me see.\n\n" * 12}, PAST_FOLDING, {"text": "It is so."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    expect(chat.thoughts).to_be_hidden()
    devtools = chat.page.context.new_cdp_session(chat.page)
    devtools.send("Animation.enable")
    devtools.send("Animation.setPlaybackRate", {"playbackRate": 0})

    chat.thinking.click()

    block = chat.page.locator("parley-reasoning details")
    expect(block).to_have_attribute("open", "")
    assert block.evaluate(OVERFLOW) == "clip"
    devtools.send("Animation.setPlaybackRate", {"playbackRate": 1})
    wait_until(lambda: block.evaluate(OVERFLOW) == "visible", what="the block to be open")
