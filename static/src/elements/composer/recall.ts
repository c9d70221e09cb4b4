import { asTyped } from "../../models/commands";
import { isForInputMethod } from "../../models/send_key";
import { part } from "../parts";
import { saidIn } from "../said";
import { FOLD_FROM } from "./pastes";

/** In an empty box, the up arrow brings back what one said in this conversation, the latest first. */
export class ComposerRecall {
  readonly #composer: HTMLElement;
  #back = 0;
  #recalled = "";

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  /** True when the key was for going through what was said; the box then holds it. */
  takes(event: KeyboardEvent): boolean {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const isPlain = !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey);
    const area = part<HTMLTextAreaElement>(this.#composer, "text");
    if (!step || !isPlain || isForInputMethod(event)) return false;
    // What was written on is no longer what was recalled: there the arrows move the cursor again.
    if (area.value !== this.#recalled) this.#back = 0;
    if (area.value && !this.#back) return false;

    const said = [...document.querySelectorAll(".turn--said")].map(saidIn);
    const texts = said.filter((text) => text.length < FOLD_FROM).reverse();
    const back = Math.min(this.#back + step, texts.length);
    if (back < 0 || back === this.#back) return false;
    event.preventDefault();
    this.#back = back;
    this.#recalled = back ? asTyped(texts[back - 1] ?? "") : "";
    area.value = this.#recalled;
    area.setSelectionRange(area.value.length, area.value.length);
    return true;
  }
}
