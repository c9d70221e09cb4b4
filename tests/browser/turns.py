"""The turns of a conversation, and what can be done with each."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Script

LONG = "\n\n".join(f"Paragraph {number}, in which not much is said." for number in range(40))


class Turns:
    """The turns of a conversation and what can be done with each."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.all = chat.page.locator(".turn")
        self.editor = chat.page.get_by_role("textbox", name="Edit what you said")
        self.save = chat.page.locator("parley-edit").get_by_role("button", name="Send")

    def said(self, number: int) -> Locator:
        return self.chat.page.locator(".turn--said").nth(number)

    def reply(self, number: int) -> Locator:
        return self.chat.page.locator(".turn--reply").nth(number)

    def edit(self, number: int, text: str) -> None:
        self.said(number).hover()
        self.said(number).get_by_role("button", name="Edit").click()
        self.editor.fill(text)
        self.save.click()

    def edit_and_read(self, number: int, text: str, answer: str) -> None:
        self.edit(number, text)
        expect(self.chat.answer).to_have_text(answer)
        self.chat.until_done()

    def texts(self) -> list[str]:
        self.chat.page.wait_for_load_state()  # else of a page that is coming there may be a part
        # As they stand in the page: what the browser lays out only once it comes near has no inner text.
        spoken = self.chat.page.locator(".turn__said, .reply__text")
        return [text.strip() for text in spoken.all_text_contents()]


def more(turn: Locator, act: str) -> None:
    """Choose an act from the menu of a turn."""
    turn.hover()
    turn.get_by_role("button", name="More").click()
    turn.page.get_by_role("button", name=act, exact=True).click()


def step(turn: Locator, where: str) -> Locator:
    """The button to the version before or after this one."""
    return turn.get_by_role("button", name=where)


def talked(visit: Visit, script: Script, user: User, *answers: str, **options: Any) -> Turns:
    """A conversation of as many turns as answers: "Question 1", and so on."""
    chat = Chat(visit("/", user, **options))
    for number, answer in enumerate(answers, 1):
        script.play({"text": answer})
        chat.ask(f"Question {number}")
        expect(chat.answer).to_have_text(answer)
        chat.until_done()
    return Turns(chat)


_UNTIL_STILL = """
() => new Promise((done) => {
  let [still, last] = [0, ""];
  const look = () => {
    const now = `${scrollY} ${document.documentElement.scrollHeight}`;
    still = now === last ? still + 1 : 0;
    last = now;
    if (still > 6) done();
    else requestAnimationFrame(look);
  };
  look();
})
"""


def top_of(turn: Locator) -> float:
    return float(turn.evaluate("turn => turn.getBoundingClientRect().top"))


def drawn(page: Page) -> None:
    """Once everything that follows from the last act is on screen: for some frames nothing moved."""
    page.evaluate(_UNTIL_STILL)


def wheel(page: Page, down: int) -> None:
    """Turn the mouse's wheel; back once the page has moved by it and stands."""
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, down)
    page.wait_for_function("before => scrollY !== before", arg=before)
    drawn(page)


# For `add_init_script`: which turns were outlined. One that was looked for is so for some seconds only.
NOTE_OUTLINED = """
window.outlined = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (target.matches(".turn.is-found") && !outlined.includes(target.id)) outlined.push(target.id);
  }
}).observe(document, { subtree: true, attributeFilter: ["class"] });
"""


def outlined(page: Page) -> list[str]:
    """Once there is one: the ids of all that were, since the page was opened."""
    page.wait_for_function("() => window.outlined?.length")
    return list(page.evaluate("outlined"))
