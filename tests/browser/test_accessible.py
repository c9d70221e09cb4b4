"""Every page under axe, light and dark; the phone; the drawer."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, Visit
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

SERIOUS = ("serious", "critical")
ON_A_PHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
RICH = """\
# A heading

| Thing | Cost |
| --- | ---: |
| Tea | $1.20 |

```python
def double(x):
    return 2 * x  # twice
```

Euler: $e^{i\\pi} + 1 = 0$, [a link](https://example.org/) and `code`.
"""
# Wider than a phone, unless each is kept in its place.
WIDE = f"""\
| {" | ".join(f"Column {n}" for n in range(12))} |
| {" | ".join("---" for _ in range(12))} |
| {" | ".join("a longer cell" for _ in range(12))} |

```
{"a long line of code " * 12}
```

{"long" * 60} https://example.org/{"path/" * 40}

$$\\sum_{{i=0}}^n {"a_i x^i + " * 30} 0$$
"""

# What is cut off at the edge is no better than what makes the page too wide.
BEYOND_THE_EDGE = """
(edge) => [...document.body.querySelectorAll("*")].filter((element) => {
  if (!element.checkVisibility() || element.closest(".visually-hidden, .katex-mathml, svg")) return false;
  for (let outer = element.parentElement; outer; outer = outer.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(outer).overflowX)) return false;
  }
  return element.getBoundingClientRect().right > edge + 1;
}).map((element) => element.outerHTML.slice(0, 200))
"""


def faults_in(page: Page) -> list[str]:
    """What axe finds serious, in light and dark: rule, place, markup."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in SERIOUS:
                found += [f"{scheme} {violation['id']}: {node['html'][:200]}" for node in violation["nodes"]]
    page.emulate_media(color_scheme="light")
    return found


def answered(page: Page) -> Chat:
    chat = Chat(page)
    chat.ask("Show all you can do")
    chat.until_done()
    return chat


def test_the_empty_chat_and_a_reply_as_it_is_thought_and_written(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play(
        {"reasoning": "Let me **see**."}, {"wait": "answer"}, {"text": RICH}, {"wait": "end"}, {"text": "."}
    )
    page = visit("/", alice)
    assert faults_in(page) == []
    chat = Chat(page)
    chat.ask("Show all you can do")

    expect(chat.thoughts).to_have_text("Let me see.")
    assert faults_in(page) == []
    script.release("answer")
    expect(chat.answer.get_by_role("table")).to_be_visible()
    expect(chat.thoughts).to_be_hidden()
    assert faults_in(page) == []
    script.release("end")
    chat.until_done()


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_a_finished_chat_with_thinking_receipt_menus_and_dialog_open(
    visit: Visit, script: Script, alice: User, options: dict[str, Any]
) -> None:
    script.play({"reasoning": "Let me **see**.\n\n1. One"}, {"text": RICH})
    page = visit("/", alice, **options)
    chat = answered(page)
    chat.thinking.click()
    chat.tally.click()
    expect(chat.reply.locator(".receipt")).to_be_visible()
    expect(chat.answer.locator(".hljs-keyword").first).to_be_visible()
    assert faults_in(page) == []

    for menu in page.locator("header summary:visible").all():
        menu.click()
        assert faults_in(page) == []
        page.keyboard.press("Escape")
    if options:
        page.get_by_role("banner").get_by_label("More").click()
    chat.share()
    assert faults_in(page) == []


def test_a_failed_and_a_stopped_reply(visit: Visit, script: Script, alice: User) -> None:
    script.play({"tokens": 3000, "rate": 50}, queue=[[{"status": 401, "body": {"error": {"message": "no"}}}]])
    page = visit("/", alice)
    chat = answered(page)
    expect(chat.note).to_be_visible()
    assert faults_in(page) == []

    chat.ask("Again")
    expect(chat.answer).to_contain_text("word word")
    chat.stop.click()
    expect(chat.note).to_contain_text("Stopped by you")
    assert faults_in(page) == []


def test_shared_page_and_my_links(visit: Visit, script: Script, alice: User, bob: User) -> None:
    script.play({"reasoning": "Let me see."}, {"text": RICH})
    page = visit("/", alice)
    link = answered(page).share(thinking=True)

    reader = Chat(visit(link, bob))
    reader.thinking.click()
    expect(reader.answer.locator(".hljs-keyword").first).to_be_visible()
    assert faults_in(reader.page) == []
    page.goto("/links/")
    expect(page.get_by_role("button", name="Revoke")).to_be_visible()
    assert faults_in(page) == []


FOR_EVERYBODY = ("/account/login/", "/account/password/reset/", "/account/inactive/", "/account/signup/")
FOR_PEOPLE = ("/links/", "/settings/", "/account/password/change/", "/account/logout/")
FOR_ADMINISTRATORS = (
    "/people/",
    "/providers/",
    "/providers/connect/",
    "/providers/models/",
    "/providers/models/new/",
    "/providers/prices/",
    "/prices/edit/?provider=deepseek&model=deepseek-flash",
    "/setup/",
    "/setup/budgets/",
    "/setup/invite/",
)


def test_pages_outside_the_chat(visit: Visit, watch: Watch, alice: User, admin: User) -> None:
    watch.expect("status of 403")  # signing up is closed
    somebody, nobody = visit("/people/", admin), visit("/account/login/")
    faults = []
    for page, paths in ((nobody, FOR_EVERYBODY), (somebody, FOR_PEOPLE + FOR_ADMINISTRATORS)):
        for path in paths:
            page.goto(path)
            faults += [f"{path} {fault}" for fault in faults_in(page)]
    somebody.goto("/people/")
    somebody.get_by_role("link", name="Edit Alice").click()
    faults += faults_in(somebody)

    assert faults == []


def test_nothing_reaches_beyond_the_edge_of_a_phone(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 403", "status of 404")
    script.play({"reasoning": WIDE}, {"text": WIDE})
    page, nobody = visit("/", admin, **ON_A_PHONE), visit("/account/login/", **ON_A_PHONE)
    assert beyond_the_edge(page) == []
    chat = answered(page)
    chat.thinking.click()
    chat.tally.click()
    expect(chat.answer.locator(".katex-display").first).to_be_visible()
    assert beyond_the_edge(page) == []

    page.get_by_role("banner").get_by_label("More").click()
    shared = chat.share()
    wide = []
    for visitor, paths in (
        (nobody, FOR_EVERYBODY),
        (page, (shared, "/nothing", *FOR_PEOPLE, *FOR_ADMINISTRATORS)),
    ):
        for path in paths:
            visitor.goto(path)
            wide += [f"{path} {markup}" for markup in beyond_the_edge(visitor)]

    assert wide == []


def beyond_the_edge(page: Page) -> list[str]:
    """What reaches beyond the screen's right edge and cannot be scrolled to in a part of its own."""
    return list(page.evaluate(BEYOND_THE_EDGE, PHONE["width"]))


def test_the_drawer_opens_keeps_focus_and_closes_with_escape(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = answered(visit("/", alice, **ON_A_PHONE))
    page = chat.page
    button = page.get_by_role("banner").get_by_role("button", name="Conversations")
    drawer = page.get_by_role("navigation", name="Conversations")
    expect(drawer).to_be_hidden()

    button.click()

    expect(drawer).to_be_visible()
    assert faults_in(page) == []
    for _ in range(12):
        assert page.evaluate("document.activeElement.closest('nav, body').matches('#sidebar, body')")
        assert not page.evaluate("document.querySelector('.shell__body').contains(document.activeElement)")
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(button).to_be_focused()


def test_what_one_says_on_a_phone_is_sent_by_the_button_and_enter_breaks_the_line(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice, **ON_A_PHONE))

    chat.box.press_sequentially("one")
    chat.box.press("Enter")
    chat.box.press_sequentially("two")
    chat.send.tap()

    expect(chat.said).to_have_text("one\ntwo", use_inner_text=True)
    expect(chat.answer).to_have_text("So.")
