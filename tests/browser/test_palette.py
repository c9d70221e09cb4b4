"""The palette and the list of keys: everything by its name, and without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Conversation
from tests.browser.chat import Chat, is_open
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_keyboard import press
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


class Palette:
    """The palette, as its reader would name what stands there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.get_by_role("dialog", name="Search, or do something by its name")
        self.box = self.dialog.get_by_role("combobox")
        self.rows = self.dialog.get_by_role("option")
        self.chosen = self.dialog.get_by_role("option", selected=True)

    def open(self, typed: str = "") -> None:
        self.page.wait_for_load_state()  # till then nobody hears a key
        self.page.keyboard.press("Control+k")
        expect(self.box).to_be_focused()
        self.page.keyboard.insert_text(typed)  # at once, so that nothing is found for the half of it

    def do(self, name: str) -> None:
        """Type it and press Enter once it is what is chosen."""
        self.open(name)
        expect(self.chosen).to_contain_text(name)
        self.page.keyboard.press("Enter")


def talk(page: Page, text: str) -> Chat:
    """A conversation that begins with this, to its first reply's end."""
    page.goto("/")
    chat = Chat(page)
    chat.ask(text)
    chat.until_done()
    return chat


def test_a_conversation_is_found_by_its_title_and_opened_by_enter(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    page = visit("/", alice)
    url = talk(page, "All about badgers").page.url
    chat = talk(page, "Something else")
    chat.box.fill("A draft that stays")
    palette = Palette(page)

    palette.open("badg")
    expect(palette.rows.first).to_contain_text("All about badgers")
    expect(palette.rows.first.locator("mark")).to_have_text("badg")
    expect(palette.chosen).to_contain_text("All about badgers")
    page.keyboard.press("Enter")

    expect(page).to_have_url(url)
    page.go_back()
    expect(chat.box).to_have_value("A draft that stays")


def test_a_message_is_found_by_its_words_and_shown_on_its_branch(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Otters hold hands."})
    page = visit("/", alice)
    chat = talk(page, "Tell me of otters")
    script.play({"text": "Badgers dig."})
    chat.retry.last.click()
    expect(chat.answer).to_have_text("Badgers dig.")
    chat.until_done()
    palette = Palette(page)

    palette.open("hold hands")
    hit = palette.rows.filter(has_text="Otters hold hands.")
    expect(hit.locator("mark")).to_have_text(["hold", "hands"])
    expect(palette.chosen).to_contain_text("Otters")
    page.keyboard.press("Enter")

    expect(chat.answer).to_have_text("Otters hold hands.")
    expect(page.locator(".turn--reply")).to_be_focused()


def test_what_was_said_is_shown_as_text_whatever_markup_it_has(
    visit: Visit, script: Script, alice: User
) -> None:
    hostile = "<img src=x onerror='__pwned=1'> tapir <script>__pwned=2</script>"
    script.play({"text": hostile})
    page = visit("/", alice)
    talk(page, hostile)
    palette = Palette(page)

    palette.open("tapir")

    expect(palette.rows.filter(has_text="<img src=x").first).to_be_visible()
    expect(palette.dialog.locator("img, script")).to_have_count(0)
    page.goto("/search/?q=tapir")
    expect(page.locator(".found__text").first).to_contain_text("<img src=x")
    expect(page.locator("main").locator("img, script")).to_have_count(0)


def test_arrows_choose_around_the_ends_and_escape_gives_focus_back(visit: Visit, alice: User) -> None:
    page = visit("/links/", alice)
    link = page.get_by_role("link", name="New conversation").last
    link.focus()
    palette = Palette(page)
    palette.open()
    expect(palette.chosen).to_contain_text("New conversation")

    page.keyboard.press("ArrowUp")
    expect(palette.chosen).to_contain_text("Keys")
    chosen = palette.chosen.get_attribute("id") or ""
    expect(palette.box).to_have_attribute("aria-activedescendant", chosen)
    page.keyboard.press("ArrowDown")
    expect(palette.chosen).to_contain_text("New conversation")
    page.keyboard.press("Escape")

    expect(palette.dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_enter_that_picks_a_word_of_an_input_method_opens_nothing(visit: Visit, alice: User) -> None:
    page = visit("/links/", alice)
    palette = Palette(page)
    palette.open("usage")
    expect(palette.chosen).to_have_text("My usage")

    palette.box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(palette.dialog).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/usage/$"))


def test_what_is_done_with_the_conversation_on_screen(visit: Visit, script: Script, alice: User) -> None:
    script.play({"reasoning": "Let me see."}, {"text": "So it is."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    chat = talk(page, "What is it?")
    palette = Palette(page)

    palette.do("Copy the last reply")
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === 'So it is.'")
    expect(chat.thoughts).to_be_hidden()
    palette.do("Open or fold the last thinking")
    expect(chat.thoughts).to_be_visible()
    palette.do("Rename this conversation")
    page.get_by_role("dialog", name="Rename").get_by_label("Title").fill("Named by hand")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Named by hand")
    # Every page hears of the title; the dialog goes when its own answer has come.
    expect(page.get_by_role("dialog", name="Rename")).to_be_hidden()
    palette.do("Switch model")
    expect(page.get_by_role("radio", name="DeepSeek V4 Flash").first).to_be_focused()
    page.keyboard.press("Escape")
    palette.do("Archive this conversation")

    expect(page.get_by_text("“Named by hand” is archived.")).to_be_visible()
    assert Conversation.objects.get().archived_at is not None


def test_pinning_editing_retrying_forking_and_deleting_by_name(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    # A page whose socket stands only after its conversation was deleted asks what was missed of that.
    watch.expect("status of 404")
    script.play({"text": "So."})
    page = visit("/", alice)
    chat = talk(page, "What is it?")
    palette = Palette(page)
    pinned = page.locator("[data-pinned-group]").get_by_role("link", name="What is it?", exact=True)

    palette.do("Pin this conversation")
    expect(pinned).to_be_visible()
    palette.do("Unpin this conversation")
    expect(pinned).to_have_count(0)
    palette.do("Edit what you said last")
    expect(page.get_by_role("textbox", name="Edit what you said")).to_be_focused()
    page.keyboard.press("Escape")
    script.play({"text": "So again."})
    palette.do("Retry the last reply")
    expect(chat.answer).to_have_text("So again.")
    chat.until_done()
    palette.do("Fork this conversation")
    expect(page.get_by_text("Forked from What is it?")).to_be_visible()
    palette.do("Delete this conversation")

    expect(page.get_by_text("“What is it? (fork)” is deleted.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Forked from What is it?")).to_be_visible()


def test_a_reply_is_stopped_by_name(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Before, "}, {"wait": "never"}, {"text": "after."})
    page = visit("/", alice)
    chat = Chat(page)
    chat.ask("Go on")
    expect(chat.answer).to_have_text("Before,")
    Palette(page).open()
    for name in ("Edit what", "Retry the last"):
        expect(Palette(page).rows.filter(has_text=name)).to_have_count(0)
    page.keyboard.press("Escape")

    Palette(page).do("Stop the reply")

    expect(chat.note).to_contain_text("Stopped by you")


def test_only_what_can_be_done_is_offered(visit: Visit, alice: User, admin: User) -> None:
    theirs = Palette(visit("/links/", alice))
    theirs.open()
    expect(theirs.rows.filter(has_text="New conversation")).to_be_visible()
    for name in (
        "Rename",
        "Pin",
        "Archive this",
        "Delete",
        "Fork",
        "Edit",
        "Retry",
        "Share",
        "Switch model",
        "Stop",
        "Copy",
        "Providers",
        "People",
    ):
        expect(theirs.rows.filter(has_text=name)).to_have_count(0)

    boss = Palette(visit("/links/", admin))
    boss.do("Providers")

    expect(boss.page).to_have_url(re.compile("/providers/$"))


def test_light_and_dark_are_chosen_by_name_and_kept(visit: Visit, alice: User) -> None:
    page = visit("/links/", alice)

    Palette(page).do("Appearance: dark")
    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    page.reload()

    expect(page.locator("html")).to_have_attribute("data-appearance", "dark")
    alice.refresh_from_db()
    assert alice.appearance == "dark"


def test_everything_that_is_found_stands_on_a_page(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    page = visit("/", alice)
    talk(page, "All about badgers")
    palette = Palette(page)
    palette.open("badgers & co")
    everything = palette.rows.filter(has_text="Everything with")
    expect(palette.dialog.get_by_role("status")).to_have_text("Nothing of yours says that.")
    expect(everything).to_have_count(0)
    palette.box.fill("badgers & all")
    expect(palette.dialog.get_by_role("status")).to_have_text("1 conversation is found. 1 message is found.")

    everything.click()

    expect(page).to_have_url(re.compile(r"/search/\?q=badgers%20%26%20all$"))
    box = page.get_by_role("searchbox")
    expect(box).to_have_value("badgers & all")
    box.fill("badgers")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 message says “badgers”.")
    page.locator(".found__link").last.click()
    expect(page.locator(".turn--said")).to_be_focused()


def test_enter_before_anything_is_found_opens_nothing_else(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    page = visit("/", alice)
    talk(page, "All about badgers")
    page.goto("/links/")
    palette = Palette(page)
    palette.open()
    expect(palette.chosen).to_contain_text("All about badgers")

    with page.expect_request("**/search/found/**"):
        page.route("**/search/found/**", lambda _: None)  # it is never answered
        page.keyboard.insert_text("otters")
    expect(palette.rows.filter(has_text="badgers")).to_have_count(0)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/search/\?q=otters$"))


def test_without_a_network_it_says_so_and_acts_stay(visit: Visit, alice: User, watch: Watch) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = visit("/links/", alice)
    palette = Palette(page)
    page.context.set_offline(True)

    palette.open("my")

    expect(palette.dialog.get_by_role("status")).to_contain_text("You are offline.")
    expect(palette.chosen).to_have_text("My usage")
    page.context.set_offline(False)


def test_on_a_phone_it_opens_by_the_button_in_the_drawer(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    page = visit("/", alice, viewport=PHONE, has_touch=True, is_mobile=True)
    talk(page, "All about badgers")
    page.goto("/")
    menu = page.get_by_role("button", name="Conversations", exact=True)
    menu.tap()
    page.get_by_role("link", name="Search").tap()
    palette = Palette(page)

    palette.box.fill("badgers")
    expect(palette.rows.first).to_contain_text("All about badgers")
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.tap()
    page.get_by_role("link", name="Search").tap()
    palette.box.fill("badgers")
    palette.rows.filter(has_text="All about badgers").first.tap()

    expect(page).to_have_url(re.compile("/c/"))


# --- keys ------------------------------------------------------------------------------------------------


def test_a_question_mark_opens_the_list_of_keys_unless_one_writes(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    chat = Chat(page)
    keys = page.get_by_role("dialog", name="Keys")
    chat.box.focus()
    page.keyboard.type("Why?")
    expect(chat.box).to_have_value("Why?")
    expect(keys).to_be_hidden()

    page.keyboard.press("Control+/")
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.box).to_be_focused()
    page.get_by_role("link", name="Parley").first.focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    keys.get_by_label("Listen to keys without Ctrl or Alt").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.get_by_role("link", name="Parley").first.focus()
    page.keyboard.press("[")
    page.keyboard.press("?")

    expect(page.locator("html")).to_have_attribute("data-sidebar", "open")
    expect(keys).to_be_hidden()
    page.keyboard.press("Control+/")
    expect(keys).to_be_visible()


def test_keys_lead_from_one_conversation_to_the_next_and_into_the_box(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "Let me see."}, {"text": "So it is."})
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    old = talk(page, "The older one").page.url
    new = talk(page, "The newer one").page.url
    chat = Chat(page)

    page.keyboard.press("Alt+c")
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === 'So it is.'")
    expect(chat.thoughts).to_be_hidden()
    page.keyboard.press("Alt+r")
    expect(chat.thoughts).to_be_visible()
    page.keyboard.press("Alt+r")
    assert not is_open(chat.thinking)
    page.keyboard.press("Alt+ArrowDown")
    page.wait_for_url(old)
    page.keyboard.press("Alt+m")
    expect(chat.box).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    page.wait_for_url(new)
    page.keyboard.press("Alt+n")
    page.wait_for_url("/")
    expect(chat.box).to_be_focused()
    press(page.get_by_role("link", name="Search"))

    expect(Palette(page).box).to_be_focused()


def test_copying_takes_the_last_reply_that_has_a_text_and_else_leaves_the_clipboard(
    visit: Visit, script: Script, alice: User
) -> None:
    page = visit("/", alice, permissions=["clipboard-read", "clipboard-write"])
    script.play({"reasoning": "Let me see."})
    chat = talk(page, "Say nothing")
    page.evaluate("navigator.clipboard.writeText('Of before')")
    page.keyboard.press("Alt+c")
    expect(page.get_by_text("There is no text to copy.")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "Of before"

    script.play({"text": "So it is."})
    chat.ask("Now say it")
    chat.until_done()
    script.play({"reasoning": "Let me see."})
    chat.ask("And nothing again")
    chat.until_done()
    page.keyboard.press("Alt+c")
    page.wait_for_function("async () => (await navigator.clipboard.readText()) === 'So it is.'")


def test_no_key_acts_behind_what_is_open(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So."})
    page = visit("/", alice)
    url = talk(page, "What is it?").page.url
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share this conversation")
    expect(dialog).to_be_visible()

    page.keyboard.press("Alt+n")
    page.keyboard.press("Control+k")

    expect(dialog).to_be_visible()
    expect(Palette(page).dialog).to_be_hidden()
    expect(page).to_have_url(url)
