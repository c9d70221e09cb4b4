import { ScrollKeeper } from "../../models/scroll_keeper";
import { part } from "../parts";
import { canScroll, pageViewport } from "./viewport";

/** So long a message that was looked for is marked. */
const MARKED_MS = 3000;

/**
 * Where the reader stands in a transcript: at its end, which is kept in view while it grows, or elsewhere, which
 * nothing moves. Beside it the button that leads back to the end.
 */
export class Reader {
  readonly #transcript: HTMLElement;
  readonly #keeper = new ScrollKeeper(pageViewport);
  readonly #sizes = new ResizeObserver(() => this.#resized());
  readonly #log: HTMLElement;
  #printsAtEnd = false;
  #isReserved = false;
  #jump: HTMLElement | null = null;

  constructor(transcript: HTMLElement) {
    this.#transcript = transcript;
    this.#log = part(transcript, "log");
  }

  /** Watches page and reader until the returned function is called. */
  watch(): () => void {
    // The browser would go back to where the page was before it knows how long the page is.
    history.scrollRestoration = "manual";
    for (const grown of [this.#log, this.#dock]) if (grown) this.#sizes.observe(grown);
    document.addEventListener("scroll", this.#scrolled, { passive: true });
    window.addEventListener("resize", this.#resized);
    window.addEventListener("beforeprint", this.#printing);
    window.addEventListener("afterprint", this.#printed);
    this.#jumpButton?.addEventListener("click", this.#jumpByButton);
    return () => {
      this.#sizes.disconnect();
      document.removeEventListener("scroll", this.#scrolled);
      window.removeEventListener("resize", this.#resized);
      window.removeEventListener("beforeprint", this.#printing);
      window.removeEventListener("afterprint", this.#printed);
      this.#jumpButton?.removeEventListener("click", this.#jumpByButton);
    };
  }

  /** Goes to the latest and follows it, wherever one was reading. */
  jump(): void {
    this.#reserve(0);
    this.#keeper.jump();
    this.#showJump();
  }

  /** Goes to a turn and gives it the focus. Whatever else is far, all of it is laid out: places in it can be measured. */
  goTo(turn: HTMLElement): void {
    for (const box of [turn.closest(".transcript__piece"), turn]) box?.classList.add("is-laid-out");
    turn.scrollIntoView({ block: "start", behavior: "instant" });
    this.#keeper.hold();
    this.#showJump();
    turn.tabIndex = -1;
    turn.focus({ preventScroll: true });
  }

  /** Marks a turn for a moment. */
  outline(turn: HTMLElement): void {
    turn.classList.add("is-found");
    setTimeout(() => turn.classList.remove("is-found"), MARKED_MS);
  }

  /** Goes on to a place within a turn, unless it is in sight: in the upper half, so that what follows can be read. */
  bringIntoView(place: Range): void {
    const { top, bottom, left, right } = place.getBoundingClientRect();
    const box = place.startContainer.parentElement?.closest(".code__text, .table-scroll");
    const edges = box?.getBoundingClientRect();
    if (box && edges && (left < edges.left || right > edges.right)) {
      box.scrollLeft += left - edges.left - edges.width / 3;
    }
    if (bottom > (this.#dock?.getBoundingClientRect().top ?? pageViewport.height)) {
      pageViewport.to(pageViewport.top + top - pageViewport.height / 3);
    }
    this.#keeper.hold();
    this.#showJump();
  }

  /**
   * Changes the page under the reader's eye. `eye` says how far down the window the thing is that is looked at,
   * before and after; it stays there, if need be over empty room. Whoever followed the end goes on following it
   * with `following`, once what is written has filled that room.
   */
  hold(eye: () => number, change: () => void, { following = false } = {}): void {
    const isFollowing = following && this.#keeper.isFollowing;
    const before = eye();
    // Never shorter in between: the browser would move the page to its new end.
    this.#reserve(this.#height);
    change();
    const top = pageViewport.top + eye() - before;
    const needed = top + pageViewport.height - pageViewport.length;
    this.#reserve(this.#height + needed);
    pageViewport.to(top);
    if (isFollowing) this.#keeper.jump();
    else this.#keeper.hold();
    this.#showJump();
  }

  get #dock(): Element | null {
    return this.#transcript.nextElementSibling;
  }

  /** Looked for once: it is asked for at every frame of scrolling and of a reply that grows. */
  get #jumpButton(): HTMLElement | null {
    this.#jump ??= this.#dock?.querySelector<HTMLElement>("[data-part=jump]") ?? null;
    return this.#jump;
  }

  get #height(): number {
    return Math.ceil(this.#log.getBoundingClientRect().height);
  }

  /** The least height of the text. Anything that is written fills it before it makes the page longer. */
  #reserve(px: number): void {
    this.#isReserved = px > 0;
    this.#log.style.minBlockSize = this.#isReserved ? `${px}px` : "";
  }

  #scrolled = (): void => {
    this.#keeper.scrolled();
    this.#release();
    this.#showJump();
  };

  /** Gives reserved room back once none of it is in view. */
  #release(): void {
    const last = this.#log.lastElementChild;
    if (!this.#isReserved || !last) return;
    const spare = this.#log.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom;
    const below = pageViewport.length - pageViewport.top - pageViewport.height;
    if (spare <= below) this.#reserve(0);
  }

  #resized = (): void => {
    this.#keeper.resized();
    this.#showJump();
  };

  /** On paper the text is of another length, and what the browser scrolls for it is no move of the reader's. */
  #printing = (): void => {
    this.#printsAtEnd = this.#keeper.isFollowing;
  };

  #printed = (): void => {
    if (this.#printsAtEnd) this.#keeper.jump();
    this.#showJump();
  };

  /** With a dot once something was written down there that has not been seen. */
  #showJump(): void {
    const button = this.#jumpButton;
    if (!button) return;
    // Who follows is at the end, and nothing is measured.
    const isHidden = this.#keeper.isFollowing || this.#keeper.isAtEnd || !canScroll();
    if (isHidden && button.hidden) return;
    button.hidden = isHidden;
    const news = part(button, "news");
    news.hidden = button.hidden || (news.hidden && !this.#transcript.classList.contains("is-writing"));
  }

  #jumpByButton = (): void => {
    this.jump();
    focusBox();
  };
}

/** Puts the cursor where the next message is written. */
export function focusBox(): void {
  document.querySelector<HTMLTextAreaElement>("#message")?.focus({ preventScroll: true });
}
