import { part, say } from "./parts";
import { onSignal } from "./signals";

/** `<parley-money>`: what is left. It changes when a reply is settled, and never while one is written. */
export class Money extends HTMLElement {
  #end: (() => void) | undefined;

  connectedCallback(): void {
    this.#end = onSignal("hint", ({ topic, data }) => {
      if (topic !== "money") return;
      if (data?.left) say(part(this, "left"), data.left);
      if (data?.sentence) say(part(this, "sentence"), data.sentence);
    });
  }

  disconnectedCallback(): void {
    this.#end?.();
  }
}
