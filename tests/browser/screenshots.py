"""`make screenshots`: every page, light, dark and on a phone, into docs/screenshots/, to be looked at."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from tests.browser.conftest import DESKTOP, PHONE, Visit
from tests.browser.furnished import furnish
from tests.browser.tour import tour
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import BASE_DIR, House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

PLACE = BASE_DIR / "docs" / "screenshots"
QUALITY = 72  # of a JPEG: all of them are read on a screen, and kept for long
MANNERS: dict[str, dict[str, Any]] = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "has_touch": True, "is_mobile": True},
}


def test_every_page(
    visit: Visit, house: House, script: Script, watch: Watch, admin: User, alice: User, bob: User
) -> None:
    watch.expect("status of 4", "status of 5")
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)
    PLACE.mkdir(exist_ok=True)
    taken: set[Path] = set()
    for manner, options in MANNERS.items():
        for name, page in tour(furnished, visit, **options):
            path = PLACE / f"{name}-{manner}.jpg"
            page.evaluate("document.fonts.ready")
            page.screenshot(path=path, type="jpeg", quality=QUALITY, animations="disabled")
            taken.add(path)
    for old in set(PLACE.glob("*.jpg")) - taken:
        old.unlink()
