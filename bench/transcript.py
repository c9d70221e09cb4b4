"""How a conversation of 2,000 messages opens and scrolls: `python -m bench.transcript`, part of `make bench`.

A headless Chromium without a graphics card opens it five times, then reads up to its beginning and, with all 2,000
messages on the page, goes through it. A reply with 30,000 tokens of thinking is opened and gone through as well.
"""

import os
from statistics import median
from typing import Any

from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from bench import ground
from conversations.models import Conversation, Message, Model, Role
from tests import chromium
from tests.conversations.tree import lengthen
from tests.house.people import session_of

MESSAGES, OPENINGS = 2000, 5
ANSWER = (
    "Answer {}, **at length**.\n\n"
    + "It goes on for a paragraph or two. " * 20
    + "\n\n- one\n- two\n\n```py\nx = 1\n```"
)
THINKING = "A thought of about ten tokens, as models have them.\n\n" * 3000

# From the navigation's start to the end on screen, its last reply drawn and the box ready to be written in.
USABLE = """
() => new Promise((resolve) => {
  const look = () => {
    const last = [...document.querySelectorAll("parley-reply .reply__text")].at(-1);
    const isThere = last?.classList.contains("prose") && customElements.get("parley-composer");
    if (isThere && scrollY + innerHeight > document.documentElement.scrollHeight - 2) resolve(performance.now());
    else requestAnimationFrame(look);
  };
  look();
})
"""
# Goes 60 px a frame for three seconds; frames per second, and the longest frame in milliseconds.
SCROLL = """
(step) => new Promise((resolve) => {
  const begun = performance.now();
  let frames = 0, last = begun, longest = 0;
  const go = (now) => {
    frames += 1;
    longest = Math.max(longest, now - last);
    last = now;
    scrollBy({ top: step, behavior: "instant" });
    if (now - begun < 3000) requestAnimationFrame(go);
    else resolve([frames / (now - begun) * 1000, longest]);
  };
  requestAnimationFrame(go);
})
"""


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with ground.house() as (house, _), sync_playwright() as playwright:
        user = ground.people(1)[0]
        long, deep = (Conversation.objects.create(owner=user, model=Model.objects.get()) for _ in range(2))
        lengthen(long, MESSAGES // 2, ANSWER)
        lengthen(deep, 1)
        Message.objects.filter(conversation=deep, role=Role.ASSISTANT).update(
            reasoning=THINKING, reasoning_ms=9000
        )
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=chromium.found(), args=["--disable-gpu", *sandbox]
        )
        context = browser.new_context(base_url=house.url, viewport={"width": 1280, "height": 860})
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": house.url}]
        )
        page = context.new_page()
        opened = [_opened(page, long) for _ in range(OPENINGS + 1)][1:]
        ground.say(f"| {MESSAGES:,} messages | |")
        ground.say("|---|---:|")
        ground.say(f"| open, from the click to usable, ms (median of {OPENINGS}) | {median(opened):.0f} |")
        _say_scrolled("read up while earlier ones come in", page, -60)
        page.keyboard.press("Control+f")
        page.wait_for_selector("[data-part=earlier]", state="hidden", timeout=120_000)
        _say_scrolled(f"scroll with all {page.locator('.turn').count():,} on the page", page, -60)
        _opened(page, deep)
        page.locator("parley-reasoning summary").click()
        page.evaluate("scrollTo(0, 0)")
        _say_scrolled("scroll 30,000 tokens of thinking", page, 60)
        browser.close()


def _opened(page: Page, conversation: Conversation) -> float:
    page.goto(f"/c/{conversation.pk}/", wait_until="commit")
    return float(page.evaluate(USABLE))


def _say_scrolled(what: str, page: Page, step: int) -> None:
    runs: list[Any] = [page.evaluate(SCROLL, step) for _ in range(3)]
    frames, longest = (median(run[place] for run in runs) for place in (0, 1))
    ground.say(f"| {what}, frames/s (longest frame, ms; medians of 3) | {frames:.0f} ({longest:.0f}) |")


if __name__ == "__main__":
    main()
