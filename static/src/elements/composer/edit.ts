import type { EditEnd } from "../neighbours";
import { part } from "../parts";
import type { ComposerBox } from "./box";

/** A message that waits, open in the box until it is saved or left. What stood there before comes back then. */
export class ComposerEdit {
  readonly #composer: HTMLElement;
  readonly #box: ComposerBox;
  readonly #changed: () => void;
  #row = "";
  #isUnderWay = false;

  /** `changed` hears that another text stands in the box, or may be sent. */
  constructor(composer: HTMLElement, box: ComposerBox, changed: () => void) {
    this.#composer = composer;
    this.#box = box;
    this.#changed = changed;
  }

  get isOpen(): boolean {
    return this.#row !== "";
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  open(row: string, text: string): void {
    this.#row = row;
    this.#box.open(row, text);
    this.#draw();
    this.#box.keep();
    this.#box.focus();
  }

  save(text: string): Promise<void> {
    return this.#finish(text);
  }

  leave(): Promise<void> {
    return this.#finish(null);
  }

  async #finish(text: string | null): Promise<void> {
    const queue = document.querySelector("parley-queue");
    if (!queue || this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#changed();
    const end = await queue.finishEdit(this.#row, text);
    this.#isUnderWay = false;
    if (end === "refused") this.#changed();
    else this.#close(end);
  }

  /** What was made of a message that waits no more is a text like any other. */
  #close(end: EditEnd): void {
    this.#row = "";
    this.#box.close(end === "gone");
    this.#draw();
    this.#box.keep();
    this.#box.focusByItself();
  }

  #draw(): void {
    part(this.#composer, "waiting-edit").hidden = !this.isOpen;
    this.#changed();
  }
}
