"""A long paste that was sent: one line in the conversation, that opens and closes where it stands."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat, copy_by, paste
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.turns import Turns, drawn, top_of, wheel
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

PASTE = "A clause of the contract, with some words in it.\n" * 250
LINE = "Long text, 12,250 characters"


def pasted(visit: Visit, script: Script, alice: User, **options: object) -> Chat:
    """A question above a long paste, answered."""
    chat = Chat(visit("/", alice, **options))
    chat.box.fill("What does it say of rent?")
    paste(chat.box, PASTE)
    script.play({"text": "Nothing."})
    chat.send.click()
    expect(chat.answer).to_have_text("Nothing.")
    chat.until_done()
    return chat


def top_of_line(page: Page) -> float:
    return top_of(page.locator(".fold__line"))


def test_it_opens_and_closes_and_its_line_stays_where_it_is(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = pasted(visit, script, alice)
    page, line, rest = chat.page, chat.page.locator(".fold__line"), chat.page.locator(".fold__rest")
    for moment in ("just said", "loaded"):
        expect(line).to_have_text(LINE)
        expect(chat.said).to_contain_text("What does it say of rent?")
        expect(rest).to_be_hidden()
        drawn(page)
        before = top_of_line(page)

        line.click()

        expect(rest).to_be_visible()
        drawn(page)
        assert top_of_line(page) == pytest.approx(before, abs=1), moment
        assert faults_in(page) == []
        page.mouse.move(700, 400)
        wheel(page, 2_000)
        stuck = top_of_line(page)
        assert 0 <= stuck < 120, "the line stays in sight"
        line.click()
        expect(rest).to_be_hidden()
        drawn(page)
        assert top_of_line(page) == pytest.approx(stuck, abs=1), moment
        page.reload()


def test_edit_and_copy_have_all_of_it(visit: Visit, script: Script, alice: User) -> None:
    chat = pasted(visit, script, alice, permissions=["clipboard-read", "clipboard-write"])
    sent = Message.objects.get(role="user").text
    turns = Turns(chat)
    said = turns.said(0)
    said.hover()

    copy_by(said.get_by_role("button", name="Copy"))
    assert chat.page.evaluate("navigator.clipboard.readText()") == sent
    said.get_by_role("button", name="Edit").click()

    expect(turns.editor).to_have_value(sent)


def test_on_paper_it_is_whole_and_a_link_to_it_opens_it(visit: Visit, script: Script, alice: User) -> None:
    chat = pasted(visit, script, alice)
    page, rest = chat.page, chat.page.locator(".fold__rest")
    page.emulate_media(media="print")
    assert rest.evaluate(
        "rest => rest.checkVisibility({ contentVisibilityAuto: true }) && rest.offsetHeight > 1000"
    )
    page.emulate_media(media="screen")
    expect(rest).to_be_hidden()

    page.goto(f"{page.url}?message={Message.objects.get(role='user').pk}")

    expect(rest).to_be_visible()


def test_on_a_phone_it_is_a_line_too(visit: Visit, script: Script, alice: User) -> None:
    page = pasted(visit, script, alice, **ON_A_PHONE).page

    expect(page.locator(".fold__line")).to_have_text(LINE)
    assert faults_in(page) == []
    assert beyond_the_edge(page) == []
