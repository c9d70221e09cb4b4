"""What is pasted or dropped into the message box is text, whatever else its source had to offer."""

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

HTML = """<b>Bold</b><img src="x" onerror="__pwned='b'"><script>__pwned='s'</script>"""
WORDS = "Bold, or <b>so</b> it says"


def copy(chat: Chat) -> None:
    """Onto the clipboard, as another page would put it there: as HTML, and as text."""
    chat.page.evaluate(
        """([html, words]) => addEventListener("copy", (event) => {
             event.clipboardData.setData("text/html", html);
             event.clipboardData.setData("text/plain", words);
             event.preventDefault();
           }, { once: true })""",
        [HTML, WORDS],
    )
    chat.box.press("Control+c")


def drop(box: Locator) -> None:
    """By the browser itself, as if both had been dragged here from another page."""
    place = box.bounding_box()
    assert place
    devtools = box.page.context.new_cdp_session(box.page)
    items = [{"mimeType": "text/html", "data": HTML}, {"mimeType": "text/plain", "data": WORDS}]
    for moment in ("dragEnter", "dragOver", "drop"):
        devtools.send(
            "Input.dispatchDragEvent",
            {
                "type": moment,
                "x": place["x"] + 40,
                "y": place["y"] + place["height"] / 2,
                "data": {"items": items, "dragOperationsMask": 1},
            },
        )


def is_said_as_text(chat: Chat) -> None:
    """It stands there sign by sign, before it is sent and after."""
    expect(chat.box).to_have_value(WORDS)
    chat.send.click()
    expect(chat.said.last).to_have_text(WORDS)
    expect(chat.said.last.locator("*")).to_have_count(0)
    chat.until_done()


def test_what_is_pasted_is_text(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    copy(chat)

    chat.box.press("Control+v")

    is_said_as_text(chat)


def test_what_is_dropped_is_text(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))

    drop(chat.box)

    is_said_as_text(chat)
