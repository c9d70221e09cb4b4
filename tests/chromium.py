"""Which browser the browser tests drive: CHROMIUM, the system's, or Playwright's own."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def found() -> Path | None:
    """The browser's program; None when this machine has none."""
    given = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if given:
        return Path(given)
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    return own if own.exists() else None
