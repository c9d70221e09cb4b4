"""Diagrams that a model draws: images made in a frame that can do nothing, or their source."""

import pytest
from playwright.sync_api import Locator, expect

from accounts.models import User
from tests.browser.chat import Chat
from tests.browser.conftest import PHONE, Visit
from tests.browser.watch import Watch
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

FLOW = "flowchart LR\n  accTitle: How a reply is paid for\n  a[Hold] --> b{Enough?} -->|yes| c[Call]\n"
EVIL = "http://evil.invalid"


def fenced(source: str) -> str:
    return f"```mermaid\n{source}```\n\n"


def image(chat: Chat) -> Locator:
    return chat.answer.locator(".code__drawing img")


def is_drawn(picture: Locator) -> bool:
    """There are pixels of a sensible size, and not a broken image."""
    return bool(picture.evaluate("image => image.decode().then(() => image.naturalWidth > 50, () => false)"))


def test_a_diagram_is_an_image_once_its_block_is_complete_and_after_a_reload(
    visit: Visit, script: Script, alice: User
) -> None:
    asked: list[str] = []
    script.play(
        {"text": f"```mermaid\n{FLOW}"}, {"wait": "more"}, {"text": "```\n\nSo.\n\nThen"}, {"wait": "end"}
    )
    page = visit("/", alice)
    page.on("request", lambda request: asked.append(request.url))
    chat = Chat(page)

    chat.ask("Draw it")
    expect(chat.answer.locator("code")).to_contain_text("Enough?")
    assert not [url for url in asked if "diagram" in url], "what draws is fetched before there is a diagram"
    script.release("more")
    expect(image(chat)).to_be_visible()
    script.release("end")
    chat.until_done()

    for _ in ("as it grew", "after a reload"):
        expect(image(chat)).to_have_attribute("alt", "Diagram: How a reply is paid for")
        assert is_drawn(image(chat))
        expect(chat.answer.locator("pre")).to_be_hidden()
        chat.answer.get_by_role("button", name="Source").click()
        expect(chat.answer.locator("pre")).to_contain_text("Enough?")
        page.reload()


def test_a_diagram_follows_the_scheme(visit: Visit, script: Script, alice: User) -> None:
    script.play({"text": fenced(FLOW)})
    chat = Chat(visit("/", alice, color_scheme="light"))
    chat.ask("Draw it")
    expect(image(chat)).to_be_visible()
    light = image(chat).get_attribute("src")

    chat.page.emulate_media(color_scheme="dark")

    expect(image(chat)).not_to_have_attribute("src", str(light))
    assert is_drawn(image(chat))


def test_on_a_phone_a_diagram_is_made_smaller_as_far_as_its_words_can_be_read(
    visit: Visit, script: Script, alice: User
) -> None:
    long = "flowchart LR\n" + "".join(f"  s{step}[Step {step}] --> s{step + 1}\n" for step in range(20))
    short = "flowchart TD\n  a{Enough?} -->|yes| b[Hold it]\n  a -->|no| c[Say so, kindly]\n"
    for source, fits in ((short, True), (long, False)):
        script.play({"text": fenced(source)})
        chat = Chat(visit("/", alice, viewport=PHONE))
        chat.ask("Draw it")
        chat.until_done()
        assert is_drawn(image(chat))
        box = chat.answer.locator(".code__drawing")

        assert box.evaluate("box => box.scrollWidth <= box.clientWidth") is fits
        # `width` as an attribute is its own; as a property, how wide it is shown.
        shown = image(chat).evaluate("image => image.width / image.getAttribute('width')")
        assert 0.69 < shown < 1


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("flowchart LR\n  a --> --> b\n", id="a fault in it"),
        pytest.param(
            "flowchart LR\n" + "".join(f"  n{n} --> n{n + 1}\n" for n in range(5_000)), id="too long"
        ),
        pytest.param("flowchart LR\n" + "a-->b\n" * 900, id="too many lines"),
        pytest.param("no diagram at all\n", id="of no kind"),
    ],
)
def test_what_cannot_be_drawn_stays_as_its_source(
    visit: Visit, script: Script, alice: User, source: str
) -> None:
    script.play({"text": fenced(source) + fenced(FLOW)})
    chat = Chat(visit("/", alice))

    chat.ask("Draw it")
    chat.until_done()

    expect(chat.answer.locator(".code__note")).to_have_text(
        "This diagram could not be drawn. Here is its source."
    )
    expect(chat.answer.locator("pre").first).to_be_visible()
    expect(image(chat)).to_have_count(1)  # the next one is drawn


def test_a_diagram_can_neither_run_nor_fetch_nor_link(
    visit: Visit, watch: Watch, script: Script, alice: User
) -> None:
    # What mermaid itself lets through ends at the policy of the frame.
    watch.expect("Executing inline event handler", "policy violated: script-src")
    evil = (
        '%%{init: {"securityLevel": "loose", "htmlLabels": true, '
        f'"themeCSS": "* {{ background: url({EVIL}/theme.png) }}"}}}}%%\n'
        "flowchart LR\n"
        f"  a[\"<img src='{EVIL}/a.png' onerror='window.__pwned=1'>\"] --> b[\"<script>alert(1)</script>\"]\n"
        f'  click a "javascript:alert(1)"\n  click b call alert(1)\n  click b "{EVIL}/b"\n'
        f'  c@{{ img: "{EVIL}/c.png", label: "picture" }}\n'
        f"  style a fill:url({EVIL}/d.png)\n"
    )
    script.play({"text": fenced(evil) + fenced(FLOW) + "The end."})
    chat = Chat(visit("/", alice))

    chat.ask("Draw it")
    chat.until_done()

    expect(image(chat).last).to_be_visible()
    assert chat.answer.locator("svg, script, iframe").count() == 0
    for picture in image(chat).all():
        assert str(picture.get_attribute("src")).startswith("data:image/svg+xml")


def test_the_drawing_page_opened_by_itself_is_nobodys(visit: Visit, watch: Watch, alice: User) -> None:
    watch.expect("connect-src", "Fetch API cannot load")
    page = visit("/diagrams/", alice)

    assert page.evaluate("origin") == "null"
    assert page.evaluate("fetch('/').then(() => 'fetched', () => 'refused')") == "refused"


def test_nothing_in_a_diagram_casts_a_shadow_whatever_it_wishes(
    visit: Visit, script: Script, alice: User
) -> None:
    neo = '%%{init: {"look": "neo"}}%%\n'
    others = (
        "sequenceDiagram\n  A->>B: hi\n",
        "stateDiagram-v2\n  [*] --> On\n",
        "classDiagram\n  A <|-- B\n",
    )
    script.play({"text": "".join(fenced(neo + source) for source in (FLOW, *others))})
    chat = Chat(visit("/", alice))
    chat.ask("Draw them")
    chat.until_done()
    expect(image(chat)).to_have_count(4)
    drawn = [str(picture.get_attribute("src")) for picture in image(chat).all()]

    page = chat.page.context.new_page()
    for picture in drawn:
        page.goto(picture)
        filters = page.evaluate(
            "[...document.querySelectorAll('svg *')].map(e => getComputedStyle(e).filter)"
        )
        assert set(filters) == {"none"}
