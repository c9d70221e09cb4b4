"""An administrator lets somebody in and says what they may spend."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.watch import Watch
from tests.conftest import PASSWORD
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


def test_who_holds_an_invitation_joins_and_asks(visit: Visit, script: Script, admin: User) -> None:
    script.play({"text": "Welcome."})
    office = visit("/people/", admin)
    office.get_by_role("button", name="Make the link").click()
    link = office.get_by_label("Invitation for 1 person").input_value()

    page = visit(link)
    expect(page.get_by_role("heading", name="Admin invites you to Parley.")).to_be_visible()
    page.get_by_label("E-mail").fill("dora@example.org")
    page.get_by_label("Name", exact=False).first.fill("Dora")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()

    expect(page.get_by_text("What do you want to know, Dora?")).to_be_visible()
    chat = Chat(page)
    chat.ask("Hello?")
    expect(chat.answer).to_have_text("Welcome.")
    office.goto("/people/")
    expect(office.get_by_role("row", name="Dora")).to_be_visible()


COSTLY: list[dict[str, Any]] = [
    {"text": "Yes."}, {"finish": "stop"}, {"usage": {"prompt_tokens": 400_000, "completion_tokens": 10}},
]  # fmt: skip


def test_a_spent_budget_refuses_with_a_sentence_until_it_is_raised(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 402")
    script.play(*COSTLY)
    office = visit("/people/", admin)
    set_budget(office, "Alice", "0.30")
    chat = Chat(visit("/", alice))
    left = chat.page.locator("parley-money summary")
    expect(left).to_have_text("$0.30 left")
    chat.ask("Once")
    expect(chat.answer).to_have_text("Yes.")
    expect(left).to_have_text("nothing left")

    chat.box.fill("Twice")
    chat.box.press("Enter")

    expect(chat.refusal).to_have_text(
        re.compile(
            r"^You have reached \$0\.30 for \w+\. It starts again on .+ An administrator can raise the limit\."
        )
    )
    expect(chat.box).to_have_value("Twice")
    assert len(script.calls()) == 1
    set_budget(office, "Alice", "3")
    chat.ask("Twice")
    expect(chat.replies).to_have_count(2)


def test_a_limit_that_is_heard_of_after_the_refusal_is_said_once(
    visit: Visit, script: Script, watch: Watch, alice: User, admin: User
) -> None:
    watch.expect("status of 402")
    script.play(*COSTLY)
    set_budget(visit("/people/", admin), "Alice", "0.30")
    page = visit("/", alice)
    chat = Chat(page)
    held: list[Route] = []
    page.route("**/conversations/*/money/", lambda route: held.append(route))
    chat.ask("Once")
    chat.until_done()
    expect(page.locator("parley-money summary")).to_have_text("nothing left")

    chat.box.fill("Twice")
    chat.box.press("Enter")
    expect(chat.refusal).to_contain_text("You have reached $0.30")
    for route in held:
        route.continue_()
    page.unroute("**/conversations/*/money/")

    expect(page.locator(".composer__notes [data-part=limit]")).to_be_visible()
    expect(chat.refusal).to_have_count(1)
    expect(chat.refusal).to_contain_text("You have reached $0.30")


def set_budget(office: Page, name: str, dollars: str) -> None:
    office.goto("/people/")
    office.get_by_role("link", name=f"Edit {name}").click()
    office.get_by_label(re.compile("month", re.IGNORECASE)).first.fill(dollars)
    office.get_by_role("button", name="Save budget", exact=True).click()
    expect(office.get_by_text(f"The budget of {name} is saved.")).to_be_visible()


def test_the_three_steps_of_a_new_house(visit: Visit, admin: User) -> None:
    page = visit("/setup/", admin)
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    page.get_by_role("link", name=re.compile("Go on with the demo|Not now")).click()
    expect(page.get_by_text("Step 2 of 3")).to_be_visible()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Step 3 of 3")).to_be_visible()
    page.get_by_role("button", name="Make the link").click()

    expect(page.get_by_label("Invitation link")).to_have_value(re.compile("/join/"))
    page.get_by_role("link", name="Open the chat").click()
    expect(page.get_by_text("What do you want to know, Admin?")).to_be_visible()
