"""In another language nothing stands in English: every page, all that opens on it, and all that scripts write.

The other language is made from today's sources: each sentence that can be translated stands in ⟦brackets⟧.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.chat import Chat, copy_by
from tests.browser.conftest import Visit
from tests.browser.error_pages import ERRORS, show_error
from tests.browser.furnished import LEASE, QUESTION, TO_WORK_OUT, UNANSWERED, furnish
from tests.browser.pages import PAGES, Who
from tests.browser.tour import Tabs, tour_of_states
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import START_SECONDS, House, Process, free_port, wait_until
from tests.words import pseudo
from tests.words.reading import untranslated

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

IN_BRACKETS: dict[str, Any] = {"extra_http_headers": {"Accept-Language": pseudo.CODE}}
# People, places, products, units of what is sold, and commands that are typed as they stand.
NAMES = (
    *(QUESTION, TO_WORK_OUT, UNANSWERED, LEASE, "Holiday plans", "A draft", "qubit", "nobody said this"),
    *("Parley", "Alice", "Bob", "Admin", "Legal", "Scripted", "scripted", "example.org"),
    *("DeepSeek V4 Flash", "V4 Flash", "deepseek-v4-flash", "DeepSeek", "OpenRouter", "Routeway", "Demo"),
    *("/new", "/title …", "/model …", "/think …", "/share", "/fork", "/settings", "/help"),
    *("GPQA", "HLE", "SciCode", "IFBench", "LCR", "TerminalBench Hard", "Tau2"),
    *("Intelligence Index", "Coding Index"),
)
# What a reply may hold that we add words to.
RICH = """\
| Thing | Cost |
| --- | ---: |
| Tea | $1.20 |

- [x] bread
- [ ] milk[^1]

```python
print("Hello")
```

$$a^2$$

![A picture](https://example.org/a.png)

[^1]: Fresh.
"""
# A model's and a price's source in these tests, and what providers call efforts and an end.
WHOLE = ("flash", "demo", "test", "off, low, high, max", "stop")


@pytest.fixture(scope="session")
def _bracketed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return pseudo.settings_with(tmp_path_factory.mktemp("locale"))


@pytest.fixture
def origin(house: House, _bracketed: dict[str, Any], tmp_path: Path) -> Iterator[str]:
    """A web process beside the house's own, which speaks the second language too."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **house.environment,
        "PORT": str(port),
        "PUBLIC_ORIGINS": url,
        "DJANGO_SETTINGS_MODULE": "tests.words.bracketed_settings",
        "BRACKETED_LOCALE": str(_bracketed["LOCALE_PATHS"][0]),
    }
    web = Process("manage.py", "serve", environment=environment, log=tmp_path / "web.log")
    web.start()
    try:
        wait_until(lambda: answers(url), seconds=START_SECONDS, what="the second web process to be ready")
        yield url
    finally:
        web.end()


def answers(url: str) -> bool:
    return httpx.get(f"{url}/readyz").status_code == 200


def test_every_page_and_all_that_opens_on_it_can_be_translated(
    visit: Visit,
    house: House,
    script: Script,
    watch: Watch,
    _bracketed: dict[str, Any],
    admin: User,
    alice: User,
    bob: User,
) -> None:
    watch.expect("status of 4", "status of 5")
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)
    tabs = Tabs(furnished, visit, **IN_BRACKETS)

    faults: dict[str, str] = {}  # each with the first page that has it
    for listed in PAGES:
        faults = dict.fromkeys(untranslated(tabs.show(listed), NAMES, WHOLE), listed.name) | faults
    with override_settings(**_bracketed), translation.override(pseudo.CODE):
        for name in ERRORS:
            show_error(tabs.of(Who.STRANGER), name)
            faults = dict.fromkeys(untranslated(tabs.of(Who.STRANGER), NAMES, WHOLE), name) | faults
    for name, page in tour_of_states(tabs):
        faults = dict.fromkeys(untranslated(page, NAMES, WHOLE), name) | faults

    assert faults == {}


def test_what_scripts_write_while_a_reply_comes_can_be_translated(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    script.play(
        {"reasoning": "Let me see."}, {"wait": "answer"}, {"text": RICH}, {"wait": "end"}, {"text": "."}
    )
    page = visit("/", alice, **IN_BRACKETS)
    chat = Chat(page)
    faults: dict[str, str] = {}

    def look(name: str) -> None:
        faults.update(dict.fromkeys(untranslated(page, NAMES, WHOLE), name))

    chat.ask(QUESTION)
    expect(chat.thoughts).to_have_text("Let me see.")
    look("thinking")
    script.release("answer")
    expect(chat.answer.get_by_role("table")).to_be_visible()
    chat.box.fill("And then?")
    look("writing")
    chat.box.press("Enter")
    expect(page.locator(".queue__row")).to_be_visible()
    look("a message that waits")
    page.locator(".queue__row").get_by_role("button", name="Delete").click()
    expect(page.locator(".queue__row")).to_be_hidden()
    script.release("end")
    chat.until_done()
    expect(chat.thinking).to_contain_text(pseudo.OPENS)
    chat.tally.click()
    copy_by(chat.reply.get_by_role("button", name="Copy", exact=False).last)
    look("the end, its receipt, a copy")

    script.play({"tokens": 3000, "rate": 50})
    chat.ask("Again")
    expect(chat.answer).to_contain_text("word word")
    chat.stop.click()
    expect(chat.note).to_contain_text(f"{pseudo.OPENS}Stopped by you after")
    look("a reply that was stopped")
    script.play({"status": 401, "body": {"error": {"message": "no"}}})
    chat.ask("Again")
    expect(chat.note).to_contain_text("is refusing our key")
    look("a reply that failed")

    chat.box.press_sequentially("/title")
    chat.box.press("Enter")
    expect(chat.box).to_have_value("/title ")
    chat.box.press("Enter")
    expect(chat.refusal).to_contain_text("Write the title behind it")
    look("a command without its word")
    page.context.set_offline(True)
    expect(page.locator("parley-connection")).to_contain_text("You are offline")
    look("no network")

    assert faults == {}
