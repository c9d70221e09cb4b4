import { MarkdownView } from "../../render/markdown";
import { part } from "../parts";
import { whenNear } from "../reading/near";

/** The answer in a reply: Markdown while it is written and wherever it may be read, until then as it was written. */
export class ReplyText {
  readonly #reply: HTMLElement;
  #view: MarkdownView | null = null;
  #text = "";
  #forget = (): void => undefined;

  constructor(reply: HTMLElement) {
    this.#reply = reply;
  }

  /** Shows another reply's text from now on. */
  begin(text: string, isFinal: boolean): void {
    this.#view = null;
    this.#target.classList.remove("prose");
    this.#target.textContent = text;
    this.update(text, isFinal);
  }

  update(text: string, isFinal: boolean): void {
    this.#text = text;
    if (this.#view || !isFinal) this.#draw(isFinal);
    else this.wait();
  }

  /** Draws it when it comes near, if that has not been done. */
  wait(): void {
    this.#forget();
    if (!this.#view) this.#forget = whenNear(this.#reply, () => this.#draw(true));
  }

  /** It is on no page any more. */
  leave(): void {
    this.#forget();
  }

  get #target(): HTMLElement {
    return part(this.#reply, "text");
  }

  #draw(isFinal: boolean): void {
    this.#forget();
    if (!this.#view) {
      this.#target.replaceChildren();
      this.#view = new MarkdownView(this.#target);
    }
    this.#view.update(this.#text, isFinal);
  }
}
