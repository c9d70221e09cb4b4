"""Without a network, without a socket, through a deploy: quiet signs, no word on return, nothing lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from accounts.models import User
from conversations.models import Message
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, faults_in
from tests.browser.turns import talked
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import START_SECONDS, House, wait_until

pytestmark = pytest.mark.browser

OFFLINE = "You are offline. Your text is kept and nothing was sent."
RECONNECTING = "Reconnecting…"
WITHOUT = "No live connection. This page looks for news by itself."
RECONNECT = '{"type": "hint", "topic": "reconnect", "id": "", "data": null}'

# Notes every sentence that the line of the connection ever shows.
KEEP_SIGNS = """
() => {
  window.signs = [];
  const line = document.querySelector("parley-connection");
  new MutationObserver(() => line.hidden || window.signs.push(line.textContent.trim()))
    .observe(line, { attributes: true, childList: true, subtree: true, characterData: true });
}
"""


class Wire:
    """The sockets of a page, which can be cut, and refused for as long as one likes."""

    def __init__(self, page: Page | BrowserContext, *, is_dead: bool = False) -> None:
        self.is_dead = is_dead
        self.sockets: list[WebSocketRoute] = []
        self.asked: list[str | bytes] = []  # what the page said over its latest socket
        page.route_web_socket("**/socket/", self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)
        self.asked = []
        if self.is_dead:
            socket.close(code=1011)
            return
        server = socket.connect_to_server()

        def hear(frame: str | bytes) -> None:
            self.asked.append(frame)
            server.send(frame)

        socket.on_message(hear)

    def cut(self) -> None:
        self.sockets[-1].close(code=1011)

    def say(self, frame: str) -> None:
        """As if the server had said it."""
        self.sockets[-1].send(frame)


@pytest.fixture
def wired(visit: Visit, alice: User) -> Callable[..., tuple[Chat, Wire]]:
    """Alice's page, and the wire it hangs on."""

    def open_page(*, is_dead: bool = False, **options: Any) -> tuple[Chat, Wire]:
        context = visit("/links/", alice, **options).context
        wire = Wire(context, is_dead=is_dead)
        page = context.new_page()
        page.goto("/")
        wait_until(lambda: page.evaluate("1") and wire.sockets, what="the page to open its socket")
        return Chat(page), wire

    return open_page


def stop_clock(page: Page) -> None:
    """No timer of the page's runs on by itself."""
    now = datetime.now(UTC)
    page.clock.install(time=now)
    page.clock.pause_at(now + timedelta(minutes=1))


def sign(chat: Chat) -> Locator:
    return chat.page.locator("parley-connection")


def signs(chat: Chat) -> list[str]:
    return list(chat.page.evaluate("window.signs"))


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_offline_is_said_after_two_seconds_a_send_keeps_its_text_and_the_return_is_quiet(
    visit: Visit, script: Script, watch: Watch, alice: User, options: dict[str, Any]
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    script.play({"text": "So."})
    chat = Chat(visit("/", alice, **options))
    chat.ask("One?")
    chat.until_done()
    context = chat.page.context
    chat.box.fill("A long thought of mine")

    context.set_offline(True)
    expect(sign(chat)).to_have_text(OFFLINE)
    assert faults_in(chat.page) == []
    chat.send.click()
    expect(chat.send).to_be_enabled()
    expect(chat.box).to_have_value("A long thought of mine")
    expect(sign(chat)).to_have_text(OFFLINE)
    expect(chat.refusal).to_have_count(1)
    context.set_offline(False)
    expect(chat.refusal).to_have_count(0)
    chat.send.click()
    expect(chat.said).to_have_text(["One?", "A long thought of mine"])
    chat.until_done()


def test_a_send_that_finds_no_network_says_so_at_once(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    chat = Chat(visit("/", alice))
    chat.box.fill("A long thought of mine")
    stop_clock(chat.page)

    chat.page.context.set_offline(True)
    chat.page.wait_for_function("() => !navigator.onLine")
    chat.box.press("Enter")

    expect(sign(chat)).to_have_text(OFFLINE)
    expect(chat.box).to_have_value("A long thought of mine")
    chat.page.clock.resume()
    chat.page.context.set_offline(False)
    expect(sign(chat)).to_be_hidden()


def test_an_edit_that_finds_no_network_keeps_its_text_and_says_so_once(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    turns = talked(visit, script, alice, "One.")
    chat = turns.chat
    chat.page.context.set_offline(True)

    turns.edit(0, "Another question")

    expect(turns.save).to_be_enabled()
    expect(sign(chat)).to_have_text(OFFLINE)
    expect(chat.page.get_by_text(OFFLINE).filter(visible=True)).to_have_count(1)
    expect(turns.editor).to_have_value("Another question")
    chat.page.context.set_offline(False)
    script.play({"text": "Another answer."})
    turns.save.click()
    expect(chat.answer).to_have_text("Another answer.")
    chat.until_done()


def test_a_reply_that_went_on_without_the_page_is_whole_on_its_return(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("One?")
    expect(chat.answer).to_have_text("Before,")

    chat.page.context.set_offline(True)
    script.release("more")
    expect(sign(chat)).to_have_text(OFFLINE)
    chat.page.context.set_offline(False)

    expect(chat.answer).to_have_text("Before, after.")
    chat.until_done()
    expect(sign(chat)).to_be_hidden()


def test_a_short_gap_shows_nothing(script: Script, wired: Callable[..., tuple[Chat, Wire]]) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat, wire = wired()
    chat.ask("One?")
    expect(chat.answer).to_have_text("Before,")
    chat.page.evaluate(KEEP_SIGNS)

    stop_clock(chat.page)
    wire.cut()
    # It tries again within half a second; what lasts for two is no short gap.
    chat.page.clock.run_for(1_000)
    wait_until(
        lambda: chat.page.evaluate("1") and len(wire.sockets) == 2 and "follow" in str(wire.asked),
        what="the page to follow its reply anew",
    )
    chat.page.clock.resume()
    script.release("more")

    expect(chat.answer).to_have_text("Before, after.")
    chat.until_done()
    assert len(wire.sockets) == 2
    assert signs(chat) == []


def test_a_longer_gap_has_a_quiet_sign_until_it_is_over(
    script: Script, watch: Watch, wired: Callable[..., tuple[Chat, Wire]]
) -> None:
    chat, wire = wired()
    wire.is_dead = True
    wire.cut()

    expect(sign(chat)).to_have_text(RECONNECTING)
    assert faults_in(chat.page) == []
    wire.is_dead = False
    chat.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(sign(chat)).to_be_hidden()


def test_a_deploy_shows_nothing(script: Script, wired: Callable[..., tuple[Chat, Wire]]) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat, wire = wired()
    chat.ask("One?")
    expect(chat.answer).to_have_text("Before,")
    chat.page.evaluate(KEEP_SIGNS)

    wire.is_dead = True
    wire.say(RECONNECT)
    script.release("more")
    # Without a socket the rest comes by HTTP, seconds later: longer than any gap that is not announced may be.
    expect(chat.answer).to_have_text("Before, after.")
    wire.is_dead = False

    chat.until_done()
    assert signs(chat) == []


def test_a_restarted_web_server_costs_nothing_and_says_no_more_than_a_quiet_word(
    visit: Visit, script: Script, watch: Watch, house: House, alice: User
) -> None:
    watch.expect("WebSocket connection", "net::ERR")
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    chat = Chat(visit("/", alice))
    chat.ask("One?")
    expect(chat.answer).to_have_text("Before,")
    chat.box.fill("A long thought of mine")
    chat.page.evaluate(KEEP_SIGNS)

    house.web.end()
    house.web.start()
    wait_until(
        lambda: httpx.get(f"{house.url}/readyz").status_code == 200,
        seconds=START_SECONDS,
        what="the web server to be back",
    )
    script.release("more")

    expect(chat.answer).to_have_text("Before, after.")
    chat.until_done()
    expect(chat.box).to_have_value("A long thought of mine")
    # Nothing when it is back within two seconds, another word after half a minute, and nothing once it is back.
    assert set(signs(chat)) <= {RECONNECTING, WITHOUT}
    expect(sign(chat)).to_be_hidden()


def test_where_no_socket_is_to_be_had_replies_and_what_waits_come_all_the_same(
    script: Script, wired: Callable[..., tuple[Chat, Wire]]
) -> None:
    script.play({"text": "Answered."}, queue=[[{"text": "Before, "}, {"wait": "more"}, {"text": "after."}]])
    chat, wire = wired(is_dead=True)
    chat.ask("One?")
    expect(chat.answer).to_have_text("Before,")
    chat.box.fill("Two?")
    chat.box.press("Enter")
    waiting = chat.page.get_by_role("region", name="Waiting messages")
    expect(waiting).to_contain_text("Two?")

    script.release("more")

    expect(chat.said).to_have_text(["One?", "Two?"])
    expect(waiting).to_be_hidden()
    expect(chat.answer).to_have_text("Answered.")
    chat.until_done()
    assert len(wire.sockets) > 1


def test_what_was_said_before_a_pages_first_socket_stood_is_shown(
    script: Script, wired: Callable[..., tuple[Chat, Wire]]
) -> None:
    script.play({"text": "So."})
    chat, wire = wired()
    chat.ask("One?")
    chat.until_done()
    wire.is_dead = True
    late = chat.again()
    chat.ask("Two?")
    chat.until_done()
    expect(late.said).to_have_text(["One?"])

    wire.is_dead = False

    expect(late.said).to_have_text(["One?", "Two?"])
    late.until_done()


def test_what_another_tab_does_to_the_queue_is_seen_without_a_socket(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Before, "}, {"wait": "more"}, {"text": "after."})
    here = Chat(visit("/", alice))
    here.ask("One?")
    expect(here.answer).to_have_text("Before,")
    page = here.page.context.new_page()
    Wire(page, is_dead=True)
    page.goto(here.page.url)
    there = Chat(page)
    expect(there.answer).to_have_text("Before,")

    here.box.fill("Two?")
    here.box.press("Enter")
    expect(page.get_by_role("region", name="Waiting messages")).to_contain_text("Two?")
    here.page.get_by_role("button", name="Delete").click()

    expect(page.get_by_role("region", name="Waiting messages")).to_be_hidden()
    script.release("more")
    expect(there.answer).to_have_text("Before, after.")
    there.until_done()
    assert Message.objects.filter(role="user").count() == 1
