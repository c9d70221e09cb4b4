"""Two layers keep hostile text harmless, each sufficient alone: with the sanitiser out, the policy stops everything;
with the policy gone, nothing gets as far as needing it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from conversations.actions import shares
from conversations.models import Conversation
from tests.browser.chat import Chat
from tests.browser.conftest import Visit
from tests.browser.layers import (
    Elsewhere,
    build_believing,
    elsewhere,
    load_instead,
    take_its_own_sanitiser,
)
from tests.browser.watch import Watch
from tests.browser.written import UNDRAWN, written
from tests.house.conftest import Script

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RUNS, FETCHES, WAITS = "runs by itself", "fetches by itself", "waits for somebody"
# Chromium follows a <meta> refresh, and connects beforehand to what it then refuses to ask, whatever a policy says:
# against these stand raw HTML being text, and the sanitiser.
NOT_THE_POLICYS = "is not for a policy to stop"
PIECE = 13
PER_PAGE = 25  # so many turns are surely on a page at once


# What stands in a reply, raw HTML being HTML, that its writer must not give it.
WORN = """
[...document.querySelectorAll(".reply__text, .reasoning__text")].flatMap((text) =>
  [...text.querySelectorAll(":not(.katex *, .code--drawn img)")].flatMap((element) => [
    ...element.getAttributeNames().filter((name) => /^(on|style|name|src|action|xlink)/.test(name)),
    ...(/^(https?:|mailto:|#|$)/.test(element.getAttribute("href") ?? "") ? [] : [element.outerHTML]),
    ...["script", "style", "svg", "form", "input", "img", "iframe", "object", "embed", "meta", "link", "base"]
      .filter((name) => element.localName === name),
  ]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_believing(tmp_path_factory.mktemp("believing"))


@pytest.fixture(scope="module")
def built_sanitised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_believing(tmp_path_factory.mktemp("sanitised"), is_sanitised=True)


@pytest.fixture
def evil() -> Iterator[Elsewhere]:
    with elsewhere() as place:
        yield place


def said(user: User, attacks: dict[str, str]) -> list[Conversation]:
    """Conversations in which each of these is a reply and was thought too."""
    texts = list(attacks.values())
    begun = Conversation.objects.filter(owner=user).order_by("created_at").first()
    assert begun is not None
    return [
        written(
            user, begun, [(text, text) for text in texts[start : start + PER_PAGE]], "Evil", is_thought=True
        )
        for start in range(0, len(texts), PER_PAGE)
    ]


def read_all(page: Page, conversations: list[Conversation]) -> None:
    """Read each, and a link to it."""
    for conversation in conversations:
        link = shares.share_conversation(
            user=conversation.owner, conversation=conversation, days=None, includes_reasoning=True
        )
        read(page, f"/c/{conversation.pk}/")
        read(page, f"/s/{link.token}/")


def read(page: Page, path: str) -> None:
    """Open it and have all in it drawn; back when nothing is under way any more."""
    page.goto(path)
    page.locator("parley-reasoning details").evaluate_all("all => all.forEach((one) => (one.open = true))")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".reply__text:not(.prose)")).to_have_count(0)
    expect(page.locator(UNDRAWN)).to_have_count(0)
    page.wait_for_load_state("networkidle")


def have_streamed(page: Page, script: Script, attacks: dict[str, str]) -> None:
    """Have them written as a reply, in pieces that end within tags, attributes and entities."""
    text = "\n\n".join(attacks.values())
    pieces = [{"text": text[start : start + PIECE]} for start in range(0, len(text), PIECE)]
    script.play(*[step for piece in pieces for step in (piece, {"sleep": 0.02})], {"text": "\n\nThe end."})
    page.goto("/")
    chat = Chat(page)
    chat.ask("Be evil")
    chat.until_done()
    page.wait_for_load_state("networkidle")


def a_conversation(visit: Visit, script: Script, user: User, **options: Any) -> Page:
    script.play({"text": "So."})
    chat = Chat(visit("/", user, **options))
    chat.ask("What is it?")
    chat.until_done()
    return chat.page


def test_with_neither_layer_every_attack_on_the_list_succeeds(
    visit: Visit, script: Script, watch: Watch, alice: User, evil: Elsewhere, built: Path
) -> None:
    page = a_conversation(visit, script, alice, bypass_csp=True)
    load_instead(page.context, built)

    read_all(page, said(alice, evil.attacks(RUNS, FETCHES)))

    ran = {fault.split("foreign script ran: ")[1].split(" ")[0] for fault in watch.faults if "ran: " in fault}
    assert evil.attacks(RUNS).keys() - ran == set()
    assert evil.attacks(FETCHES).keys() - {path.strip("/") for path in evil.heard} == set()
    away = said(alice, {"refresh": evil.attacks(NOT_THE_POLICYS)["meta-refresh"]})
    page.goto(f"/c/{away[0].pk}/")
    page.wait_for_url("**/meta-refresh")
    page.goto("about:blank")
    watch.faults.clear()


def test_with_the_sanitiser_out_the_policy_stops_every_script_and_every_request(
    visit: Visit, script: Script, watch: Watch, alice: User, evil: Elsewhere, built: Path
) -> None:
    page = a_conversation(visit, script, alice)
    load_instead(page.context, built)

    read_all(page, said(alice, evil.attacks(RUNS, FETCHES, WAITS)))
    have_streamed(page, script, evil.attacks(RUNS, FETCHES))
    page.goto("about:blank")

    assert evil.heard == []
    assert scripts_in(watch) == []


@pytest.mark.parametrize("sanitiser", ["of the browser", "of the page"])
def test_the_sanitiser_alone_lets_nothing_run_and_nothing_be_asked_for(
    visit: Visit, script: Script, alice: User, evil: Elsewhere, built_sanitised: Path, sanitiser: str
) -> None:
    page = a_conversation(visit, script, alice, bypass_csp=True)
    load_instead(page.context, built_sanitised)
    if sanitiser == "of the page":
        take_its_own_sanitiser(page.context)

    for conversation in said(alice, evil.attacks()):
        read(page, f"/c/{conversation.pk}/")
        assert page.evaluate(WORN) == []
    have_streamed(page, script, evil.attacks(RUNS, FETCHES, NOT_THE_POLICYS))

    assert page.evaluate("'setHTML' in Element.prototype") is (sanitiser == "of the browser")
    assert evil.heard == []
    assert page.evaluate(WORN) == []


def test_with_the_policy_gone_nothing_runs_and_nothing_is_asked_for(
    visit: Visit, script: Script, alice: User, evil: Elsewhere
) -> None:
    page = a_conversation(visit, script, alice, bypass_csp=True)

    read_all(page, said(alice, evil.attacks()))
    have_streamed(page, script, evil.attacks(RUNS, FETCHES, NOT_THE_POLICYS))

    assert evil.heard == []


def scripts_in(watch: Watch) -> list[str]:
    """What ran or opened. That the policy refused is wanted here, and Playwright tells of requests it refused."""
    ran = [fault for fault in watch.faults if "foreign script ran" in fault or " opened: " in fault]
    watch.faults.clear()
    return ran
