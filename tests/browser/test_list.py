"""The list of conversations beyond its first part, and by the reader's own days."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from conversations.models import Conversation, Model
from tests.browser.conftest import Visit
from tests.browser.test_list_acts import choose, row, talked
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

FIRST_PART = 50


@pytest.fixture
def many(script: Script, alice: User) -> None:
    """A hundred and ten conversations, the first named the latest."""
    begun, model = timezone.now() - timedelta(days=40), Model.objects.get(is_default=True)
    Conversation.objects.bulk_create(
        Conversation(
            owner=alice,
            title=f"Talk {number:03}",
            model=model,
            effort="high",
            updated_at=begun - timedelta(days=number),
        )
        for number in range(110)
    )


def rows(page: Page) -> Locator:
    return page.locator(".sidebar__item")


def scrolled(page: Page) -> float:
    return float(page.evaluate("document.querySelector('.sidebar__list').scrollTop"))


@pytest.mark.usefixtures("many")
def test_by_keys_alone_every_conversation_is_reached(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    expect(rows(page)).to_have_count(FIRST_PART)
    older = page.get_by_role("link", name="Older")

    older.focus()
    page.keyboard.press("Enter")

    expect(rows(page)).to_have_count(2 * FIRST_PART)
    expect(row(page, "Talk 050").get_by_role("link").first).to_be_focused()
    expect(page.locator(".sidebar__person")).to_be_in_viewport()
    older.focus()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(110)
    expect(older).to_be_hidden()
    choose(page, "Talk 109", "Archive")
    expect(row(page, "Talk 109")).to_have_count(0)
    expect(rows(page)).to_have_count(109)


@pytest.mark.usefixtures("many")
def test_the_next_page_shows_the_list_as_far_back_and_as_far_down(visit: Visit, alice: User) -> None:
    page = visit("/", alice)
    page.get_by_role("link", name="Older").click()
    expect(rows(page)).to_have_count(2 * FIRST_PART)
    row(page, "Talk 090").scroll_into_view_if_needed()
    before = scrolled(page)
    assert before > 0

    row(page, "Talk 090").get_by_role("link").first.click()

    expect(row(page, "Talk 090").get_by_role("link").first).to_have_attribute("aria-current", "page")
    expect(rows(page)).to_have_count(2 * FIRST_PART)
    expect(row(page, "Talk 090")).to_be_in_viewport()
    assert scrolled(page) == pytest.approx(before, abs=2)


@pytest.mark.usefixtures("many")
def test_the_list_shows_the_conversation_on_screen_wherever_its_row_stands(visit: Visit, alice: User) -> None:
    far = Conversation.objects.get(title="Talk 045")

    page = visit(f"/c/{far.pk}/", alice)

    expect(row(page, "Talk 045")).to_be_in_viewport()
    assert page.evaluate("scrollY") == 0
    assert scrolled(page) > 0


@pytest.mark.usefixtures("many")
def test_what_happens_in_another_tab_shows_in_parts_that_were_opened(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Well"}, {"wait": "end"}, {"text": "."})
    page = visit("/", alice)
    page.get_by_role("link", name="Older").click()
    other = page.context.new_page()
    old = Conversation.objects.get(title="Talk 070")
    other.goto(f"/c/{old.pk}/")

    other.get_by_role("textbox", name="Message").fill("And now?")
    other.get_by_role("button", name="Send", exact=True).click()

    expect(rows(page).first).to_contain_text("Talk 070")
    expect(rows(page).first.locator(".dot--live")).to_be_visible()
    expect(row(page, "Talk 070")).to_have_count(1)
    other.goto("/")
    script.release("end")
    expect(rows(page).first.get_by_text("not read yet")).to_be_attached()
    expect(rows(page).first.locator(".dot:not(.dot--live)")).to_be_visible()


def test_a_days_conversations_stand_under_the_readers_own_day(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "Well."})
    now = timezone.now()
    talked(visit("/", alice), "About tides")
    # As many hours back as reach yesterday in the one zone and not in the other.
    there = now - timedelta(hours=now.hour + 1)
    Conversation.objects.update(updated_at=there)

    for zone in ("UTC", "Pacific/Niue", "Pacific/Kiritimati"):
        page = visit("/settings/", alice, timezone_id=zone)
        label = page.evaluate(
            """([then, now]) => {
                 const day = (at) => new Intl.DateTimeFormat("sv-SE").format(new Date(at));
                 return day(then) === day(now) ? "Today" : "Yesterday";
               }""",
            [there.isoformat(), now.isoformat()],
        )
        # Already in what the server sends: nothing jumps when scripts have run.
        assert f'data-group="{label}"' in page.request.get("/").text()
        page.goto("/")
        expect(page.locator(".sidebar__label")).to_have_text([label])
