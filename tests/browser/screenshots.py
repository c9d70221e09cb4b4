"""`make screenshots`: every page, light, dark and on a phone, into docs/screenshots/, to be looked at.

Pages whose address says all are found among the addresses; those of somebody or something are named here.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page, expect

from accounts.actions import requests
from accounts.models import Membership, Team, User
from conversations.models import Model, Provider
from tests.accounts import books
from tests.accounts.test_usage import spend
from tests.browser.chat import Chat
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import BASE_DIR

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PLACE = BASE_DIR / "docs" / "screenshots"
QUALITY = 72  # of a JPEG: all of them are read on a screen, and kept for long
MANNERS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}
NOWHERE = "/nothing-here/"
NOBODYS = ("/account/login/", "/account/password/reset/", "/account/password/reset/done/", "/account/signup/")
ANSWER = """\
Think of a **coin in the air**: neither heads nor tails, but both until it lands. A qubit is such a coin that never
needs to land while you reckon with it.

| | A bit | A qubit |
| --- | --- | --- |
| states | 0 or 1 | any mixture of both |
| read | as often as you like | once: then it is a bit |

```python
def chances(a: complex, b: complex) -> tuple[float, float]:
    \"\"\"How likely each outcome is.\"\"\"
    return abs(a) ** 2, abs(b) ** 2
```

The two always add up to one: $|a|^2 + |b|^2 = 1$.
"""
THOUGHT = "They want it simple. A coin is a fair picture, as long as I say where it breaks. A table, then one formula."


@pytest.fixture
def team(admin: User, alice: User) -> Team:
    """A team that has spent, with a request that waits."""
    team = Team.objects.create(name="Legal")
    for user in (admin, alice):
        Membership.objects.create(team=team, user=user, is_manager=user == admin)
        books.limit_person(user, "5")
        spend(user, "1.20", team=team, tokens=(9000, 4000, 900, 300))
        spend(user, "0.40", tokens=(4000, 900, 700, 300))
    requests.ask_for_more(user=alice, amount=Decimal(2), reason="The board meets on Friday.", team=team)
    return team


def test_every_page(visit: Visit, script: Script, watch: Watch, admin: User, alice: User, team: Team) -> None:
    watch.expect("status of 403", "status of 404")
    script.play({"reasoning": THOUGHT}, {"text": ANSWER})
    PLACE.mkdir(exist_ok=True)
    taken: set[Path] = set()
    for manner, options in MANNERS.items():

        def take(page: Page, name: str, manner: str = manner) -> None:
            path = PLACE / f"{name}-{manner}.jpg"
            page.evaluate("document.fonts.ready")
            page.screenshot(path=path, type="jpeg", quality=QUALITY, animations="disabled")
            taken.add(path)

        for path in NOBODYS:
            take(visit(path, **options), _name_of(path))
        _conversation(visit("/", alice, **options), take, is_phone=manner == "phone")
        _pages(visit("/usage/", admin, **options), take, alice, team)
    for old in set(PLACE.glob("*.jpg")) - taken:
        old.unlink()


def _conversation(page: Page, take: Callable[[Page, str], None], *, is_phone: bool) -> None:
    take(page, "chat-empty")
    chat = Chat(page)
    chat.ask("Explain quantum computing in simple terms")
    chat.until_done()
    expect(chat.answer.locator(".katex").first).to_be_visible()
    take(page, "chat")
    chat.thinking.click()
    chat.tally.click()
    expect(chat.reply.locator(".receipt")).to_be_visible()
    page.mouse.move(0, 0)
    take(page, "chat-thinking-and-receipt")
    _menus(page, chat, take, is_phone=is_phone)
    if is_phone:
        page.get_by_role("banner").get_by_label("More").click()
    link = chat.share()
    take(page, "share")
    conversation = page.url.rstrip("/").rsplit("/", 1)[1]
    page.goto(link)
    take(page, "shared")
    page.goto(f"/conversations/{conversation}/manage/")
    take(page, "conversations-manage")


def _menus(page: Page, chat: Chat, take: Callable[[Page, str], None], *, is_phone: bool) -> None:
    """What floats over a conversation, one after the other."""
    for act, name in (("Details", "details"), ("Rate…", "rate"), ("Retry with…", "retry-with")):
        chat.reply.get_by_role("button", name="More").click()
        if name == "details":
            take(page, "turn-menu")
        page.get_by_role("button", name=act, exact=True).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        take(page, name)
        page.keyboard.press("Escape")
    if is_phone:
        page.get_by_role("button", name="Conversations").click()
    page.get_by_label("Rename, pin, archive, delete").first.focus()
    page.keyboard.press("Enter")
    take(page, "list-menu")
    page.get_by_role("button", name="Rename…").click()
    take(page, "rename")
    page.keyboard.press("Escape")
    if is_phone:
        page.keyboard.press("Escape")


def _pages(page: Page, take: Callable[[Page, str], None], alice: User, team: Team) -> None:
    model, provider = Model.objects.get(is_default=True), Provider.objects.get(slug="scripted")
    somebodys = (
        f"/budgets/person/{alice.pk}/",
        f"/teams/{team.pk}/",
        f"/providers/{provider.pk}/",
        f"/providers/models/{model.pk}/",
        f"/models/{model.slug}/",
        "/prices/edit/?provider=scripted&model=deepseek-v4-flash",
        NOWHERE,
    )
    for path in (*_addresses(), *somebodys):
        answer = page.request.get(path)
        is_page = (
            answer.ok and answer.url.endswith(path) and answer.headers["content-type"].startswith("text/html")
        )
        if is_page or (answer.status == 404 and path == NOWHERE):
            page.goto(path)
            take(page, _name_of(path))


def _addresses() -> Iterator[str]:
    """Every address that has nothing to fill in, but for the chat's, and the back office's own."""
    for path in sorted(_fixed(get_resolver())):
        if path != "/" and not path.startswith(("/admin/", "/account/login", "/account/signup")):
            yield path


def _fixed(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _fixed(pattern, here)
        elif isinstance(pattern, URLPattern) and not re.search(r"[<(\\$]", here):
            yield here


def _name_of(path: str) -> str:
    """ "/providers/0190…/" → "providers-one"."""
    path = path.partition("?")[0]
    parts = ["one" if re.fullmatch(r"[0-9a-f-]{36}", part) else part for part in path.strip("/").split("/")]
    return "-".join(parts)
