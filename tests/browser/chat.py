"""A conversation's page, named as its reader would name what stands there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from tests.conftest import PASSWORD
from tests.words.pseudo import CLOSES, OPENS


def exactly(words: str) -> re.Pattern[str]:
    """A name that is these words and no more, also where a page speaks the bracketed language of `tests.words`."""
    return re.compile(rf"^\s*{OPENS}?{re.escape(words)}{CLOSES}?\s*$")


class Chat:
    """The page of a conversation, or of one not begun."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.get_by_role("textbox", name="Message")
        self.send = page.get_by_role("button", name=exactly("Send"))
        self.stop = page.get_by_role("button", name=exactly("Stop"))
        self.retry = page.get_by_role("button", name="Retry")
        self.said = page.locator(".turn__said")
        self.replies = page.locator("parley-reply")
        self.reply = self.replies.last
        self.answer = self.reply.locator(".reply__text")
        self.note = self.reply.locator(".reply__note")
        self.thinking = self.reply.locator(".reasoning__line")
        self.thoughts = self.reply.locator(".reasoning__text")
        self.tally = self.reply.locator(".tally")
        self.refusal = page.locator(".composer__notes .note:visible")

    def ask(self, text: str) -> None:
        """Write it and send it; back once it was taken."""
        self.box.fill(text)
        before = self.said.count()  # all of it is here: the box stands below
        self.send.click()
        expect(self.said).to_have_count(before + 1)
        expect(self.page).to_have_url(re.compile("/c/"))

    def until_done(self) -> None:
        """Until the last reply has ended, whatever its end was."""
        expect(self.retry.last).to_be_visible()
        expect(self.stop).to_be_hidden()

    def unfold(self) -> None:
        """Open what it thought, by hand, once the block has folded by itself: till then a click would close it."""
        expect(self.thinking).to_be_visible()
        expect(self.reply.locator(".reasoning__thoughts")).to_be_hidden()
        self.thinking.click()

    def share(self, *, thinking: bool = False) -> str:
        """Make a link by the dialog, which stays open; the link as the dialog shows it."""
        self.page.get_by_role("button", name=exactly("Share")).click()
        dialog = self.page.get_by_role("dialog")
        if thinking:
            dialog.get_by_label("Include thinking").check()
        dialog.get_by_role("button", name="Copy link").click()
        address = dialog.get_by_label(exactly("Link"))
        expect(address).to_have_value(re.compile("/s/"))
        return address.input_value()

    def again(self) -> "Chat":
        """The same conversation in another tab of this browser."""
        tab = self.page.context.new_page()
        tab.goto(self.page.url)
        return Chat(tab)


def follow(link: Locator) -> None:
    """Press what leads to another page; back once that listens to keys and presses."""
    with link.page.expect_event("load"):
        link.click()


_HEAR = """
(place) => {
  const words = [];
  new MutationObserver(() => words.push(place.textContent))
    .observe(place, { childList: true, characterData: true, subtree: true });
  return words;
}
"""


@contextmanager
def saying(place: Locator, words: str = "Copied") -> Iterator[None]:
    """What is done here has these words said there, which stand for two seconds only."""
    heard = place.evaluate_handle(_HEAR)
    yield
    place.page.wait_for_function(
        "([heard, words]) => heard.some((one) => one.includes(words))", arg=[heard, words]
    )


def copy_by(button: Locator, words: str = "Copied") -> None:
    """Press it; back once it has said so."""
    with saying(button, words):
        button.click()


def fill_sign_in(page: Page, user: User) -> None:
    """Sign in by the form, as the password is everybody's in the cast."""
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def paste(box: Locator, text: str) -> None:
    """As the browser does it when somebody presses Ctrl+V."""
    box.evaluate(
        """(box, text) => {
             const data = new DataTransfer();
             data.setData("text/plain", text);
             const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
             if (box.dispatchEvent(event)) document.execCommand("insertText", false, text);
           }""",
        text,
    )


def is_open(block: Locator) -> bool:
    """Whether the <details> around this is open."""
    return bool(block.evaluate("element => element.closest('details').open"))


def wait_for_ever(page: Page) -> None:
    """Its scripts give nothing up that they asked for: what a test holds back waits for the test."""
    page.evaluate("() => { AbortSignal.timeout = () => new AbortController().signal; }")


def lose_answer(route: Route) -> None:
    """For `Page.route`: what is asked is done, and the answer to it is lost."""
    route.fetch()
    route.abort()
