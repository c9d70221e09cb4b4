import { copyBy } from "../../copy-button";
import { type Hop, lineOf } from "../../models/hops";
import type { Reply } from "../../models/reply";
import { t } from "../../words";
import { topOf } from "../eye";
import { part, say, seconds } from "../parts";
import { whenNear } from "../reading/near";
import { hopsIn, Phases } from "./phases";

/** So long after the answer began, the block folds by itself. */
const FOLD_AFTER_MS = 1000;

/** What its reader wishes: that it opens and folds by itself, stands open, or opens by hand alone. */
type Preference = "auto" | "open" | "closed";

/**
 * `<parley-reasoning>`: the block above an answer. While the model thinks it stands open as a window on the last
 * lines; it folds when the answer has begun. Once a hand has touched it, it is never moved again.
 */
export class Reasoning extends HTMLElement {
  #phases: Phases | null = null;
  #text = "";
  #hops: readonly Hop[] = [];
  #isTouched = false;
  #foldTimer: ReturnType<typeof setTimeout> | undefined;
  #forget = (): void => undefined;

  connectedCallback(): void {
    if (!this.#phases) {
      this.#text ||= part(this, "reasoning").textContent ?? "";
      if (!this.#hops.length) this.#hops = hopsIn(this);
    }
    part(this, "rail").addEventListener("click", this.#foldByRail);
    part(this, "copy-thinking").addEventListener("click", this.#copy);
    this.#summary.addEventListener("click", this.#turnByHand);
    this.#details.addEventListener("toggle", this.#drawIfOpen);
    // One that the server wrote open has told so before anybody listened.
    if (this.#details.open && !this.#phases) this.#forget = whenNear(this, this.#drawIfOpen);
  }

  disconnectedCallback(): void {
    this.#forget();
    clearTimeout(this.#foldTimer);
    part(this, "rail").removeEventListener("click", this.#foldByRail);
    part(this, "copy-thinking").removeEventListener("click", this.#copy);
    this.#summary.removeEventListener("click", this.#turnByHand);
    this.#details.removeEventListener("toggle", this.#drawIfOpen);
  }

  /** Shows how far a reply's thinking has come. */
  update(reply: Reply): void {
    const { reasoning, hops, thought_line: line } = reply.view;
    const isHidden = reply.isOver ? !line : !reasoning.trim() && !hops.length;
    if (this.hidden !== isHidden) this.hidden = isHidden;
    if (isHidden) return;

    this.#text = reasoning;
    this.#hops = hops;
    const { isThinking } = reply;
    this.dataset.phase = isThinking ? "live" : "done";
    this.tick(reply);
    if (!this.#isTouched) this.#moveByItself(isThinking, reply.isOver);
    this.#drawIfOpen();
  }

  /** Lets the seconds run. */
  tick(reply: Reply): void {
    if (this.hidden) return;
    say(part(this, "thought-line"), reply.isOver ? reply.view.thought_line : this.#lineOf(reply));
  }

  /** While it is written: the step that runs, else the thinking, else the step that ran last. */
  #lineOf(reply: Reply): string {
    const step = this.#hops.at(-1)?.steps.findLast(({ state }) => state === "running");
    if (step) return lineOf(step);
    const last = this.#hops.at(-1)?.steps.at(-1);
    if (last && !this.#text.trim()) return lineOf(last);
    const time = seconds(reply.thoughtMs());
    return this.dataset.phase === "live"
      ? t("Thinking… %(time)s", { time })
      : t("Thought for %(time)s", { time });
  }

  get #details(): HTMLDetailsElement {
    return this.querySelector("details") as HTMLDetailsElement;
  }

  get #summary(): HTMLElement {
    return this.querySelector("summary") as HTMLElement;
  }

  get #preference(): Preference {
    const wish = this.closest<HTMLElement>("[data-reasoning]")?.dataset.reasoning;
    return wish === "open" || wish === "closed" ? wish : "auto";
  }

  #moveByItself(isThinking: boolean, isOver: boolean): void {
    if (this.#preference !== "auto") return;
    if (isThinking) {
      clearTimeout(this.#foldTimer);
      this.#foldTimer = undefined;
      this.classList.add("reasoning--window");
      this.#details.open = true;
    } else if (this.#details.open) {
      this.#foldTimer ??= setTimeout(() => this.#foldByItself(), isOver ? 0 : FOLD_AFTER_MS);
    }
  }

  /** Whoever sees its line keeps that in place; whoever reads on below, what is read there. */
  #foldByItself(): void {
    if (this.#isTouched) return;
    const isSeen = this.#summary.getBoundingClientRect().top >= 0;
    this.#fold(isSeen ? this.#summary : (this.nextElementSibling ?? this), !isSeen);
  }

  /** A click on the line, by mouse or by key. From here on the reader decides; opened by hand it is whole. */
  #turnByHand = (event: Event): void => {
    event.preventDefault();
    this.#touch();
    if (this.#details.open) this.#fold(this.#summary, this.#isLineStuck);
    else
      this.#keep(this.#summary, () => {
        this.classList.remove("reasoning--window", "reasoning--at-once");
        this.#details.open = true;
      });
  };

  /** Folds from anywhere along the rail and leaves the line where the eye is. */
  #foldByRail = (): void => {
    this.#touch();
    this.#fold(this.#summary, this.#isLineStuck);
    this.#summary.focus({ preventScroll: true });
  };

  #touch(): void {
    this.#isTouched = true;
    clearTimeout(this.#foldTimer);
  }

  /** The line stands at the window's edge, and its block begins above that. */
  get #isLineStuck(): boolean {
    const { top } = this.#summary.getBoundingClientRect();
    return top - this.#details.getBoundingClientRect().top > 1;
  }

  /** `isAtOnce` where what is looked at stands below what goes: it would be carried along. */
  #fold(looked: Element, isAtOnce: boolean): void {
    this.classList.toggle("reasoning--at-once", isAtOnce);
    const fold = () => {
      this.#details.open = false;
    };
    this.#keep(looked, fold, { following: true });
  }

  #keep(looked: Element, change: () => void, options = {}): void {
    this.closest("parley-transcript")?.keep(topOf(looked), change, options);
  }

  #copy = (): void => {
    void copyBy(part(this, "copy-thinking"), this.#text.trim());
  };

  /** A closed block is not drawn: most are never opened. */
  #drawIfOpen = (): void => {
    if (!this.#details.open) return;
    this.#forget();
    this.#phases ??= new Phases(this);
    this.#phases.update(this.#text, this.#hops, this.dataset.phase !== "live");
    if (!this.classList.contains("reasoning--window")) return;
    const window = part(this, "window");
    window.classList.toggle("is-cut", part(this, "thoughts").offsetHeight > window.clientHeight);
  };
}
