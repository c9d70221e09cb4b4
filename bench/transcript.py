"""How a conversation of 2,000 messages opens and scrolls: `python -m bench.transcript`, part of `make bench`.

A headless Chromium without a graphics card opens it five times, then reads up to its beginning and, with all 2,000
messages on the page, goes through it; then through a page that holds the same elements and styles and runs no script.
A reply with 30,000 tokens of thinking is opened and gone through as well.
"""

from statistics import median

from playwright.sync_api import BrowserContext, Page

from bench import browser, ground
from bench.browser import ALL, Work
from conversations.models import Conversation, Message, Model, Role
from tests.conversations.tree import lengthen

MESSAGES, OPENINGS, GOES = 2000, 5, 5
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
# Goes 60 px a frame for three seconds; frames per second, the longest frame in milliseconds, and how many they were.
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
    else resolve([frames / (now - begun) * 1000, longest, frames]);
  };
  requestAnimationFrame(go);
})
"""
# The page as it stands, for a window that runs none of its scripts; its sheets by their whole addresses.
STILL = """
() => {
  const copy = document.documentElement.cloneNode(true);
  for (const script of copy.querySelectorAll("script")) script.remove();
  for (const sheet of copy.querySelectorAll("link")) sheet.setAttribute("href", sheet.href);
  return "<!doctype html>" + copy.outerHTML;
}
"""


def main() -> None:
    program = browser.found()
    if program is None:
        return
    with ground.house() as (house, _):
        user = ground.people(1)[0]
        long, deep = (Conversation.objects.create(owner=user, model=Model.objects.get()) for _ in range(2))
        lengthen(long, MESSAGES // 2, ANSWER)
        lengthen(deep, 1)
        Message.objects.filter(conversation=deep, role=Role.ASSISTANT).update(
            reasoning=THINKING, reasoning_ms=9000
        )
        with browser.visiting(program, house, user) as context:
            browser.head(f"{MESSAGES:,} messages")
            _open_and_scroll(context, long)
            page = context.new_page()
            _opened(page, deep)
            page.locator("parley-reasoning summary").click()
            page.evaluate("scrollTo(0, 0)")
            _say_scrolled("scroll 30,000 tokens of thinking", page, 60)


def _open_and_scroll(context: BrowserContext, long: Conversation) -> None:
    page = context.new_page()
    opened = [_opened(page, long) for _ in range(OPENINGS + 1)][1:]
    browser.row(
        f"open, from the click to usable, ms (median of {OPENINGS})", "< 1,000", f"{median(opened):.0f}"
    )
    _say_scrolled("read up while earlier ones come in", page, -60)
    page.keyboard.press("Control+f")
    page.wait_for_selector("[data-part=earlier]", state="hidden", timeout=120_000)
    _say_scrolled(f"scroll with all {page.locator('.turn').count():,} on the page", page, -60)
    still = context.new_page()
    still.set_content(page.evaluate(STILL), wait_until="load")
    still.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    _say_scrolled("the same elements without a script", still, -60, target="")
    still.close()
    page.close()


def _opened(page: Page, conversation: Conversation) -> float:
    page.goto(f"/c/{conversation.pk}/", wait_until="commit")
    return float(page.evaluate(USABLE))


def _say_scrolled(what: str, page: Page, step: int, target: str = "≥ 50") -> None:
    work, runs = Work(page), []
    for _ in range(GOES):
        work.begin()
        frames_a_second, longest, frames = page.evaluate(SCROLL, step)
        runs.append((frames_a_second, longest, work.done()[ALL] / frames))
    rate, longest, cpu = (median(run[place] for run in runs) for place in range(3))
    browser.row(
        f"{what}, frames/s (longest frame, ms; CPU a frame, ms; medians of {GOES})",
        target,
        f"{rate:.0f} ({longest:.0f}; {cpu:.1f})",
    )


if __name__ == "__main__":
    main()
