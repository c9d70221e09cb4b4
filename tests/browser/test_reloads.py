"""Reloads and second tabs at random instants, in a real browser: twenty here, five hundred in `make soak`."""

import os
import random
import secrets
import time

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Say, Script
from tests.house.conftest import say as say

LOADS = int(os.environ.get("BROWSER_RELOADS", "20"))
LOADS_OF_A_REPLY = 10
WORDS = [f"word{number}" for number in range(140)]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(60 + 12 * LOADS),
]


def test_what_a_reload_or_a_second_tab_shows_is_the_beginning_of_what_is_stored(
    visit: Visit, script: Script, alice: User, say: Say
) -> None:
    seed = int(os.environ.get("RELOADS_SEED") or secrets.randbelow(10**9))
    dice = random.Random(seed)
    script.play(*[step for word in WORDS for step in ({"text": f"{word} "}, {"sleep": 0.05})])
    page, in_mid_reply = visit("/", alice), 0

    for number in range(LOADS // LOADS_OF_A_REPLY):
        page.goto("/")
        in_mid_reply += one_reply(page, dice, f"Count, {number}")

    say(f"browser: {LOADS} loads from seed {seed}, {in_mid_reply} of them in mid-reply")


def one_reply(page: Page, dice: random.Random, question: str) -> int:
    """Ask, reload and open at random; every text shown is judged at the end. How many loads came in mid-reply."""
    chat = Chat(page)
    chat.ask(question)
    seen, in_mid_reply, tabs = [""], 0, [page]
    for _ in range(LOADS_OF_A_REPLY):
        look(tabs, seen, dice.uniform(0.1, 0.9))
        in_mid_reply += chat.stop.is_visible()
        if dice.random() < 0.7:
            dice.choice(tabs).reload()
        else:
            tabs.append(page.context.new_page())
            tabs[-1].goto(page.url)
    for tab in tabs:
        Chat(tab).until_done()
        expect(Chat(tab).answer).to_have_text(" ".join(WORDS))
    stored = Message.objects.filter(parent__text=question).get().text
    assert [text for text in seen if not stored.startswith(text)] == []
    for tab in tabs[1:]:
        tab.close()
    return in_mid_reply


def look(tabs: list[Page], seen: list[str], seconds: float) -> None:
    """What is on screen in all tabs, again and again for so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        seen += [(Chat(tab).answer.text_content() or "").strip() for tab in tabs]
