"""What a page weighs and what a reply takes to draw: `python -m bench.render`, part of `make bench`.

In a headless Chromium without a graphics card, on the page as it is: a reply of 20,000 characters with everything that
Markdown has, in 300 frames over a real socket; and replies of half a megabyte and of one, which past 400,000 characters
go on as plain text. Times are CPU time of the page's main thread, from the key that sends to the reply's end, the
composer's and the socket's own work included; every reply is the first on a page just loaded.
"""

import uuid
from collections.abc import Callable, Iterator
from itertools import count, islice
from statistics import median
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page

from bench import browser, ground
from bench.browser import ALL, LAYOUT, SCRIPTING, STYLE, Work
from conversations.models import Conversation, Model
from tests.conversations.tree import lengthen
from tests.house.processes import House

RUNS = 3
MIXED, MIXED_FRAMES = 20_000, 300
LONG, LONG_PIECE = 1_000_000, 8_000
MOST_SCRIPTING_MS, MOST_KB, MOST_TIMES = 500, 180, 2.5


def main() -> None:
    program = browser.found()
    if program is None:
        return
    with ground.house() as (house, _):
        user = ground.people(1)[0]
        conversation = Conversation.objects.create(owner=user, model=Model.objects.get())
        lengthen(conversation, 5, "Answer {}, **at length**, with `code` in it.\n\n```py\nx = 1\n```")
        with browser.visiting(program, house, user) as context:
            _first_load(context, f"/c/{conversation.pk}/")
            browser.head("a reply as it is written, CPU of the page")
            _mixed(context, house)
            _long(context, house)


# --- what comes over the line ---------------------------------------------------------------------------------


def _first_load(context: BrowserContext, path: str) -> None:
    page = context.new_page()
    loaded = _loaded(page, lambda: _open(page, path))
    weights = {kind: sum(kb for _, other, kb in loaded if other == kind) for kind in _kinds(loaded)}
    browser.head("first load of the chat page, KB as sent")
    browser.row("scripts and styles", f"≤ {MOST_KB}", f"{weights['Script'] + weights['Stylesheet']:.1f}")
    for kind in ("Document", "Script", "Stylesheet", "Font"):
        names = ", ".join(f"{name} {kb:.1f}" for name, other, kb in loaded if other == kind)
        browser.row(f"{kind.lower()}: {names}", "", f"{weights.get(kind, 0):.1f}")
    page.close()
    ground.say()


def _open(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_selector(".reply__text.prose")
    page.wait_for_load_state("networkidle")


def _kinds(loaded: list[tuple[str, str, float]]) -> set[str]:
    return {kind for _, kind, _ in loaded}


def _loaded(page: Page, act: Callable[[], None]) -> list[tuple[str, str, float]]:
    """What came over the line meanwhile, nothing of it from a cache: name, kind, and KB with its head."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answered: dict[str, tuple[str, str]] = {}
    loaded = []

    def respond(event: dict[str, Any]) -> None:
        name = event["response"]["url"].rsplit("/", 1)[-1] or "the page"
        answered[event["requestId"]] = (name, event["type"])

    def finish(event: dict[str, Any]) -> None:
        if event["requestId"] in answered:
            loaded.append((*answered[event["requestId"]], event["encodedDataLength"] / 1000))

    devtools.on("Network.responseReceived", respond)
    devtools.on("Network.loadingFinished", finish)
    act()
    devtools.detach()
    return loaded


# --- what a reply takes ---------------------------------------------------------------------------------------


def _mixed(context: BrowserContext, house: House) -> None:
    text = "".join(islice(_sections(), 400))[:MIXED]
    pieces = _in_pieces(text, -(-MIXED // MIXED_FRAMES))
    works = [_drawn(context, house, pieces) for _ in range(RUNS)]
    what = f"{MIXED:,} characters of everything in {len(pieces)} frames (median of {RUNS}): "
    _say_work(what, works, f"< {MOST_SCRIPTING_MS} ms")


def _long(context: BrowserContext, house: House) -> None:
    whole = "".join(islice(_sections(with_formulas=False), 12_000))[:LONG]
    works = []
    for length in (LONG // 2, LONG):
        pieces = _in_pieces(whole[:length], LONG_PIECE)
        work = _drawn(context, house, pieces)
        _say_work(f"{length:,} characters in {len(pieces)} frames: ", [work], "")
        works.append(work)
    half, all_of_it = works
    for kind, words in ((SCRIPTING, "scripting"), (ALL, "everything")):
        browser.row(
            f"1 MB in place of 0.5 MB, {words}",
            f"≤ {MOST_TIMES} times",
            f"{all_of_it[kind] / half[kind]:.2f}",
        )


def _say_work(what: str, works: list[dict[str, float]], target: str) -> None:
    for kind, words in ((SCRIPTING, "scripting"), (STYLE, "style"), (LAYOUT, "layout"), (ALL, "everything")):
        seen = median(work[kind] for work in works)
        browser.row(f"{what}{words}", target if kind == SCRIPTING else "", f"{seen:,.0f} ms")


def _drawn(context: BrowserContext, house: House, pieces: list[str]) -> dict[str, float]:
    """What it takes to draw these pieces, each in a frame of its own: the next is sent once the last is there."""
    gates = [uuid.uuid4().hex for _ in pieces]
    script = [
        step for gate, piece in zip(gates, pieces, strict=True) for step in ({"wait": gate}, {"text": piece})
    ]
    httpx.post(f"{house.provider_url}/script", json={"default": script}).raise_for_status()
    page = context.new_page()
    with page.expect_websocket() as opened:
        page.goto("/")
    page.wait_for_load_state("networkidle")
    page.fill("#message", "Go on")
    work = Work(page)
    # By key, and its end heard on the line: to look for a button or an element is work of the page's thread, too.
    with opened.value.expect_event("framereceived", _is_end, timeout=600_000):
        page.keyboard.press("Enter")
        for gate in gates:
            with opened.value.expect_event("framereceived", _is_text, timeout=60_000):
                httpx.post(f"{house.provider_url}/release", json={"gate": gate}).raise_for_status()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestIdleCallback(drawn)))")
    done = work.done()
    page.close()
    return done


def _is_text(frame: str | bytes) -> bool:
    return '"delta"' in _head(frame)


def _is_end(frame: str | bytes) -> bool:
    return '"ended"' in _head(frame)


def _head(frame: str | bytes) -> str:
    head = frame[:200]
    return head if isinstance(head, str) else head.decode(errors="ignore")


def _in_pieces(text: str, length: int) -> list[str]:
    return [text[start : start + length] for start in range(0, len(text), length)]


def _sections(*, with_formulas: bool = True) -> Iterator[str]:
    """Prose, lists, tables, code, quotations and formulas, as a long answer has them."""
    for number in count(1):
        yield f"## Part {number}: how it *goes on*\n\n"
        yield (
            "A paragraph with **bold**, `code`, a [link](https://example.org/) and some length to it. " * 4
            + "\n\n"
        )
        yield "1. first\n2. second, with `inline code`\n   - nested\n   - [x] done\n\n"
        yield "| name | value | note |\n|---|---:|---|\n| a | 1 | **so** |\n| b | 2 | `thus` |\n\n"
        yield f"```python\ndef part_{number}(x: int) -> str:\n    return f'{{x}} of {number}'  # why\n```\n\n"
        if with_formulas:
            yield f"It follows that $x_{number}^2 + y^2 = r^2$, and so\n\n"
            yield f"$$\\int_0^{number} x\\,dx = \\frac{{1}}{{2}}$$\n\n"
        yield "> Somebody said so, at some length,\n> and somebody else agreed.\n\n---\n\n"


if __name__ == "__main__":
    main()
