"""A headless Chromium at the house, for the benchmarks of what people see."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import ground
from accounts.models import User
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, sync_playwright
from tests import chromium
from tests.house.people import session_of
from tests.house.processes import House

# Of the page's main thread, in milliseconds: its own CPU time, so that a busy machine changes little.
SCRIPTING, LAYOUT, STYLE, ALL = "ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration"


def found() -> Path | None:
    """The browser; None, said aloud, where this machine has none."""
    program = chromium.found()
    if program is None:
        ground.say("There is no Chromium on this machine, so what people see was not measured.")
    return program


@contextmanager
def visiting(
    program: Path, house: House, user: User, *, debugged_at: int | None = None
) -> Iterator[BrowserContext]:
    """A window on a desktop, without a graphics card, in which `user` is signed in; others may drive the browser, too,
    at a port of this machine."""
    flags = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    if debugged_at is not None:
        flags.append(f"--remote-debugging-port={debugged_at}")
    # Playwright's loop runs in this thread, and so do the queries between two pages.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright, TemporaryDirectory() as profile:
        # With a profile, so that a page which somebody else opens is signed in as well.
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            args=flags,
            base_url=house.url,
            viewport={"width": 1280, "height": 860},
        )
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": house.url}]
        )
        yield context
        context.close()


class Work:
    """What a page has made its main thread do."""

    def __init__(self, page: Page) -> None:
        self._devtools = page.context.new_cdp_session(page)
        self._devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before: dict[str, float] = {}
        self.begin()

    def begin(self) -> None:
        """Count from here."""
        self._before = self._now()

    def done(self) -> dict[str, float]:
        """Milliseconds of each kind since `begin`."""
        now = self._now()
        return {kind: now[kind] - self._before[kind] for kind in (SCRIPTING, LAYOUT, STYLE, ALL)}

    def _now(self) -> dict[str, float]:
        told = self._devtools.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] * 1000 for metric in told}


def head(what: str) -> None:
    """The first lines of a table of targets and figures."""
    ground.say(f"| {what} | target | seen |")
    ground.say("|---|---:|---:|")


def row(what: str, target: str, seen: str) -> None:
    """One figure beside what it is to be; "" = nothing was set."""
    ground.say(f"| {what} | {target} | {seen} |")
