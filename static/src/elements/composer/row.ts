import { t } from "../../words";
import { part, say, sayOrHide } from "../parts";
import { drawContextRead } from "./context_read";

export interface RowState {
  isRunning: boolean;
  hasText: boolean;
  canSend: boolean;
  /** What stands in the box is a message that waits already. */
  isEdit: boolean;
  /** Others wait already, or nothing goes on by itself. */
  isLineAhead: boolean;
  /** About how many tokens stand in the box. */
  toSend: number;
}

/** The composer's row: how much the model may think, how much it has read, Send, and Stop while a reply runs. */
export class ComposerRow {
  readonly #composer: HTMLElement;

  /** The effort was chosen here since anything was asked for with another. */
  #isChosen = false;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  listen(signal: AbortSignal): void {
    const chosen = () => {
      this.#isChosen = true;
    };
    this.#efforts?.addEventListener("change", chosen, { signal });
  }

  /** "" where the model leaves no choice. */
  get effort(): string {
    return this.#efforts?.value ?? "";
  }

  /** What was chosen otherwise than the conversation has it; "" as long as nothing was. */
  get chosenEffort(): string {
    const chosen = this.#efforts?.selectedOptions[0];
    return chosen && !chosen.defaultSelected ? chosen.value : "";
  }

  /** Chosen here, and in force for whatever is asked for next; "" where things stay as they were. */
  get wishedEffort(): string {
    return this.#isChosen ? this.effort : "";
  }

  set effort(effort: string) {
    if (!this.#efforts || !effort) return;
    this.#efforts.value = effort;
    this.#isChosen = true;
  }

  /** A reply was asked for otherwise by name: what was chosen here before that is no wish about that reply. */
  passOver(): void {
    this.#isChosen = false;
  }

  /** Chooses an effort; false where the model does not offer it. */
  think(effort: string): boolean {
    if (!this.knownEfforts.includes(effort)) return false;
    this.effort = effort;
    return true;
  }

  /** Those that the model offers, least first. */
  get knownEfforts(): string[] {
    const options = [...(this.#efforts?.options ?? [])];
    return options.filter(({ disabled }) => !disabled).map(({ value }) => value);
  }

  /** The conversation has this one now. What was chosen meanwhile stays chosen, for the next message. */
  settleEffort(sent: string): void {
    const chosen = this.effort;
    for (const option of this.#efforts?.options ?? []) option.defaultSelected = option.value === sent;
    this.effort = chosen;
    this.#isChosen = chosen !== sent;
  }

  isStop(button: HTMLElement | null): boolean {
    return button === this.#stop;
  }

  draw({ isRunning, hasText, canSend, isEdit, isLineAhead, toSend }: RowState): void {
    const [send, stop] = [this.#send, this.#stop];
    const pressed = [send, stop].find((button) => button === document.activeElement);
    stop.hidden = !isRunning;
    stop.classList.toggle("button--primary", !hasText);
    send.classList.remove("without-scripts");
    send.hidden = isRunning && !hasText;
    send.disabled = !canSend;
    say(send, isEdit ? t("Save") : t("Send"));
    sayOrHide(part(this.#composer, "next"), nextWords(isRunning && hasText && !isEdit, isLineAhead));
    // A button that goes does not leave whoever pressed it by key in no place at all.
    if (pressed?.hidden || pressed?.disabled) part(this.#composer, "text").focus({ preventScroll: true });
    drawContextRead(part(this.#composer, "read"), toSend);
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

function nextWords(isToWait: boolean, isLineAhead: boolean): string {
  if (!isToWait) return "";
  return isLineAhead ? t("Waits in line") : t("Goes next");
}

/** The buttons do not take focus from the box: on a phone the keyboard would fold away under the finger. */
export function keepFocus(event: Event): void {
  if ((event.target as Element).closest("button, summary")) event.preventDefault();
}
