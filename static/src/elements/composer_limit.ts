import { part } from "./parts";

/** The sentence of a limit that was reached. While it stands nothing is sent. */
export class ComposerLimit {
  readonly #composer: HTMLElement;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  /** A price that is missing blocks too, and has a sentence of its own. */
  get isBlocking(): boolean {
    return this.#composer.hasAttribute("data-blocked");
  }

  /** What is left may have changed: a reply was settled, a budget raised, a month begun. The server decides. */
  lift(): void {
    const sentence = part(this.#composer, "limit");
    if (sentence.hidden) return;
    sentence.hidden = true;
    this.#composer.removeAttribute("data-blocked");
  }
}
