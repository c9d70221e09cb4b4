"""Footnotes in a reply lead to their notes and back, and nowhere else."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.turns import LONG, Turns, drawn
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

NOTED = f"It is said so[^1].\n\n{LONG}\n\n[^1]: By whom, nobody knows."


def test_a_footnote_and_its_way_back_lead_there_and_not_to_the_end(
    visit: Visit, script: Script, alice: User
) -> None:
    chat = Chat(visit("/", alice))
    turns, page = Turns(chat), chat.page
    for number, answer in enumerate((NOTED, LONG), 1):
        script.play({"text": answer})
        chat.ask(f"Question {number}")
        expect(chat.answer).to_contain_text("Paragraph 39,")
        chat.until_done()
    mark = turns.reply(0).locator("[role=doc-noteref]")
    note = turns.reply(0).locator("[role=doc-endnotes]")
    turns.said(0).scroll_into_view_if_needed()

    mark.click()
    drawn(page)
    expect(note).to_be_in_viewport(ratio=1)
    expect(turns.reply(1).get_by_text("Paragraph 39,")).not_to_be_in_viewport()

    note.locator("[role=doc-backlink]").click()
    drawn(page)
    expect(mark).to_be_in_viewport()
