"""Texts that cost more to draw than to write: piece by piece and whole they are drawn or shown as plain text, and the
page around them stays alive: what is typed meanwhile stands in the box.
"""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.bombs import BOMBS
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

END = "\n\nThe end."
PIECES = 60


def type_into(chat: Chat, words: str) -> None:
    """Key by key, as a person would; it must stand there."""
    chat.box.press_sequentially(words)
    expect(chat.box).to_have_value(words)
    chat.box.fill("")


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_leaves_the_page_alive_as_it_comes_in_pieces_and_as_a_reload_draws_it_whole(
    visit: Visit, script: Script, alice: User, name: str
) -> None:
    text = BOMBS[name]
    size = -(-len(text) // PIECES)
    pieces = [{"text": text[start : start + size]} for start in range(0, len(text), size)]
    script.play(
        *[step for piece in pieces for step in (piece, {"sleep": 0.03})], {"wait": "end"}, {"text": END}
    )
    chat = Chat(visit("/", alice))
    chat.ask("Be heavy")
    expect(chat.answer).not_to_be_empty()

    type_into(chat, "while it comes")
    script.release("end")
    expect(chat.answer).to_contain_text(END.strip())
    chat.until_done()
    type_into(chat, "once it is here")
    chat.page.reload()
    type_into(chat, "after a reload")
    expect(chat.answer).to_contain_text(END.strip())
