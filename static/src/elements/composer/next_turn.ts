import { sayOrHide } from "../parts";
import { onSignal } from "../signals";

/** `<parley-next-turn>`: what the next turn will cost, about, where that is worth a word. */
export class NextTurn extends HTMLElement {
  #end: (() => void) | undefined;

  connectedCallback(): void {
    this.#end = onSignal("money", ({ next }) => sayOrHide(this, next));
  }

  disconnectedCallback(): void {
    this.#end?.();
  }
}
