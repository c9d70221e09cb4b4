"""What a person and a conversation have set: how pages look, what a reply is asked with, who answers."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from accounts.models import User
from conversations.models import Conversation, Model
from tests.browser.chat import Chat, wait_for_ever
from tests.browser.conftest import Visit
from tests.browser.test_accessible import ON_A_PHONE, beyond_the_edge, faults_in
from tests.browser.turns import drawn
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser


@pytest.fixture
def other(script: Script) -> Model:
    """Another model, which does not think."""
    route = Model.objects.get().routes.get(provider__slug="scripted")
    found = Model.objects.create(
        slug="other", name="Other 1", short_name="Other", context_window=128_000, efforts=[]
    )
    found.routes.create(provider=route.provider, upstream_model=route.upstream_model, order=1)
    return found


def settings_of(page: Page) -> Locator:
    """The dialog of this conversation's settings, opened."""
    page.locator(".models summary").click()
    page.locator(".models").get_by_role("button", name="Conversation settings…").click()
    return page.get_by_role("dialog", name="Conversation settings")


def pick(page: Page, name: str) -> None:
    page.locator(".models summary").click()
    page.locator(".models").get_by_text(name, exact=False).first.click()


@pytest.mark.parametrize(
    ("options", "menu"),
    [({}, ".header .model"), (ON_A_PHONE, ".header__more")],
    ids=["on a desk", "on a phone"],
)
def test_who_looks_for_another_model_beside_the_title_is_led_to_them(
    visit: Visit, alice: User, other: Model, options: dict[str, Any], menu: str
) -> None:
    page = visit("/", alice, **options)

    page.locator(f"{menu} summary").click()
    page.locator(menu).get_by_role("button", name="Switch model…").click()

    expect(page.locator(f"{menu} details")).not_to_have_attribute("open", "")
    expect(page.locator(".models input:checked")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".models [data-model=short_name]")).to_have_text(other.short_name)


def test_the_look_that_was_chosen_stands_from_the_first_paint(visit: Visit, alice: User) -> None:
    page = visit("/settings/", alice)
    assert faults_in(page) == []

    page.get_by_label("Appearance").select_option("dark")
    page.get_by_label("Instructions for every conversation").fill("Answer in German.")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    page.wait_for_load_state()
    page.emulate_media(color_scheme="light")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(14, 21, 20)"
    expect(page.get_by_label("Instructions for every conversation")).to_have_value("Answer in German.")


def test_costs_that_are_hidden_stay_a_press_away(visit: Visit, script: Script, alice: User) -> None:
    alice.money_display = "hidden"
    alice.save(update_fields=["money_display"])
    script.play({"reasoning": "Well."}, {"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()

    expect(chat.tally).to_be_hidden()
    expect(chat.thinking).to_contain_text("Thought for")
    expect(chat.thinking).not_to_contain_text("$")
    chat.page.locator("parley-money summary").click()
    expect(chat.page.get_by_text("left for", exact=False)).to_be_visible()
    assert faults_in(chat.page) == []


def test_what_was_set_before_the_first_message_goes_with_it(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("status of 422")
    script.play({"text": "So."})
    alice.instructions = "I am a nurse."
    alice.save(update_fields=["instructions"])
    chat = Chat(visit("/", alice))
    chat.page.get_by_label("Thinking", exact=True).select_option("off")

    dialog = settings_of(chat.page)
    dialog.get_by_label("Instructions").fill("Be brief.")
    dialog.get_by_label("Temperature").fill("warm")
    dialog.get_by_role("button", name="Save").click()
    temperature = dialog.get_by_label("Temperature")
    expect(temperature).to_have_accessible_description(
        "0 to 2. Lower is more predictable. Temperature: enter a number from 0 to 2, such as 0.7."
    )
    expect(temperature).to_have_attribute("aria-invalid", "true")
    expect(temperature).to_be_focused()
    expect(temperature).to_have_value("warm")
    expect(dialog.get_by_role("alert")).to_be_hidden()
    assert faults_in(chat.page) == []
    temperature.fill("0.7")
    dialog.get_by_label("Top-p").fill("7")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_label("Top-p")).to_be_focused()
    expect(temperature).not_to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Top-p").fill("")
    dialog.get_by_label("Longest reply").fill("300")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    chat.ask("What is it?")
    chat.until_done()

    body = script.calls()[-1]["body"]
    assert body["messages"][0] == {"role": "system", "content": "I am a nurse.\n\nBe brief."}
    assert (body["temperature"], body["max_tokens"]) == (0.7, 300)
    chat.page.reload()
    expect(chat.page.locator(".models summary")).to_contain_text(
        "· set. Set for this conversation: instructions, temperature 0.7, at most 300 tokens."
    )
    expect(settings_of(chat.page).get_by_label("Longest reply")).to_have_value("300")


def test_what_was_typed_stays_until_it_is_saved_or_given_up(
    visit: Visit, script: Script, alice: User
) -> None:
    page = visit("/", alice)
    dialog = settings_of(page)
    words = dialog.get_by_label("Instructions")
    words.fill("Be brief.")

    box = dialog.bounding_box()
    assert box
    page.mouse.click(box["x"] + 4, box["y"] + 4)  # its padding
    page.mouse.click(4, 4)  # beside it
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(Chat(page).box).to_be_focused()

    settings_of(page)
    expect(words).to_have_value("Be brief.")
    expect(dialog.get_by_text("it is not saved yet")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    settings_of(page)
    expect(words).to_have_value("")
    expect(dialog.get_by_text("it is not saved yet")).to_be_hidden()
    page.mouse.click(4, 4)
    expect(dialog).to_be_hidden()


def test_a_message_is_answered_by_the_model_that_the_chip_shows_however_slow_the_pick(
    visit: Visit, script: Script, watch: Watch, alice: User, other: Model
) -> None:
    watch.expect("status of 422")
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    wait_for_ever(chat.page)
    picks: list[Route] = []
    chat.page.route(re.compile("/model/$"), lambda route: picks.append(route))

    with chat.page.expect_request(re.compile("/model/$")):
        pick(chat.page, "Other 1")
    chat.box.fill("And now?")
    chat.box.press("Enter")
    drawn(chat.page)
    assert len(script.calls()) == 1
    picks.pop().continue_()
    expect(chat.said).to_have_count(2)
    chat.until_done()
    assert "reasoning_effort" not in script.calls()[-1]["body"]
    expect(chat.page.locator(".turn--reply .turn__name").last).to_have_text("Other")

    refusal = {"error": {"code": "not_offered", "message": "This model is not offered here any more."}}
    with chat.page.expect_request(re.compile("/model/$")):
        pick(chat.page, "DeepSeek")
    chat.box.fill("And then?")
    chat.box.press("Enter")
    picks.pop().fulfill(status=422, json=refusal)
    expect(chat.refusal).to_have_text("This model is not offered here any more.")
    expect(chat.box).to_have_value("And then?")
    expect(chat.page.locator(".models summary")).to_contain_text("Other")
    chat.box.press("Enter")
    expect(chat.said).to_have_count(3)
    chat.until_done()


def test_what_is_saved_while_the_first_message_is_sent_is_the_conversations(
    visit: Visit, script: Script, watch: Watch, alice: User
) -> None:
    watch.expect("net::ERR_FAILED")
    script.play({"text": "So."})
    page = visit("/", alice)
    chat = Chat(page)
    sends: list[Route] = []
    page.route(re.compile("/conversations/$"), lambda route: sends.append(route))
    chat.box.fill("What is it?")
    with page.expect_request(re.compile("/conversations/$")):
        chat.send.click()

    dialog = settings_of(page)
    dialog.get_by_label("Longest reply").fill("300")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    # It arrives, and its answer is lost: sent again it begins nothing anew.
    lost = sends.pop()
    lost.fetch()
    lost.abort()
    expect(chat.refusal).to_contain_text("cannot be reached")
    page.unroute(re.compile("/conversations/$"))
    with page.expect_response(re.compile("/c.*/settings/$")):
        chat.send.click()
    expect(chat.said).to_have_count(1)
    chat.until_done()

    assert [one.reply_limit for one in Conversation.objects.all()] == [300]
    chat.ask("And now?")
    chat.until_done()
    assert [call["body"]["max_tokens"] == 300 for call in script.calls()] == [False, True]


def test_a_reply_cut_at_its_own_limit_leads_to_the_setting(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": "So it"}, {"end": "length"})
    chat = Chat(visit("/", alice))
    dialog = settings_of(chat.page)
    dialog.get_by_label("Longest reply").fill("300")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    chat.ask("What is it?")
    expect(chat.note).to_have_text("Cut at the length you set for this conversation.")

    for _ in ("as it ended", "after a reload"):
        expect(chat.reply.get_by_role("button", name="Continue")).to_be_visible()
        chat.reply.get_by_role("button", name="Conversation settings…").click()
        expect(dialog.get_by_label("Longest reply")).to_be_focused()
        chat.page.keyboard.press("Escape")
        expect(chat.reply.get_by_role("button", name="Conversation settings…")).to_be_focused()
        chat.page.reload()


def test_what_does_not_apply_while_the_model_thinks_is_greyed_and_kept(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()
    Conversation.objects.update(temperature="0.50")
    chat.page.reload()

    dialog = settings_of(chat.page)

    expect(dialog.get_by_label("Temperature")).to_be_disabled()
    expect(dialog).to_contain_text("no effect while the model thinks")
    assert faults_in(chat.page) == []
    dialog.get_by_label("Instructions").fill("Be brief.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    kept = Conversation.objects.get()
    assert (kept.instructions, str(kept.temperature)) == ("Be brief.", "0.50")
    chat.ask("And now?")
    chat.until_done()
    assert "temperature" not in script.calls()[-1]["body"]


def test_another_model_is_picked_with_its_price_in_sight_and_stays(
    visit: Visit, script: Script, alice: User, other: Model
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice))
    chat.ask("What is it?")
    chat.until_done()

    chat.page.locator(".models summary").click()
    expect(chat.page.locator(".models__row").last).to_contain_text(
        "$1.00 in · $1.00 out per 1M · 128k context"
    )
    assert faults_in(chat.page) == []
    chat.page.locator(".models__row").last.click()

    expect(chat.page.get_by_label("Thinking", exact=True)).to_be_hidden()
    expect(chat.page.locator(".model__name")).to_contain_text("Other 1")
    expect(chat.page.locator("[data-model-page]").first).to_have_attribute(
        "href", re.compile("/models/other/$")
    )
    chat.ask("And now?")
    chat.until_done()
    expect(chat.page.locator(".turn__name").last).to_have_text("Other")
    chat.page.reload()
    expect(chat.page.locator(".models summary")).to_contain_text("Other")


@pytest.mark.parametrize("options", [{}, ON_A_PHONE], ids=["on a desk", "on a phone"])
def test_a_new_conversation_begins_with_the_model_that_was_picked(
    visit: Visit, script: Script, alice: User, other: Model, options: dict[str, Any]
) -> None:
    script.play({"text": "So."})
    chat = Chat(visit("/", alice, **options))
    chat.box.focus()

    pick(chat.page, "Other 1")
    assert beyond_the_edge(chat.page) == [] or not options
    chat.ask("What is it?")
    chat.until_done()

    expect(chat.page.locator(".turn__name").last).to_have_text("Other")
