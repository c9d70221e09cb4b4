"""Money as people meet it in a browser: the one figure, the line when it runs low, asking for more, the pages."""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.actions import requests
from accounts.models import Membership, Team, User
from tests.accounts import books
from tests.accounts.test_usage import spend
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.test_accessible import BEYOND_THE_EDGE, ON_A_PHONE, faults_in
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

EVERYBODY = "00000000-0000-0000-0000-000000000000"
PAGES = (
    "/usage/",
    "/spend/",
    "/spend/?by=day",
    "/spend/books/",
    "/spend/changes/",
    "/prices/",
    "/requests/",
    "/teams/",
    "/teams/{team}/",
    "/budgets/person/{person}/",
    f"/budgets/everybody/{EVERYBODY}/",
)


@pytest.fixture
def legal(admin: User, alice: User) -> Team:
    """A team that has spent, with a request that waits and a budget that was set."""
    team = Team.objects.create(name="Legal")
    for user in (admin, alice):
        Membership.objects.create(team=team, user=user, is_manager=user == admin)
        books.limit_person(user, "5")
        spend(user, "1.20", team=team, tokens=(9000, 4000, 900, 300))
        spend(
            user, "0.40", model="a-model-with-a-rather-long-name/that-somebody-chose", tokens=(100, 0, 9, 0)
        )
    requests.ask_for_more(user=alice, amount=Decimal(2), reason="The board meets on Friday. " * 6, team=team)
    return team


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_every_page_of_money_is_readable_for_everybody(
    visit: Visit, admin: User, alice: User, legal: Team, options: dict[str, Any]
) -> None:
    page = visit("/usage/", admin, **options)
    faults = []
    for path in PAGES:
        page.goto(path.format(team=legal.pk, person=alice.pk))
        faults += [f"{path} {fault}" for fault in faults_in(page)]
        width = page.evaluate("document.documentElement.clientWidth")
        faults += [f"{path} is cut: {cut}" for cut in page.evaluate(BEYOND_THE_EDGE, width)]

    assert faults == []


def test_the_one_figure_opens_into_what_it_is_made_of(visit: Visit, script: Script, alice: User) -> None:
    books.limit_person(alice, "5")
    script.play(
        {"text": "Yes."},
        {"finish": "stop"},
        {"usage": {"prompt_tokens": 40_000, "completion_tokens": 1_000}},
    )
    chat = Chat(visit("/", alice))
    chat.ask("Once")
    chat.until_done()
    figure = chat.page.locator("parley-money summary")
    expect(figure).to_have_text("$4.95 left")
    # A cent and more: it is worth a word where one writes, too.
    expect(chat.page.locator("parley-next-turn")).to_have_text("Next turn ≈ $0.042")

    figure.focus()
    chat.page.keyboard.press("Enter")

    panel = chat.page.locator(".money__panel")
    expect(panel.locator(".money__line").first).to_have_text(re.compile(r"Last reply\s*\$0\.041"))
    expect(panel.get_by_text("≈ $0.042")).to_be_visible()
    expect(
        panel.get_by_text(re.compile(r"\$4\.95 of \$5\.00 left for \w+\. It starts again on 1 "))
    ).to_be_visible()
    assert faults_in(chat.page) == []
    chat.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(figure).to_be_focused()


def test_it_is_readable_on_a_phone_and_without_scripts(visit: Visit, alice: User) -> None:
    books.limit_person(alice, "5")
    page = visit("/", alice, **ON_A_PHONE, java_script_enabled=False)

    page.locator("parley-money summary").tap()

    box = page.locator(".money__panel").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_line_when_it_runs_low_is_said_once(visit: Visit, alice: User) -> None:
    books.limit_person(alice, "5")
    spend(alice, "4.1")
    page = visit("/", alice)
    line = page.get_by_text(re.compile(r"^\$0\.90 of \$5\.00 left for \w+\.$"))
    expect(line).to_be_visible()
    assert faults_in(page) == []

    with page.expect_response(re.compile("/usage/notice/")):
        page.get_by_role("button", name="Hide").click()
    expect(line).to_be_hidden()
    page.reload()

    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    expect(line).to_be_hidden()


def test_on_a_phone_too_who_asks_for_more_sees_that_it_was_heard(visit: Visit, alice: User) -> None:
    books.limit_person(alice, "5")
    page = visit("/usage/", alice, **ON_A_PHONE)
    more = page.locator(".disclosure").filter(has_text="Ask for more")

    more.locator("summary").click()
    more.get_by_label("How much more").fill("3")
    more.get_by_label("What for").fill("The board meets on Friday.")
    more.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It waits for an administrator. You can keep writing")).to_be_in_viewport()
    more.locator("summary").click()
    more.get_by_role("button", name="Take it back").click()

    expect(page.get_by_text("You have taken your request back.")).to_be_in_viewport()


def test_at_the_limit_one_asks_for_more_and_goes_on_when_it_is_given(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    script.play({"text": "Yes."})
    books.limit_person(alice, "2")
    spend(alice, "2.5")
    chat = Chat(visit("/", alice))
    expect(chat.refusal).to_have_text(
        re.compile(r"^You have reached \$2\.00 for \w+\. It starts again on 1 ")
    )
    expect(chat.send).to_be_disabled()
    with chat.page.expect_response("**/money/"):
        chat.box.fill("A draft that stays")
    expect(chat.refusal).to_be_visible()
    expect(chat.send).to_be_disabled()

    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url) if "/ask/" in request.url else None)
    chat.page.locator(".spending summary").click()
    chat.page.get_by_label("How much more").fill("3")
    chat.page.get_by_label("What for").fill("The board meets on Friday.")
    chat.page.get_by_role("button", name="Send request").dblclick()

    expect(chat.page.get_by_text("It waits for an administrator. You can keep writing")).to_be_visible()
    assert len(asked) == 1
    office = visit("/requests/", admin)
    expect(office.get_by_text("The board meets on Friday.")).to_be_visible()
    office.get_by_role("button", name="Approve").click()
    expect(office.get_by_text("Alice has it from the next message.")).to_be_visible()

    expect(chat.page.locator("parley-money summary")).to_have_text("$2.50 left")
    expect(chat.box).to_have_value("A draft that stays")
    chat.send.click()
    expect(chat.answer).to_have_text("Yes.")


def test_a_row_of_spending_leads_on_by_keyboard(visit: Visit, admin: User, legal: Team) -> None:
    page: Page = visit("/spend/", admin)

    page.get_by_role("link", name="Alice").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice: $1.60.")
    page.get_by_role("link", name="lift Person Alice").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("by 2 people.")
