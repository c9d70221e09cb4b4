"""The first minutes: a fresh clone, `make run`, the printed link, a question; and Ctrl-C."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.conftest import PASSWORD
from tests.ground.copies import NOT_FOR_COPIES, Copy
from tests.house.processes import BASE_DIR, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

INSTALL_SECONDS = 400
# The demo thinks and writes at a pace that one can follow.
REPLY_MS = 180_000

QUESTION = "Explain quantum computing in simple terms"


class Clone(Copy):
    """A fresh clone of this repository, started as somebody at a terminal would start it."""

    def __init__(self) -> None:
        super().__init__()
        self.checkout = self.place / "parley"
        subprocess.run(["git", "clone", "--quiet", BASE_DIR, self.checkout], check=True)

    def wait_until_up(self) -> None:
        wait_until(self._is_up, seconds=INSTALL_SECONDS, what="`make run` to say that it is up")
        self.seen |= set(self.family())

    def send(self, number: signal.Signals) -> None:
        """As a terminal does: to everybody in it."""
        self.seen |= set(self.family())
        os.killpg(self.pid, number)

    def _launch(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["make", "run"],
            cwd=self.checkout,
            env=_environment_of_a_terminal() | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _environment_of_a_terminal() -> dict[str, str]:
    """Ours without what is of this checkout and its tests, its Python above all."""
    not_theirs = (*NOT_FOR_COPIES, "VIRTUAL_ENV", "PYTHONPATH", "DJANGO_SETTINGS_MODULE", "MAKEFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in not_theirs}
    places = [place for place in kept.get("PATH", "").split(os.pathsep) if not place.startswith(sys.prefix)]
    python = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    return kept | {"PATH": os.pathsep.join(places), "PYTHON": str(python)}


@pytest.fixture
def clone() -> Iterator[Clone]:
    clone = Clone()
    clone.start()
    yield clone
    clone.remove()


@pytest.fixture
def origin(clone: Clone) -> str:
    clone.wait_until_up()
    link = urlsplit(clone.first_link)
    return f"{link.scheme}://{link.netloc}"


def test_from_a_fresh_clone_to_an_answer_and_its_cost_and_nothing_is_left_running(
    clone: Clone, visit: Visit
) -> None:
    page = visit(clone.first_link)
    make_the_administrator(page)
    go_through_the_steps(page)
    chat = Chat(page)

    chat.ask(QUESTION)

    expect(chat.thinking).to_have_text(re.compile(r"^Thinking… \d+ s$"))
    expect(chat.thoughts).to_be_visible()
    expect(chat.answer).to_be_empty()
    expect(chat.answer).to_contain_text("quantum", ignore_case=True, timeout=REPLY_MS)
    expect(chat.tally).to_be_hidden()
    expect(chat.tally).to_have_text(
        re.compile(r"\$0\.\d+ \(demo price, not billed\) · \d+ s"), timeout=REPLY_MS
    )
    expect(chat.thinking).to_have_text(re.compile(r"^Thought for \d+ s · \d+ tokens · \$0\.\d+"))
    expect(chat.thoughts).to_be_hidden()

    page.close()
    clone.end(signal.SIGINT)

    assert clone.left_behind() == []
    assert "Stopped." in clone.words()


def make_the_administrator(page: Page) -> None:
    expect(page.get_by_role("heading", name="Welcome. Make the first account.")).to_be_visible()
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()


def go_through_the_steps(page: Page) -> None:
    page.get_by_role("link", name="Go on with the demo").click()
    page.get_by_role("button", name="Save and go on").click()
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_label("Invitation link")).to_have_value(re.compile("/join/"))
    page.get_by_role("link", name="Open the chat").click()
    expect(page.get_by_text("What do you want to know, Ada?")).to_be_visible()
