"""What a reader or their machine chose: forced colours, contrast, no motion, paper, large text, right to left."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.test_accessible import BEYOND_THE_EDGE
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

# 1280 × 860 at 200 %.
TWICE_AS_LARGE: dict[str, Any] = {"viewport": {"width": 640, "height": 430}}
# 1280 × 1024 at 400 %.
FOUR_TIMES_AS_LARGE: Any = {"width": 320, "height": 256}
# What an A4 page has between its margins.
PAPER: Any = {"width": 718, "height": 1040}
IS_SEEN_TO_ITS_ENDS = """
  (menu) => {
    const { top, bottom, left, right } = menu.getBoundingClientRect();
    return [top + 8, bottom - 8].every((y) => menu.contains(document.elementFromPoint((left + right) / 2, y)));
  }
"""
RIGHT_EDGE = """
  (element) => Math.max(...[element, ...element.querySelectorAll("*")].map((one) => one.getBoundingClientRect().right))
"""


def style(element: Locator, name: str, pseudo: str = "") -> str:
    return str(
        element.evaluate("(e, [name, pseudo]) => getComputedStyle(e, pseudo)[name]", [name, pseudo or None])
    )


def ground(page: Page) -> str:
    return style(page.locator("body"), "backgroundColor")


def test_in_forced_colours_what_tells_turns_rows_and_focus_apart_is_drawn_as_lines(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Well."}, {"wait": "think"}, {"text": "So"}, {"wait": "end"}, {"text": "."})
    page = visit("/", alice, forced_colors="active", color_scheme="dark")
    chat = Chat(page)
    chat.ask("What is it?")
    expect(chat.thoughts).to_have_text("Well.")

    bead = style(page.locator(".reasoning__rail"), "borderTopColor", "::after")
    script.release("think")
    expect(chat.answer.locator("p")).to_have_text("So")
    caret = style(chat.answer.locator("p"), "borderInlineStartColor", "::after")
    said = chat.said.evaluate("e => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopColor]")
    row = page.locator(".sidebar__row[aria-current=page]")

    assert said[0] == "solid"
    assert ground(page) not in (bead, caret, said[1], style(row, "outlineColor"))
    assert style(row, "outlineStyle") == "solid"
    script.release("end")
    chat.until_done()
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert style(focused, "outlineStyle") != "none"
    assert style(focused, "outlineColor") != ground(page)


def test_more_contrast_makes_quiet_words_as_dark_as_the_others(visit: Visit, alice: User) -> None:
    usual, more = (visit("/settings/", alice, contrast=one) for one in ("no-preference", "more"))

    def tones(page: Page) -> tuple[str, str]:
        return style(page.locator(".field__hint").first, "color"), style(page.locator("body"), "color")

    assert len(set(tones(usual))) == 2
    assert len(set(tones(more))) == 1


def test_where_less_motion_is_wanted_nothing_moves(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Well."}, {"wait": "think"}, {"text": "So."})
    moving, still = (visit("/", alice, reduced_motion=one) for one in ("no-preference", "reduce"))
    for page in (moving, still):
        Chat(page).ask("What is it?")
        expect(Chat(page).thoughts).to_have_text("Well.")
    animations = "document.getAnimations().filter((one) => one.playState === 'running').length"

    assert moving.evaluate(animations) > 0
    assert still.evaluate(animations) == 0
    script.release("think")
    for page in (moving, still):
        Chat(page).until_done()
    Chat(still).tally.click()
    assert still.evaluate(animations) == 0


def test_on_paper_stands_what_was_said_and_nothing_to_press(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Well."}, {"text": "| A | B |\n| - | - |\n| 1 | 2 |\n\n```\ncode\n```"})
    chat = Chat(visit("/", alice, color_scheme="dark"))
    page = chat.page
    chat.ask("What is it?")
    chat.until_done()
    chat.unfold()
    chat.tally.click()

    page.emulate_media(media="print")

    for there in (chat.said, chat.answer.locator("td").first, chat.answer.locator("pre"), chat.thinking):
        expect(there).to_be_visible()
    for gone in (chat.thoughts, chat.box, page.locator(".sidebar"), chat.reply.locator(".receipt")):
        expect(gone).to_be_hidden()
    expect(page.locator(".model__line")).to_be_hidden()
    pressed = page.locator("button:visible:not(.tally), a.button:visible")
    assert pressed.evaluate_all("all => all.map((one) => one.outerHTML)") == []
    for words in (page.locator("body"), chat.thinking, chat.tally, page.locator(".turn__time").last):
        assert style(words, "color") == "rgb(0, 0, 0)"
    assert ground(page) in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)")


def test_nothing_wide_is_cut_on_paper(visit: Visit, script: Script, alice: User) -> None:
    columns = "|".join(f" column-{n} " for n in range(16))
    table = f"|{columns}|\n{'|---' * 16}|\n|{columns}|"
    formula = f"$${' + '.join(f'a_{{{n}}}' for n in range(40))}$$"
    diagram = "".join(f"  s{step}[Step {step}] --> s{step + 1}\n" for step in range(20))
    script.play({"text": f"{table}\n\n{formula}\n\n```mermaid\nflowchart LR\n{diagram}```\n"})
    chat = Chat(visit("/", alice, color_scheme="dark", viewport=PAPER))
    chat.ask("Show all of it")
    chat.until_done()
    picture, drawn = chat.answer.locator(".code__drawing img"), chat.answer.locator(".katex-html")
    expect(picture).to_be_visible()
    expect(drawn).to_be_visible()

    chat.page.emulate_media(media="print")

    for one in (chat.answer.locator("table"), drawn, picture):
        assert one.evaluate(RIGHT_EDGE) <= PAPER["width"]
    assert "invert" in style(picture, "filter"), "light words on a dark diagram are on white paper"


def test_money_on_paper_is_black_and_without_ways_to_go(visit: Visit, admin: User) -> None:
    page = visit("/prices/", admin, color_scheme="dark")
    page.emulate_media(media="print")

    expect(page.get_by_role("heading", name="What providers ask")).to_be_visible()
    assert page.locator("main a:visible, main button:visible").all_text_contents() == []
    assert style(page.locator(".table thead th").first, "color") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("display", ["hidden", "hover"])
def test_costs_that_nobody_wants_to_see_are_on_no_paper(
    visit: Visit, script: Script, alice: User, display: str
) -> None:
    alice.money_display = display
    alice.save(update_fields=["money_display"])
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    expect(chat.answer).to_have_text("So.")

    chat.page.emulate_media(media="print")

    expect(chat.answer).to_be_visible()
    expect(chat.tally).to_be_hidden()


def test_a_box_that_is_not_ticked_is_empty_in_both_schemes(visit: Visit, admin: User) -> None:
    for scheme in ("light", "dark"):
        page = visit("/providers/models/new/", admin, color_scheme=scheme)
        box = page.get_by_label("People may let it use tools")
        written_in = page.get_by_label("Short name")

        assert style(box, "appearance") == "none"
        assert style(box, "backgroundColor") == style(written_in, "backgroundColor")
        box.check()
        assert style(box, "backgroundColor") != style(written_in, "backgroundColor")

    forced = visit("/providers/models/new/", admin, forced_colors="active")
    assert style(forced.get_by_label("People may let it use tools"), "appearance") == "auto"


def test_what_is_chosen_at_first_is_seen_to_be(visit: Visit, admin: User) -> None:
    page = visit("/providers/connect/", admin)
    chosen, other = (page.get_by_label(name) for name in ("OpenRouter", "DeepSeek"))

    assert style(chosen, "backgroundColor") != style(other, "backgroundColor")


def test_at_twice_the_size_nothing_is_cut_off_and_all_can_be_pressed(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Well."}, {"text": "So."})
    page = visit("/", alice, **TWICE_AS_LARGE)
    chat = Chat(page)
    chat.ask("What is it?")
    chat.until_done()
    for path in (page.url, "/models/deepseek-v4-flash/", "/usage/", "/settings/"):
        page.goto(path)
        assert page.evaluate(BEYOND_THE_EDGE, TWICE_AS_LARGE["viewport"]["width"]) == []

    page.get_by_role("banner").get_by_role("button", name="Conversations").click()
    drawer = page.get_by_role("navigation", name="Conversations")
    drawer.locator(".sidebar__person").click()
    expect(drawer.get_by_role("button", name="Sign out")).to_be_in_viewport()
    expect(drawer.get_by_role("link", name="My usage")).to_be_in_viewport()


def test_four_times_as_large_no_menu_reaches_beyond_what_can_be_seen(visit: Visit, alice: User) -> None:
    page = visit("/", alice, viewport=FOUR_TIMES_AS_LARGE)

    page.locator(".header__more summary").click()
    assert page.locator(".header__more .menu").evaluate(IS_SEEN_TO_ITS_ENDS)

    Chat(page).box.focus()
    page.locator(".models summary").click()
    assert page.locator(".models__panel").evaluate(IS_SEEN_TO_ITS_ENDS)

    Chat(page).box.fill("/")
    expect(page.locator(".models__panel")).to_be_hidden()
    commands = page.get_by_role("listbox", name="Commands")
    expect(commands).to_be_visible()
    assert commands.evaluate(IS_SEEN_TO_ITS_ENDS)


def test_lists_quotes_and_tables_begin_where_their_script_does(
    visit: Visit, script: Script, alice: User
) -> None:
    hebrew = "1. אחת\n2. שתיים\n\n> ציטוט\n\n| שם | מחיר |\n| - | - |\n| תה | 12 |"
    script.play({"text": f"{hebrew}\n\nAnd then:\n\n- one\n- two"})
    chat = Chat(visit("/", alice))
    chat.ask("מה זה?")
    chat.until_done()

    for block in ("ol", "blockquote", "table"):
        expect(chat.answer.locator(block)).to_have_css("direction", "rtl")
    expect(chat.answer.locator("ul")).to_have_css("direction", "ltr")
    first, last = (chat.answer.locator("th").nth(number).bounding_box() for number in (0, 1))
    assert first and last and first["x"] > last["x"]
    expect(chat.answer.locator("td").last).to_have_css("text-align", "right")
    expect(chat.said).to_have_text(re.compile("מה"))
