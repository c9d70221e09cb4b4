"""Every page there is and all that opens on it under axe, light and dark; the phone; the drawer."""

from itertools import chain
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from accounts.models import Team, User
from conversations.actions.ratings import rate_reply
from conversations.models import Message, Model, Provider
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, Visit
from tests.browser.furnished import furnish
from tests.browser.pages import PAGES
from tests.browser.tour import Tabs, tour, tour_of_states
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import House

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


# All that axe knows by itself, and the one rule of WCAG 2.2 AA that it leaves out unless asked.
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What has scrolled beneath a part that stays is no small target: for as long as axe looks, nothing stays.
RUN = """
async (options) => {
  const still = new CSSStyleSheet();
  still.replaceSync(".header, .dock, .reasoning__line { position: static !important }");
  document.adoptedStyleSheets.push(still);
  try {
    return (await axe.run(options)).violations;
  } finally {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== still);
  }
}
"""


def faults_in(page: Page) -> list[str]:
    """What axe finds serious, in light and dark: rule, place, markup."""
    page.wait_for_load_state()
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE_SCRIPT)
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in page.evaluate(RUN, OPTIONS):
            if violation["impact"] in SERIOUS:
                found += [
                    f"{scheme} {violation['id']}: {node['html'][:200]} {node['failureSummary']}"
                    for node in violation["nodes"]
                ]
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


@pytest.mark.timeout(900)
def test_every_page_and_all_that_opens_on_it(
    visit: Visit, house: House, script: Script, watch: Watch, admin: User, alice: User, bob: User
) -> None:
    watch.expect("status of 4", "status of 5")
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)

    faults = [
        f"{name}: {fault}"
        for name, page in tour(furnished, visit, reduced_motion="reduce")
        for fault in faults_in(page)
    ]

    assert faults == []


def test_the_chat_and_all_that_opens_on_it_on_a_phone(
    visit: Visit, house: House, script: Script, watch: Watch, admin: User, alice: User, bob: User
) -> None:
    # The address from which drafts are forgotten is no page, and names no icon.
    watch.expect("status of 404")
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)
    tabs = Tabs(furnished, visit, reduced_motion="reduce", **ON_A_PHONE)
    chats = ((one.name, tabs.show(one)) for one in PAGES if one.name.startswith(("chat", "shared")))

    faults = [
        f"{name}: {fault}" for name, page in chain(chats, tour_of_states(tabs)) for fault in faults_in(page)
    ]

    assert faults == []


def test_nothing_reaches_beyond_the_edge_of_a_phone(
    visit: Visit, house: House, script: Script, watch: Watch, admin: User, alice: User, bob: User
) -> None:
    watch.expect("status of 4", "status of 5")
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)

    wide = [
        f"{name} {markup}"
        for name, page in tour(furnished, visit, **ON_A_PHONE)
        for markup in beyond_the_edge(page)
    ]

    assert wide == []


def test_nothing_wide_in_a_reply_reaches_beyond_the_edge_of_a_phone(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": WIDE}, {"text": WIDE})
    chat = answered(visit("/", alice, **ON_A_PHONE))
    chat.unfold()
    chat.tally.click()
    expect(chat.answer.locator(".katex-display").first).to_be_visible()
    assert beyond_the_edge(chat.page) == []

    chat.page.get_by_role("banner").get_by_label("More").click()
    chat.page.goto(chat.share())
    expect(chat.answer.locator(".katex-display").first).to_be_visible()
    assert beyond_the_edge(chat.page) == []


def test_names_in_one_long_word_reach_beyond_the_edge_of_no_phone(
    visit: Visit, script: Script, admin: User
) -> None:
    script.play({"text": "So."})
    Model.objects.update(name="M" * 40)
    Provider.objects.update(name="P" * 60)
    Team.objects.create(name="T" * 80)
    chat = Chat(visit("/", admin, **ON_A_PHONE))
    chat.ask("https://example.org/" + "long" * 30)
    chat.until_done()
    rate_reply(user=admin, reply=Message.objects.get(role="assistant"), is_good=True, note="")

    for path in ("/usage/", "/teams/", "/ratings/", "/models/"):
        chat.page.goto(path)
        assert chat.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path


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
