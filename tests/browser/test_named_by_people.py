"""What people name and write (each other, teams, titles, notes, instructions, providers, models, prices) is words on
every page there is, in every dialog and menu; and would do nothing even if a page forgot that.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from accounts.admin import office
from accounts.models import User
from tests.accounts.test_usage import spend
from tests.browser.conftest import Visit
from tests.browser.disguise import disguise
from tests.browser.furnished import Furnished, furnish
from tests.browser.layers import Elsewhere, elsewhere, make_live
from tests.browser.pages import PAGES, Who
from tests.browser.tour import Tabs, tour
from tests.browser.watch import Watch
from tests.house.conftest import Script
from tests.house.processes import House

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

# By the name of its tests' pages: where somebody's words stand, so that they would be heard of if they were live.
SURELY_SAID_ON = (
    "chat",
    "people",
    "teams-one",
    "shared",
    "links",
    "search-found",
    "spend",
    "providers",
    "requests",
)


@pytest.fixture
def evil() -> Iterator[Elsewhere]:
    with elsewhere() as place:
        yield place


@pytest.fixture
def hostile(house: House, script: Script, admin: User, alice: User, bob: User, evil: Elsewhere) -> Furnished:
    """A furnished house in which every name is an attack."""
    words = f"""\"><img src="{evil.origin}/n" onerror="__pwned='n'">"""
    for user in (admin, alice, bob):
        user.display_name = f"{user.display_name}{words}"
        user.save(update_fields=["display_name"])
    furnished = furnish(house, script, admin=admin, member=alice, reader=bob)
    spend(alice, "0.10", model=words, provider="scripted")
    changed = disguise(f"quantum'{words}</title></script></textarea><script>__pwned='s'</script>")
    assert {"user.display_name", "team.name", "conversation.title", "provider.name"} <= set(changed)
    return furnished


def test_no_page_and_nothing_that_opens_on_one_takes_words_for_more(
    visit: Visit, watch: Watch, hostile: Furnished, evil: Elsewhere
) -> None:
    watch.expect("status of 4", "status of 5")

    names = [name for name, _page in tour(hostile, visit, bypass_csp=True)]

    assert len(names) > len(PAGES)
    assert evil.heard == []


def test_nothing_that_people_name_is_more_than_words_in_the_back_office(
    visit: Visit, admin: User, hostile: Furnished, evil: Elsewhere
) -> None:
    page = visit("/admin/", admin, bypass_csp=True)
    for model in office._registry:
        where = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        page.goto(where)
        for row in model._default_manager.all()[:1]:
            page.goto(f"{where}{row.pk}/change/")
            said = page.locator("#content").inner_text()
            assert "onerror=" in said or model.__name__ not in ("User", "Team", "Provider", "Model"), where
    page.wait_for_load_state("networkidle")

    assert evil.heard == []


def test_hostile_titles_are_words_in_what_is_found(
    visit: Visit, alice: User, hostile: Furnished, evil: Elsewhere
) -> None:
    page = visit("/", alice, bypass_csp=True)
    page.keyboard.press("Control+k")
    page.keyboard.type("quantum")
    expect(page.get_by_role("dialog").get_by_text("onerror=").first).to_be_visible()
    page.goto("/search/?q=quantum")
    expect(page.get_by_role("main").get_by_text("onerror=").first).to_be_visible()

    assert evil.heard == []


def test_where_a_page_forgets_to_the_policy_alone_lets_nothing_run_and_nothing_out(
    visit: Visit, watch: Watch, hostile: Furnished, evil: Elsewhere
) -> None:
    _read_live(visit, hostile)
    assert evil.heard == []
    assert [fault for fault in watch.faults if "foreign script ran" in fault] == []

    _read_live(visit, hostile, only=SURELY_SAID_ON, bypass_csp=True)
    assert evil.heard != []
    assert "foreign script ran" in str(watch.faults)
    watch.faults.clear()


def _read_live(visit: Visit, hostile: Furnished, only: tuple[str, ...] = (), **options: bool) -> None:
    """Open pages with their words made live."""
    tabs = Tabs(hostile, visit, **options)
    for who in Who:
        make_live(tabs.of(who).context)
    for listed in PAGES:
        if not only or listed.name in only:
            tabs.of(listed.who).goto(hostile.address(listed))
    for who in Who:
        tabs.of(who).goto("about:blank")
