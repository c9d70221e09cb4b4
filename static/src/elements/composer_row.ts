import { drawContextRead } from "./context_read";
import { part } from "./parts";

/** The composer's row: how much the model may think, how much it has read, and Send or Stop. */
export class ComposerRow {
  readonly #composer: HTMLElement;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  /** "" where the model leaves no choice. */
  get effort(): string {
    return this.#efforts?.value ?? "";
  }

  set effort(effort: string) {
    if (this.#efforts && effort) this.#efforts.value = effort;
  }

  isStop(button: HTMLElement | null): boolean {
    return button === this.#stop;
  }

  draw({ isRunning, canSend }: { isRunning: boolean; canSend: boolean }): void {
    const [send, stop] = [this.#send, this.#stop];
    const pressed = [send, stop].find((button) => button === document.activeElement);
    stop.hidden = !isRunning;
    send.hidden = isRunning;
    send.disabled = !canSend;
    // A button that goes does not leave whoever pressed it by key in no place at all.
    if (pressed?.hidden || pressed?.disabled) part(this.#composer, "text").focus({ preventScroll: true });
    drawContextRead(part(this.#composer, "read"));
  }

  get #efforts(): HTMLSelectElement | null {
    return this.#composer.querySelector<HTMLSelectElement>("[data-part=effort]");
  }

  get #send(): HTMLButtonElement {
    return part<HTMLButtonElement>(this.#composer, "send");
  }

  get #stop(): HTMLButtonElement {
    return part<HTMLButtonElement>(this.#composer, "stop");
  }
}

/** The buttons do not take focus from the box: on a phone the keyboard would fold away under the finger. */
export function keepFocus(event: Event): void {
  if ((event.target as Element).closest("button")) event.preventDefault();
}
