"""Text that wants to be more than text: from the model, from a person, as a name, as a title.

Nothing of it runs and nothing leaves: `Watch` fails the test at the first script, dialog or request to elsewhere.
"""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.chat import Chat, follow
from tests.browser.conftest import Visit
from tests.house.conftest import Script

pytestmark = pytest.mark.browser

EVIL = "http://evil.invalid"

HTML = f"""\
<script>window.__pwned = "script"</script>
<img src=x onerror="window.__pwned='img'"><img src="{EVIL}/pixel.png">
<svg onload="window.__pwned='svg'"><animate onbegin="window.__pwned='animate'" attributeName=x dur=1s></svg>
<style>@import "{EVIL}/style.css"; body {{ display: none }}</style>
<link rel=stylesheet href="{EVIL}/link.css"><meta http-equiv=refresh content="0;url={EVIL}">
<iframe srcdoc="<script>top.__pwned='frame'</script>"></iframe><base href="{EVIL}">
<form action="{EVIL}"><input autofocus onfocus="window.__pwned='focus'"><button>Sign in</button></form>
<details open ontoggle="window.__pwned='toggle'">x</details></div></article></main>
<math><mtext><table><mglyph><style><img src=x onerror="window.__pwned='mutation'">
"""

MARKDOWN = f"""\
[one](javascript:window.__pwned=1) [two](JaVaScRiPt:alert(1)) [three](data:text/html,<script>alert(1)</script>)
[four](vbscript:x) [five](//evil.invalid/x) [six](/account/logout/) <javascript:alert(1)>

![picture]({EVIL}/pixel.png) ![inline](data:image/svg+xml,<svg onload=alert(1)>)
[![both]({EVIL}/a.png)](javascript:alert(1))

[reference]: javascript:window.__pwned=2
[reference] and <{EVIL}/auto> and {EVIL}/bare

$\\href{{javascript:alert(1)}}{{x}}$ $\\includegraphics{{{EVIL}/tex.png}}$ $\\htmlData{{a=b}}{{x}}$

```html" onmouseover="window.__pwned=3
</code></pre><script>window.__pwned=4</script>
```
"""

HOSTILE = f"{HTML}\n{MARKDOWN}\nThe end."
NAME = '<img src=x onerror="window.__pwned=5">Mallory'
TITLE = '<script>window.__pwned="title"</script>'

# What must be nowhere in a reply, and nothing of whose attributes may hold a script or a foreign address.
FORBIDDEN = """
(element) => [...element.querySelectorAll("*")].filter((inner) =>
  /^(script|img|svg|style|link|meta|iframe|base|form|input|button|object|embed|animate|mglyph)$/i.test(inner.tagName)
    && !inner.closest(".code__act, .katex") ||
  [...inner.attributes].some(({ name, value }) => /^on/i.test(name)
    || /^(src|srcset|style|formaction)$/i.test(name) && !inner.closest(".katex")
    || /^(href|xlink:href|action)$/i.test(name) && !/^(https?:|mailto:)/i.test(value))
).map((inner) => inner.outerHTML)
"""


def is_harmless(chat: Chat) -> None:
    """The last reply stands there as text, and the page around it works."""
    expect(chat.answer).to_contain_text("The end.")
    expect(chat.answer).to_contain_text('<img src=x onerror="window.__pwned=')
    assert chat.answer.evaluate(FORBIDDEN) == []
    expect(chat.answer.get_by_role("link", name=f"picture, {EVIL.removeprefix('http://')}")).to_be_visible()
    for name in ("one", "two", "three", "four", "five", "six", "reference"):
        expect(chat.answer.get_by_role("link", name=name, exact=True)).to_have_count(0)


def in_lines(text: str) -> list[dict[str, str]]:
    return [{"text": line} for line in text.splitlines(keepends=True)]


def test_a_models_text_is_harmless_while_it_streams_afterwards_and_after_a_reload(
    visit: Visit, script: Script, alice: User
) -> None:
    script.play({"reasoning": HOSTILE}, *in_lines(HOSTILE), {"wait": "end"}, {"text": "\n"})
    chat = Chat(visit("/", alice))

    chat.ask("Be evil")

    is_harmless(chat)
    expect(chat.stop).to_be_visible()
    script.release("end")
    chat.until_done()
    is_harmless(chat)
    chat.page.reload()
    is_harmless(chat)
    chat.unfold()
    expect(chat.thoughts).to_contain_text("The end.")
    assert chat.thoughts.evaluate(FORBIDDEN) == []
    works(chat, script)


def works(chat: Chat, script: Script) -> None:
    """The page still takes a question and shows the answer."""
    script.play({"text": "All is well."})
    chat.ask("Still there?")
    expect(chat.answer).to_have_text("All is well.")
    chat.until_done()


def test_a_persons_text_title_and_name_are_shown_as_they_were_typed(
    visit: Visit, script: Script, alice: User
) -> None:
    alice.display_name = NAME
    alice.save(update_fields=["display_name"])
    script.play({"text": "Yes."})
    chat = Chat(visit("/", alice))

    chat.ask(f"{TITLE}\n{HOSTILE}")
    chat.until_done()

    for _ in ("as it was sent", "after a reload"):
        expect(chat.said).to_contain_text("The end.")
        assert chat.said.evaluate("element => element.children.length") == 0
        expect(chat.page.locator(".header__title")).to_contain_text(TITLE)
        expect(chat.page.get_by_role("link", name=TITLE).first).to_be_visible()
        expect(chat.page.locator(".turn--said .turn__name")).to_have_text(NAME)
        expect(chat.page.locator(".sidebar__person")).to_have_text(NAME)
        chat.page.reload()
    works(chat, script)


def test_a_shared_page_is_harmless_to_who_reads_it(
    visit: Visit, script: Script, alice: User, bob: User
) -> None:
    alice.display_name = NAME
    alice.save(update_fields=["display_name"])
    script.play({"reasoning": HOSTILE}, {"text": HOSTILE})
    chat = Chat(visit("/", alice))
    chat.ask(f"{TITLE}\n{HOSTILE}")
    chat.until_done()

    reader = Chat(visit(chat.share(thinking=True), bob))

    expect(reader.page.locator(".masthead").first).to_contain_text(TITLE)
    expect(reader.page.locator(".masthead").first).to_contain_text(f"By {NAME}")
    is_harmless(reader)
    reader.unfold()
    expect(reader.thoughts).to_contain_text("The end.")
    assert reader.thoughts.evaluate(FORBIDDEN) == []
    follow(reader.page.get_by_role("button", name="Continue as my copy").last)
    works(reader, script)


def test_names_are_harmless_on_the_page_of_people(visit: Visit, alice: User, admin: User) -> None:
    alice.display_name = NAME
    alice.save(update_fields=["display_name"])

    page = visit("/people/", admin)

    expect(page.get_by_role("row", name=NAME)).to_be_visible()
    page.get_by_role("link", name=f"Edit {NAME}").click()
    expect(page.get_by_role("button", name=f"Suspend {NAME}")).to_be_visible()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "| a " * 40 + "|\n" + "| - " * 40 + "|\n" + ("| x " * 40 + "|\n") * 1_000, id="a huge table"
        ),
        pytest.param("> " * 3_000 + "deep", id="quotations in quotations"),
        pytest.param("[" * 5_000 + "*_`" * 5_000, id="brackets without end"),
        pytest.param("$" + "{" * 2_000 + "}" * 2_000 + "$", id="a formula without a floor"),
        pytest.param("```python\n" + "x = (" * 20_000, id="code that never closes"),
    ],
)
def test_text_too_heavy_to_draw_leaves_the_page_alive(
    visit: Visit, script: Script, alice: User, text: str
) -> None:
    script.play({"text": text}, {"text": "\n\nThe end."})
    chat = Chat(visit("/", alice))

    chat.ask("Be heavy")
    chat.until_done()

    expect(chat.answer).to_contain_text("The end.")
    works(chat, script)
