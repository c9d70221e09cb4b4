"""The block of thinking: it opens and folds by itself, until the reader's hand has touched it."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.chat import Chat, is_open
from tests.browser.conftest import Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

# Longer than the block waits before it folds, so that at the end of the reply it has long decided.
PAST_FOLDING = {"sleep": 2}

# Counts from the moment the answer has its first word to the moment the block is closed.
FOLD_DELAY = """
() => new Promise((resolve) => {
  let begun = 0;
  const look = () => {
    if (!begun && document.querySelector("parley-reply .reply__text").textContent) begun = performance.now();
    if (begun && !document.querySelector("parley-reasoning details").open) resolve(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  look();
})
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
        {"reasoning": "Let me see."}, {"wait": "answer"}, {"text": "It is "}, PAST_FOLDING, {"text": "so."}
    )
    chat = thinking_chat(visit("/", alice))
    expect(chat.thinking).to_have_text(re.compile(r"^Thinking… \d+ s$"))
    assert is_open(chat.thinking)

    script.release("answer")

    assert 800 < chat.page.evaluate(FOLD_DELAY) < 2500
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
    chat.thinking.click()
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
    chat.thinking.click()
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

    chat.reply.get_by_role("button", name="Copy", exact=True).click()

    expect(chat.reply.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "It is **so**."
