"""Texts that cost more to draw than to write: piece by piece and whole they are drawn or shown as plain text, and the
page around them stays alive: what is typed meanwhile stands in the box.
"""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from conversations.models import Conversation
from tests.browser.bombs import BOMBS
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.written import UNDRAWN, written
from tests.house.conftest import Script

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

END = "\n\nThe end."
SEEN_AND_DRAWN = """answer => {
    answer.scrollIntoView({ block: "nearest" });
    return answer.classList.contains("prose");
}"""
PIECES = 24


def type_into(chat: Chat, words: str, moment: str) -> None:
    """Key by key, as a person would; it must stand there."""
    chat.box.press_sequentially(words)
    expect(chat.box, moment).to_have_value(words)
    chat.box.fill("")


def come(chat: Chat, script: Script, name: str, text: str) -> None:
    """Have it written as a reply to a new conversation, in pieces, and type meanwhile."""
    size = -(-len(text) // PIECES)
    pieces = [{"text": text[start : start + size]} for start in range(0, len(text), size)]
    script.play(
        *[step for piece in pieces for step in (piece, {"sleep": 0.03})], {"wait": name}, {"text": END}
    )
    chat.page.goto("/")
    chat.ask(name)
    expect(chat.answer, name).not_to_be_empty()
    type_into(chat, "meanwhile", f"{name}, as it comes")
    script.release(name)
    expect(chat.answer, name).to_contain_text(END.strip())
    chat.until_done()
    type_into(chat, "afterwards", f"{name}, once it is here")


@pytest.mark.parametrize("kind", BOMBS)
def test_bombs_leave_the_page_alive_as_they_come_in_pieces_and_as_they_are_drawn_whole(
    visit: Visit, script: Script, alice: User, kind: str
) -> None:
    bombs = BOMBS[kind]
    chat = Chat(visit("/", alice))
    for name, text in bombs.items():
        come(chat, script, name, text)

    begun = Conversation.objects.filter(owner=alice).first()
    assert begun is not None
    turns = [(name, text + END) for name, text in bombs.items()]
    chat.page.goto(f"/c/{written(alice, begun, turns, kind).pk}/")
    for number, (name, text) in enumerate(turns):
        answer = chat.replies.nth(number).locator(".reply__text")
        answer.scroll_into_view_if_needed()
        type_into(chat, "still here", f"{name}, whole")
        # What stands above it may be drawn only now, and push it away.
        chat.page.wait_for_function(SEEN_AND_DRAWN, arg=answer.element_handle(), polling=100)
        expect(answer, name).to_contain_text(END.strip())
        expect(answer.locator(UNDRAWN), name).to_have_count(0)
        shown, is_plain = answer.evaluate("answer => [answer.textContent, answer.matches('.prose--plain')]")
        assert not is_plain or shown == text, f"{name} is not plain to its last letter"
