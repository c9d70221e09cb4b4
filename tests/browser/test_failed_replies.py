"""A reply that failed leads its administrator to where it is mended, and Back leads to the conversation as it was."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

# What the provider answers; what the way out is called; where that leads, and what stands there.
LED = {
    "the key": ([{"status": 401, "body": ""}], "Provider: Scripted", "/providers/", "Scripted"),
    "the name there": (
        [{"status": 404, "body": ""}],
        "Route: Scripted",
        "/providers/models/",
        "deepseek-v4-flash",
    ),
}


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
@pytest.mark.parametrize("fault", LED)
def test_the_way_out_leads_to_the_row_concerned_and_back_to_all_that_stood_there(
    visit: Visit, script: Script, admin: User, fault: str, options: dict[str, Any]
) -> None:
    steps, name, path, words = LED[fault]
    chat = failed(visit("/", admin, **options), script, steps)
    page, address = chat.page, chat.page.url
    chat.box.fill("What I was about to say")

    chat.reply.get_by_role("link", name=name).click()

    expect(page).to_have_url(re.compile(f"{path}#"))
    row = page.locator("tr:target")
    expect(row).to_contain_text(words)
    expect(row).to_be_in_viewport()

    page.go_back()
    expect(page).to_have_url(address)
    expect(chat.said).to_have_text("Why?")
    expect(chat.note).to_contain_text("Scripted")
    expect(chat.box).to_have_value("What I was about to say")


def failed(page: Page, script: Script, steps: list[dict[str, Any]]) -> Chat:
    """A conversation whose one reply failed."""
    script.play(*steps)
    chat = Chat(page)
    chat.ask("Why?")
    chat.until_done()
    return chat
