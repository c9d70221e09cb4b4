import { keepPlace } from "./focus";
import type { TranscriptElement } from "./neighbours";
import { part, say } from "./parts";

/**
 * The line below the text that says that something was deleted, and takes it back. It stands until the conversation
 * goes on.
 */
export class UndoLine {
  readonly #transcript: TranscriptElement;
  #deleted = "";
  /** Where the conversation ended then. */
  #tip = "";

  constructor(transcript: TranscriptElement) {
    this.#transcript = transcript;
  }

  /** `undo` hears which message is wanted back, until the returned function is called. */
  listen(undo: (message: string) => void): () => void {
    const button = part(this.#line, "undo");
    const pressed = () => undo(this.#deleted);
    button.addEventListener("click", pressed);
    return () => button.removeEventListener("click", pressed);
  }

  /** This message has just gone. Whoever moves by keys finds the way back where they are. */
  offer(message: string): void {
    this.#deleted = message;
    this.#tip = this.#transcript.tip;
    this.say(this.#line.dataset.deleted ?? "");
    this.#line.hidden = false;
    keepPlace(part(this.#line, "undo"));
  }

  say(sentence: string): void {
    say(part(this.#line, "deleted-words"), sentence);
  }

  /** Goes once something else was said, or another branch is shown. */
  draw(): void {
    if (this.#transcript.tip !== this.#tip) this.#line.hidden = true;
  }

  /** How far down the window it begins. */
  get top(): number {
    return this.#line.getBoundingClientRect().top;
  }

  get #line(): HTMLElement {
    return part(this.#transcript, "deleted");
  }
}
