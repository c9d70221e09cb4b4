"""The words that were looked for, in the message to which they led: in sight, marked, and the text as it was."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.models import Conversation
from conversations.search import rows
from tests.browser.chat import Chat, follow
from tests.browser.conftest import Visit
from tests.browser.test_palette import Palette, talk
from tests.browser.turns import NOTE_OUTLINED, drawn, outlined, talked
from tests.conversations.tree import lengthen
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

FILLER = "\n\n".join(f"Paragraph {number}, in which not much is said." for number in range(60))
CODE = "```python\nprint('kakapo')\n```"
BURIED = f"{FILLER}\n\nThe **great** auk is gone, and so is `the` Great\nAuk.\n\n{CODE}\n\n{FILLER}"

MARKED = "() => [...(CSS.highlights.get('found') ?? [])].map(String)"
# Where the first mark is, and how much of the window is above what is written in.
PLACE = """
() => [
  [...CSS.highlights.get('found')][0].getBoundingClientRect().top,
  document.querySelector('.dock').getBoundingClientRect().top,
]
"""


def marked(page: Page, *words: str) -> None:
    """These words are marked, in this order, and the first of them is in sight."""
    page.wait_for_function(f"words => JSON.stringify(({MARKED})()) === words", arg=_json(words))
    drawn(page)
    top, dock = page.evaluate(PLACE)
    assert 56 < top < dock


def _json(words: tuple[str, ...]) -> str:
    return "[" + ",".join(f'"{word}"' for word in words) + "]"


def open_hit(page: Page, typed: str, row: str) -> None:
    palette = Palette(page)
    palette.open(typed)
    follow(palette.rows.filter(has=page.locator("mark"), has_text=row).last)


def test_a_hit_deep_in_a_long_message_is_in_sight_and_its_text_is_left_alone(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": "An auk, they ask."}, {"text": BURIED})
    page = visit("/", alice)
    chat = talk(page, "What of birds?")
    expect(page.locator(".hljs-string")).to_be_visible()
    before = chat.answer.inner_text()
    markup = chat.answer.inner_html()

    open_hit(page, '"great auk"', "auk is gone")

    marked(page, "great auk", "Great\\nAuk")
    expect(page.locator(".turn--reply")).to_be_focused()
    expect(page.locator(".hljs-string")).to_be_visible()
    assert (chat.answer.inner_text(), chat.answer.inner_html()) == (before, markup)
    chat.unfold()
    expect(chat.thoughts).to_be_visible()
    assert page.evaluate(MARKED) == []

    open_hit(page, "kakapo", "kakapo")
    expect(page.locator(".hljs-string")).to_be_visible()
    marked(page, "kakapo")  # though its code was coloured since
    page.keyboard.press("Escape")
    assert page.evaluate(MARKED) == []
    assert chat.answer.inner_html() == markup


def test_several_words_lead_to_where_all_of_them_are_and_their_line_shows_that_place(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": f"A great bird.\n\n{FILLER}\n\nNow *the* auk was once a **great** one.\n\n{FILLER}"})
    page = visit("/", alice)
    talk(page, "What of birds?")

    open_hit(page, "great auk", "auk was once a great one")

    page.wait_for_function(f"() => ({MARKED})().length === 3")
    drawn(page)
    place = page.locator(".reply__text strong")
    expect(place).to_have_text("great")
    expect(place).to_be_in_viewport()
    expect(page.get_by_text("A great bird.")).not_to_be_in_viewport()


def test_a_hit_far_up_in_a_long_conversation_is_marked_where_it_stands(
    visit: Visit, script: Script, alice: User
) -> None:
    page = talked(visit, script, alice, "First.").chat.page
    conversation = Conversation.objects.get()
    lengthen(conversation, 100, "Answer {}.\n\n" + "It goes on for a paragraph or two. " * 20)
    wanted = conversation.messages.get(text="Question 20")
    rows.add(alice.pk, [wanted])

    page.goto("/search/?q=question+20")
    page.locator(".found__link").last.click()

    marked(page, "Question", "20")
    expect(page.locator(f"#message-{wanted.pk}")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/c/[0-9a-f-]+/$"))
    expect(page.locator(".turn", has_text="Answer 100")).to_be_attached()  # what follows is here too
    script.play({"text": "Something new."})
    Chat(page).ask("And now?")
    assert page.evaluate(MARKED) == []


def test_a_hit_on_another_branch_is_marked_there(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "Otters hold hands."})
    page = visit("/", alice)
    chat = talk(page, "Tell me of otters")
    script.play({"text": "Badgers dig."})
    chat.retry.last.click()
    expect(chat.answer).to_have_text("Badgers dig.")
    chat.until_done()

    open_hit(page, "hold hands", "Otters hold")

    expect(chat.answer).to_have_text("Otters hold hands.")
    marked(page, "hold", "hands")


def test_where_the_words_cannot_be_seen_the_message_is_shown(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So: $x + marmotta$."})
    page = visit("/", alice)
    talk(page, "A formula")
    page.add_init_script(NOTE_OUTLINED)

    open_hit(page, "marmotta", "marmotta")

    reply = page.locator(".turn--reply")
    expect(reply).to_be_focused()
    assert outlined(page) == [reply.get_attribute("id")]
    assert page.evaluate(MARKED) == []
