import type { Reply } from "../models/reply";
import { MarkdownView } from "../render/markdown";
import { part, say, seconds } from "./parts";

/** So long after the answer began, the block folds by itself. */
const FOLD_AFTER_MS = 1000;

/**
 * `<parley-reasoning>`: the block above an answer. While the model thinks it stands open as a window on the last
 * lines; it folds when the answer has begun. Once a hand has touched it, it is never moved again.
 */
export class Reasoning extends HTMLElement {
  #view: MarkdownView | null = null;
  #text = "";
  #isTouched = false;
  #foldTimer: ReturnType<typeof setTimeout> | undefined;

  connectedCallback(): void {
    this.#text ||= part(this, "reasoning").textContent ?? "";
    part(this, "rail").addEventListener("click", this.#foldByRail);
    this.#summary.addEventListener("click", this.#touch);
    this.#details.addEventListener("toggle", this.#drawIfOpen);
  }

  disconnectedCallback(): void {
    clearTimeout(this.#foldTimer);
    part(this, "rail").removeEventListener("click", this.#foldByRail);
    this.#summary.removeEventListener("click", this.#touch);
    this.#details.removeEventListener("toggle", this.#drawIfOpen);
  }

  /** Shows how far a reply's thinking has come. */
  update(reply: Reply): void {
    const { reasoning, thought_line: line } = reply.view;
    this.hidden = reply.isOver ? !line : !reasoning.trim();
    if (this.hidden) return;

    this.#text = reasoning;
    const isThinking = reply.phase === "thinking" && reply.view.thought_ms === null;
    this.dataset.phase = isThinking ? "live" : "done";
    this.tick(reply);
    if (!this.#isTouched) this.#moveByItself(isThinking, reply.isOver);
    this.#drawIfOpen();
  }

  /** Lets the seconds run. */
  tick(reply: Reply): void {
    if (this.hidden) return;
    const time = seconds(reply.thoughtMs());
    const live = this.dataset.phase === "live" ? `Thinking… ${time}` : `Thought for ${time}`;
    say(part(this, "thought-line"), reply.isOver ? reply.view.thought_line : live);
  }

  get #details(): HTMLDetailsElement {
    return this.querySelector("details") as HTMLDetailsElement;
  }

  get #summary(): HTMLElement {
    return this.querySelector("summary") as HTMLElement;
  }

  #moveByItself(isThinking: boolean, isOver: boolean): void {
    if (isThinking) {
      clearTimeout(this.#foldTimer);
      this.#foldTimer = undefined;
      this.classList.add("reasoning--window");
      this.#details.open = true;
    } else if (this.#details.open) {
      this.#foldTimer ??= setTimeout(() => this.#fold(), isOver ? 0 : FOLD_AFTER_MS);
    }
  }

  #fold(): void {
    if (this.#isTouched) return;
    this.#details.open = false;
    this.classList.remove("reasoning--window");
  }

  /** A click on the line, by mouse or by key. From here on the reader decides; opened by hand it is whole. */
  #touch = (): void => {
    this.#isTouched = true;
    clearTimeout(this.#foldTimer);
    if (!this.#details.open) this.classList.remove("reasoning--window");
  };

  /** Folds from anywhere along the rail and leaves the line where the eye is. */
  #foldByRail = (): void => {
    this.#touch();
    const before = this.#summary.getBoundingClientRect().top;
    this.#details.open = false;
    this.classList.remove("reasoning--window");
    window.scrollBy({ top: this.#summary.getBoundingClientRect().top - before, behavior: "instant" });
    this.#summary.focus({ preventScroll: true });
  };

  /** A closed block is not drawn: most are never opened. */
  #drawIfOpen = (): void => {
    if (!this.#details.open) return;
    const text = part(this, "reasoning");
    if (!this.#view) {
      text.replaceChildren();
      this.#view = new MarkdownView(text, { plainHeadings: true });
    }
    this.#view.update(this.#text, this.dataset.phase !== "live");
    const window = part(this, "window");
    window.classList.toggle("is-cut", text.offsetHeight > window.clientHeight);
  };
}
