import { part, sayOrHide } from "../parts";
import { signal } from "../signals";

/** A limit may have been lifted by nothing but time: while one is reached, writing asks, but not at every key. */
const ASK_AFTER_MS = 5000;

/** The sentence of a limit that was reached. While it stands nothing is sent. */
export class ComposerLimit {
  readonly #composer: HTMLElement;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  /** A price that is missing blocks too, and has a sentence of its own. */
  get isBlocking(): boolean {
    return this.#composer.hasAttribute("data-blocked");
  }

  /** The same words need not stand above it as the answer to a message. */
  says(sentence: string): boolean {
    const line = part(this.#composer, "limit");
    return !line.hidden && line.textContent === sentence;
  }

  /** What the server says by now: a reply was settled, a budget raised, a month begun. "" = there is something left. */
  stand(sentence: string): void {
    const line = part(this.#composer, "limit");
    if (!sentence && line.hidden) return;
    sayOrHide(line, sentence);
    this.#composer.toggleAttribute("data-blocked", Boolean(sentence));
  }

  /** Somebody writes on, who may know of more than this page. */
  doubt(): void {
    if (part(this.#composer, "limit").hidden || performance.now() - this.#askedAt < ASK_AFTER_MS) return;
    this.#askedAt = performance.now();
    signal("moneyDoubted", undefined);
  }
}
