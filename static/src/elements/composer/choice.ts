import { part, say } from "../parts";

/** After which message it is to stand: the latest, or the last that was read. */
export type Way = "latest" | "branch";

/** The choice of whoever wrote on a page that is behind: to answer what came meanwhile, or what they had read. */
export class ComposerChoice {
  readonly #composer: HTMLElement;
  #readUpTo = "";

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  get isOpen(): boolean {
    return !this.#box.hidden;
  }

  /** The last message they had read when they wrote. */
  get readUpTo(): string {
    return this.#readUpTo;
  }

  /** `sentence` is the question, in the server's words. */
  offer(readUpTo: string, sentence: string): void {
    this.#readUpTo = readUpTo;
    say(part(this.#composer, "choice-sentence"), sentence);
    this.#box.hidden = false;
  }

  close(): void {
    this.#box.hidden = true;
  }

  /** Brings whoever presses Enter to what has to be decided first. */
  focus(): void {
    part(this.#composer, "answer-latest").focus();
  }

  /** What a pressed button chose; null for any other button. */
  chosenBy(button: HTMLElement | null): Way | null {
    if (button === part(this.#composer, "answer-latest")) return "latest";
    return button === part(this.#composer, "branch") ? "branch" : null;
  }

  get #box(): HTMLElement {
    return part(this.#composer, "choice");
  }
}
