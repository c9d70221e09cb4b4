"""A walk through every page there is and all that opens on it."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.error_pages import ERRORS, show_error
from tests.browser.furnished import Furnished
from tests.browser.pages import PAGES, Listed, Who
from tests.browser.states import STATES, shown_whole


class Tabs:
    """One tab for everybody who sees something, signed in once."""

    def __init__(self, furnished: Furnished, visit: Visit, **options: Any) -> None:
        self._furnished = furnished
        self._open = {who: visit("about:blank", furnished.people.get(who), **options) for who in Who}

    def show(self, listed: Listed) -> Page:
        """Open a page as whoever sees it; it must be there."""
        page = self._open[listed.who]
        answer = page.goto(self._furnished.address(listed))
        assert answer is not None
        assert (listed.name, answer.status) == (listed.name, listed.status)
        if listed.name == "chat":
            shown_whole(page)
        return page

    def forget_drafts(self, who: Who) -> None:
        """From a page without a message box: one that is left keeps what stands in it."""
        page = self._open[who]
        page.goto("/healthz")
        page.evaluate("[localStorage, sessionStorage].forEach((kept) => kept.clear())")

    def of(self, who: Who) -> Page:
        return self._open[who]


def tour(furnished: Furnished, visit: Visit, **options: Any) -> Iterator[tuple[str, Page]]:
    """Every page, every state of it and every error, by name, in browsers with these options."""
    tabs = Tabs(furnished, visit, **options)
    for listed in PAGES:
        yield listed.name, tabs.show(listed)
    for name in ERRORS:
        stranger = tabs.of(Who.STRANGER)
        show_error(stranger, name)
        yield name, stranger
    yield from tour_of_states(tabs)


def tour_of_states(tabs: Tabs) -> Iterator[tuple[str, Page]]:
    """All that opens on a page, by name."""
    for state in STATES:
        # What one state left in the message box is a draft, which the next would find there.
        tabs.forget_drafts(state.listed.who)
        page = tabs.show(state.listed)
        state.reach(page)
        yield state.name, page
