"""What opens over a page or within it: menus, dialogs, notes. Each is reached anew from the page it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser.chat import Chat, exactly, paste
from tests.browser.pages import PAGES, Listed


@dataclass(frozen=True)
class State:
    """By the name of its pictures: on which page it opens, and how."""

    name: str
    page: str
    reach: Callable[[Page], None]

    @property
    def listed(self) -> Listed:
        return next(page for page in PAGES if page.name == self.page)


def is_phone(page: Page) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] < 600


def shown_whole(page: Page) -> None:
    """Once what comes late to a reply stands there."""
    expect(Chat(page).answer.locator(".katex").first).to_be_visible()
    expect(Chat(page).answer.locator(".hljs-keyword").first).to_be_visible()


def _thinking_and_receipt(page: Page) -> None:
    chat = Chat(page)
    chat.unfold()
    chat.tally.click()
    expect(chat.reply.locator(".receipt")).to_be_visible()
    page.mouse.move(0, 0)


def _steps(page: Page) -> None:
    chat = Chat(page)
    chat.unfold()
    reply = chat.reply
    for line in reply.locator(".step__line").all():
        line.click()
    expect(reply.locator(".step__detail").last).to_be_visible()
    page.mouse.move(0, 0)


def _turn_menu(page: Page) -> None:
    Chat(page).reply.get_by_role("button", name="More").click()


def _turn_dialog(act: str) -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        _turn_menu(page)
        page.get_by_role("button", name=exactly(act)).click()
        expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()

    return reach


def _share(page: Page) -> None:
    if is_phone(page):
        page.get_by_role("banner").get_by_label("More").click()
    Chat(page).share()


def _editing(page: Page) -> None:
    page.locator(".turn--said").first.hover()
    page.locator(".turn--said").first.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("textbox", name="Edit what you said")).to_be_visible()


def _models_menu(page: Page) -> None:
    Chat(page).box.focus()  # a phone shows its row only then
    page.locator(".models summary").click()


def _settings_dialog(page: Page) -> None:
    _models_menu(page)
    page.locator(".models").get_by_role("button", name="Conversation settings…").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _money(page: Page) -> None:
    page.locator("parley-money summary").click()


def _more(page: Page) -> None:
    """What the header has behind one press: the model's facts at a desk, all of it on a phone."""
    page.locator(".header__more summary:visible, .header .model summary:visible").first.click()


def _commands(page: Page) -> None:
    Chat(page).box.press_sequentially("/")
    expect(page.get_by_role("listbox", name="Commands")).to_be_visible()


def _folded_paste(page: Page) -> None:
    paste(Chat(page).box, "A long paste. " * 2_000)
    page.locator(".paste summary").click()
    expect(page.get_by_role("textbox", name="Pasted text")).to_be_visible()


def _drawer(page: Page) -> None:
    if is_phone(page):
        page.get_by_role("banner").get_by_role("button", name="Conversations").click()
    expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()


def _list_menu(page: Page) -> None:
    _drawer(page)
    page.get_by_label("More for").first.focus()
    page.keyboard.press("Enter")


def _rename(page: Page) -> None:
    _list_menu(page)
    page.get_by_role("button", name="Rename…").click()
    expect(page.get_by_role("dialog", name="Rename")).to_be_visible()


def _person_menu(page: Page) -> None:
    _drawer(page)
    page.locator(".sidebar__person").click()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_label("What to look for or do")).to_be_focused()


def _palette_found(page: Page) -> None:
    _palette(page)
    page.keyboard.type("qu")
    expect(page.get_by_role("dialog").locator("mark").first).to_be_visible()


def _keys(page: Page) -> None:
    page.keyboard.press("Control+/")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def _details(page: Page) -> None:
    _turn_dialog("Details")(page)
    expect(page.get_by_role("dialog").get_by_role("heading", name="Who wrote it")).to_be_visible()


def _unfolded(page: Page) -> None:
    page.locator(".fold__line").click()
    expect(page.locator(".fold__rest")).to_be_visible()
    page.mouse.move(0, 0)


def _found(page: Page) -> None:
    """By the way that a reader takes: from what was found to its words."""
    page.locator(".found__link").last.click()
    page.wait_for_function("() => CSS.highlights.get('found')?.size")


STATES = (
    State("chat-thinking-and-receipt", "chat", _thinking_and_receipt),
    State("chat-steps-open", "chat-steps", _steps),
    State("chat-unfolded", "chat-folded", _unfolded),
    State("chat-found", "search-found", _found),
    State("turn-menu", "chat", _turn_menu),
    State("details", "chat", _details),
    State("rate", "chat", _turn_dialog("Rate with a note…")),
    State("retry-with", "chat", _turn_dialog("Retry with…")),
    State("delete", "chat", _turn_dialog("Delete…")),
    State("editing", "chat", _editing),
    State("share", "chat", _share),
    State("models-menu", "chat", _models_menu),
    State("conversation-settings", "chat", _settings_dialog),
    State("money", "chat", _money),
    State("header-menu", "chat", _more),
    State("commands", "chat", _commands),
    State("pasted", "chat", _folded_paste),
    State("list-menu", "chat", _list_menu),
    State("rename", "chat", _rename),
    State("person-menu", "chat", _person_menu),
    State("palette", "chat", _palette),
    State("palette-found", "chat", _palette_found),
    State("keys", "chat", _keys),
)
