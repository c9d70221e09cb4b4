"""Asking, and watching the answer come: in this tab, after a reload, in another one."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actions import budgets
from accounts.models import Scope, User
from conversations.models import Generation
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.turns import wheel
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import wait_until

pytestmark = pytest.mark.browser

RICH = """\
# A heading

Some **bold** words, `code`, and a [link](https://example.org/page).

| Thing | Cost |
| --- | ---: |
| Tea | $1.20 |
| *Cake* | $3.00 |

1. First
2. Second
   - within

```python
def double(x):
    return 2 * x
```

Euler: $e^{i\\pi} + 1 = 0$, and displayed:

$$\\int_0^1 x^2\\,dx = \\frac{1}{3}$$

> The end.
"""


def in_pieces(text: str, size: int = 6, seconds: float = 0.01) -> list[dict[str, Any]]:
    """A script that says it piece by piece, so that the page draws it in many states."""
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    return [step for piece in pieces for step in ({"text": piece}, {"sleep": seconds})]


def test_the_answer_comes_as_it_is_written_and_ends_with_what_it_cost(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "First half, "}, {"wait": "more"}, {"text": "second half."})
    chat = Chat(visit("/", alice))

    chat.ask("Tell me")

    expect(chat.said).to_have_text("Tell me")
    expect(chat.answer).to_have_text("First half,")
    expect(chat.stop).to_be_visible()
    expect(chat.tally).to_be_hidden()
    script.release("more")
    expect(chat.answer).to_have_text("First half, second half.")
    expect(chat.tally).to_contain_text("$0.0")
    expect(chat.send).to_be_visible()
    expect(chat.stop).to_be_hidden()
    expect(chat.page.get_by_role("link", name=re.compile("^Tell me"))).to_have_attribute(
        "aria-current", "page"
    )


def test_a_starter_is_asked_at_once(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "In short: spin."})
    chat = Chat(visit("/", alice))

    chat.page.get_by_role("button", name="Explain quantum computing in simple terms").click()

    expect(chat.said).to_have_text("Explain quantum computing in simple terms")
    expect(chat.answer).to_have_text("In short: spin.")


def test_enter_sends_and_shift_enter_breaks_the_line(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Yes."})
    chat = Chat(visit("/", alice))

    chat.box.press_sequentially("one")
    chat.box.press("Shift+Enter")
    chat.box.press_sequentially("two")
    expect(chat.box).to_have_value("one\ntwo")
    chat.box.press("Enter")

    expect(chat.said).to_have_text("one\ntwo", use_inner_text=True)
    expect(chat.box).to_have_value("")
    expect(chat.answer).to_have_text("Yes.")


def test_a_reload_in_mid_reply_shows_all_of_it_and_goes_on(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Hm."}, {"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("Tell me")
    expect(chat.answer).to_have_text("Before,")

    chat.page.reload()

    expect(chat.answer).to_have_text("Before,")
    expect(chat.stop).to_be_visible()
    script.release("more")
    expect(chat.answer).to_have_text("Before, after.")
    chat.until_done()
    expect(chat.replies).to_have_count(1)
    expect(chat.said).to_have_count(1)


def test_closing_the_tab_does_not_stop_the_reply(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("Tell me")
    expect(chat.answer).to_have_text("Before,")
    url, context = chat.page.url, chat.page.context

    chat.page.close()
    script.release("more")

    wait_until(lambda: Generation.objects.get().status == "done", what="the reply to be done")
    page = context.new_page()
    page.goto(url)
    expect(Chat(page).answer).to_have_text("Before, after.")


def test_a_second_tab_shows_the_same_reply_live_and_what_is_asked_elsewhere(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play(
        {"text": "The second."},
        queue=[
            [{"text": "One, "}, {"wait": "two"}, {"text": "two, "}, {"wait": "three"}, {"text": "three."}]
        ],
    )
    here = Chat(visit("/", alice))
    here.ask("Count")
    there = here.again()
    expect(there.answer).to_have_text("One,")

    script.release("two")
    expect(there.answer).to_have_text("One, two,")
    expect(here.answer).to_have_text("One, two,")
    script.release("three")
    there.until_done()
    here.until_done()
    assert here.answer.inner_html() == there.answer.inner_html()

    there.ask("And again")

    expect(here.said).to_have_text(["Count", "And again"])
    expect(here.answer).to_have_text("The second.")


def test_a_conversation_begun_elsewhere_appears_in_the_sidebar(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Yes."})
    here = visit("/", alice)
    there = Chat(here.context.new_page())
    there.page.goto("/")

    there.ask("Shall we?")

    expect(here.get_by_role("link", name=re.compile("^Shall we"))).to_be_visible()
    expect(here.get_by_text("What do you want to know, Alice?")).to_be_visible()


def test_the_page_stays_where_the_reader_is(visit: Visit, script: Script, alice: User) -> None:
    line = {"tokens": 60, "word": "A line of some words.\n\n"}
    script.play(line, {"wait": "more"}, line, {"text": "The end."})
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on")
    expect(chat.answer.locator("p")).to_have_count(60)
    wait_for_end(chat.page)

    chat.page.mouse.move(640, 300)
    wheel(chat.page, -600)
    assert below(chat.page) > 400
    place = chat.page.evaluate("scrollY")
    script.release("more")
    expect(chat.answer).to_contain_text("The end.")

    assert chat.page.evaluate("scrollY") == place
    chat.page.get_by_role("button", name="Jump to latest").click()
    wait_for_end(chat.page)
    expect(chat.page.get_by_role("button", name="Jump to latest")).to_be_hidden()
    expect(chat.box).to_be_focused()


def test_the_end_stays_in_view_of_who_is_there(visit: Visit, script: Script, alice: User) -> None:
    script.play({"tokens": 120, "rate": 200, "word": "A line of some words.\n\n"}, {"text": "The end."})
    chat = Chat(visit("/", alice))

    chat.ask("Go on and on")
    chat.until_done()

    expect(chat.answer.get_by_text("The end.")).to_be_in_viewport()
    wait_for_end(chat.page)


def test_whoever_is_at_the_end_is_there_in_a_narrower_window_and_after_printing(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "A line of some words, long enough to be broken on a phone, and then again. " * 30})
    chat = Chat(visit("/", alice))
    chat.ask("Go on and on. " * 200)
    chat.until_done()
    wait_for_end(chat.page)

    for width, height in ((700, 600), (390, 500), (1280, 720), (1280, 400)):
        chat.page.set_viewport_size({"width": width, "height": height})
        wait_for_end(chat.page)
    chat.page.pdf()
    wait_for_end(chat.page)

    chat.page.mouse.move(640, 100)
    wheel(chat.page, -300)
    assert below(chat.page) > 200
    chat.page.set_viewport_size({"width": 1280, "height": 420})
    expect(chat.page.get_by_role("button", name="Jump to latest")).to_be_visible()


def below(page: Page) -> float:
    """How much of the page lies below what is in view, in pixels."""
    return float(page.evaluate("document.documentElement.scrollHeight - innerHeight - scrollY"))


def wait_for_end(page: Page) -> None:
    wait_until(lambda: abs(below(page)) <= 1, what="the end of the page to be in view")


def test_a_refused_text_stays_in_the_box_with_the_reason_beside_it(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 402")
    chat = Chat(visit("/", alice))
    budgets.set_budget(actor=admin, scope=Scope.USER, scope_id=alice.pk, limit=Decimal(0))

    chat.box.fill("A long thought of mine")
    chat.box.press("Enter")

    expect(chat.refusal).to_have_text(
        re.compile(r"^You have no budget for \w+\. An administrator can raise the limit\.")
    )
    expect(chat.box).to_have_value("A long thought of mine")
    expect(chat.said).to_have_count(0)
    chat.page.reload()
    expect(chat.box).to_have_value("A long thought of mine")
    assert script.calls() == []


def test_what_was_drawn_as_it_came_is_what_a_reload_draws(visit: Visit, script: Script, alice: User) -> None:
    script.play(*in_pieces(RICH), {"wait": "end"}, {"text": "\n"})
    chat = Chat(visit("/", alice))
    chat.ask("Show all you can do")
    expect(chat.answer).to_contain_text("The end.")
    expect(chat.stop).to_be_visible()
    for part in ("table", "ol ul li", "pre .hljs-keyword", ".katex-display", "blockquote", "a[href]"):
        expect(chat.answer.locator(part)).not_to_have_count(0)
    expect(chat.answer.locator(".katex")).to_have_count(2)
    script.release("end")
    chat.until_done()
    streamed = drawn_in(chat)

    chat.page.reload()

    expect(chat.answer.locator("pre .hljs-keyword")).not_to_have_count(0)
    expect(chat.answer.locator(".katex")).to_have_count(2)
    assert drawn_in(chat) == streamed


def drawn_in(chat: Chat) -> str:
    """The answer's markup without whitespace between blocks, which nobody sees."""
    return re.sub(r">\s+<", "><", chat.answer.inner_html())
