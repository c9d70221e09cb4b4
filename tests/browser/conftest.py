"""Browsers on the house as it runs: one Chromium, a fresh profile for everybody in every test."""

import os
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from accounts.models import User
from tests import chromium
from tests.browser.watch import Watch
from tests.house import conftest as house_conftest
from tests.house.people import session_of
from tests.house.processes import PATIENCE_SECONDS, House

Visit = Callable[..., Page]

# What is waited for is mostly there within a tenth of a second.
PATIENCE_MS = 1000 * PATIENCE_SECONDS
# A test that takes ten seconds where it was written may take a minute elsewhere; only one that hangs takes longer.
LONGEST_SECONDS = 400
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
FAILED = pytest.StashKey[bool]()

_ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
    # Whatever a page tries, nothing leaves this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]

_house = house_conftest._house
house = house_conftest.house
script = house_conftest.script


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; skips them where there is none."""
    program = chromium.found()
    if program is None:
        pytest.skip(
            "no Chromium here: install one, name one with CHROMIUM, or run `playwright install chromium`"
        )
    # Sync Playwright runs an event loop in this thread, which makes Django fear for its connections.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE_MS)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=program, args=_ARGUMENTS + sandbox) as started,
    ):
        yield started


@pytest.fixture
def origin(house: House) -> str:
    """Where it is all served; nothing may be asked of anybody else."""
    return house.url


@pytest.fixture
def watch(origin: str) -> Iterator[Watch]:
    watch = Watch(origin)
    yield watch
    assert watch.faults == []


@pytest.fixture
def visit(origin: str, browser: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a page in a new browser: somebody's who is signed in, or nobody's."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=origin, **{"viewport": DESKTOP, **options})
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        contexts.append(context)
        if user is not None:
            sign_in(context, user, origin)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_page
    if request.node.stash.get(FAILED, False) or watch.faults:
        _photograph(request.node.name, contexts)
    for context in contexts:
        context.close()


def sign_in(context: BrowserContext, user: User, url: str) -> None:
    """Give a browser a session, as signing in would."""
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": url}])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These come last: once Playwright owns this thread's event loop, no other test can have one."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
    for item in items:
        if item.get_closest_marker("browser") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONGEST_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


def _photograph(test: str, contexts: list[BrowserContext]) -> None:
    """What everybody saw when it failed."""
    shots = Path(os.environ["DATA_DIR"]) / "shots"
    shots.mkdir(parents=True, exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages, 1):
        page.screenshot(path=shots / f"{re.sub(r'[^a-z0-9_-]+', '-', test)}-{number}.png")
