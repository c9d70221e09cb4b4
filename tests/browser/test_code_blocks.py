"""A block of code: its buttons by hand and by keyboard, while it grows and after a reload; long lines; wide tables."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import User
from tests.browser.chat import Chat, copy_by
from tests.browser.conftest import PHONE, Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

LONG = "print(" + " + ".join(f"number_{n}" for n in range(80)) + ")"
CODE = f"# tools/count.py\n{LONG}\n"


def buttons(chat: Chat) -> tuple[Locator, Locator, Locator]:
    """Wrap, Download and Copy of the last block, which shows Download only while it is looked at."""
    block = chat.answer.get_by_role("figure").last
    return (
        block.get_by_role("button", name="Wrap"),
        block.get_by_role("button", name="Download"),
        block.get_by_role("button", name="Copy"),
    )


def copied(chat: Chat) -> str:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    copy_by(buttons(chat)[2])
    return str(chat.page.evaluate("navigator.clipboard.readText()"))


def downloaded(chat: Chat) -> tuple[str, str]:
    with chat.page.expect_download() as download:
        buttons(chat)[1].click()
    path = download.value.path()
    return download.value.suggested_filename, Path(path).read_text()


def overflows(box: Locator) -> bool:
    return bool(box.evaluate("box => box.scrollWidth > box.clientWidth"))


def test_a_block_is_copied_downloaded_and_wrapped_as_it_grew_and_after_a_reload(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": f"Look:\n\n```python\n{CODE}"}, {"wait": "end"}, {"text": "```\n\nThat is all."})
    chat = Chat(visit("/", alice))
    chat.ask("Count")
    text = chat.answer.locator("pre")
    expect(text).to_contain_text("number_79)")

    buttons(chat)[0].click()
    expect(buttons(chat)[0]).to_have_attribute("aria-pressed", "true")
    assert not overflows(text)
    script.release("end")
    chat.until_done()

    expect(buttons(chat)[0]).to_have_attribute("aria-pressed", "true")
    for _ in ("as it grew", "after a reload"):
        expect(chat.answer.locator(".hljs-string, .hljs-built_in, .hljs-comment").first).to_be_visible()
        assert copied(chat) == CODE.rstrip("\n")
        assert downloaded(chat) == ("count.py", CODE)
        chat.page.reload()


def test_a_block_is_used_without_a_mouse(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": f"```python\n{CODE}```"})
    chat = Chat(visit("/", alice))
    chat.ask("Count")
    chat.until_done()
    wrap, download, copy = buttons(chat)
    text = chat.answer.get_by_role("group", name="Code, python")
    expect(chat.answer.locator(".hljs-built_in, .hljs-comment").first).to_be_visible()

    download.focus()
    chat.page.keyboard.press("Tab")
    expect(wrap).to_be_focused()
    chat.page.keyboard.press("Enter")
    assert not overflows(text)
    chat.page.keyboard.press("Enter")
    assert overflows(text)
    chat.page.keyboard.press("Tab")
    expect(copy).to_be_focused()
    chat.page.keyboard.press("Tab")
    expect(text).to_be_focused()
    chat.page.keyboard.press("ArrowRight")
    chat.page.wait_for_function("() => document.activeElement.scrollLeft > 0")


def test_what_hides_until_one_looks_leaves_no_hole_in_the_head(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": f"```python\n{CODE}```"})
    chat = Chat(visit("/", alice))
    chat.ask("Count")
    chat.until_done()
    wrap, download, copy = buttons(chat)

    wrap.click()
    chat.box.click()

    expect(download).to_have_css("opacity", "0")
    expect(wrap).to_have_css("opacity", "1")
    before, behind = wrap.bounding_box(), copy.bounding_box()
    assert before
    assert behind
    assert behind["x"] - before["x"] - before["width"] < 2


def test_what_is_wide_scrolls_within_itself_on_a_phone(visit: Visit, script: Script, alice: User) -> None:
    row = "| " + " | ".join(["a rather long cell"] * 12) + " |\n"
    table = row + "|---" * 12 + "|\n" + row
    script.play({"text": f"```\n{LONG}\n```\n\n{table}\n$$\n{'x+' * 300}x\n$$\n\nThe end."})
    chat = Chat(visit("/", alice, viewport=PHONE))

    chat.ask("Be wide")
    chat.until_done()

    expect(chat.answer.locator(".katex").first).to_be_visible()
    for name in ("Code, text", "Table", "Formula"):
        assert overflows(chat.answer.get_by_role("group", name=name)), name
    assert not overflows(chat.page.locator("html"))
