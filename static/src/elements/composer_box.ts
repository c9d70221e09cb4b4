import { KeptDraft } from "../models/kept_draft";
import { joined } from "../models/queue";
import { hasNoShiftKey } from "../models/send_key";
import { drafts } from "./page";
import { part } from "./parts";

/** The box and the draft of what stands in it. Nothing leaves it but what was accepted, or what the person deletes. */
export class ComposerBox {
  readonly #composer: HTMLElement;
  readonly #draft: KeptDraft;

  constructor(composer: HTMLElement, conversation: () => string, overflowed: () => void) {
    this.#composer = composer;
    this.#draft = new KeptDraft(drafts, conversation, overflowed);
  }

  get text(): string {
    return this.#area.value;
  }

  get hasText(): boolean {
    return this.text.trim() !== "";
  }

  /** The id under which what stands here is sent. */
  get clientId(): string {
    return this.#draft.clientId;
  }

  forgetClientId(): void {
    this.#draft.forgetClientId();
  }

  /** Puts back what was not sent; returns the effort it was to be sent with, "" for the conversation's own. */
  restore(): string {
    const { text, effort } = this.#draft.restore();
    if (!this.text) this.#area.value = text;
    return effort;
  }

  changed(effort: string): void {
    this.#draft.change(this.text, effort);
  }

  keep(): void {
    this.#draft.keep();
  }

  /** To be called before the page becomes another conversation's: the draft of this one has been accepted. */
  settle(): void {
    this.#draft.clear();
  }

  /** What was typed on while `text` went out stays. */
  release(text: string): void {
    const { value } = this.#area;
    this.#area.value = value.startsWith(text) ? value.slice(text.length).trimStart() : value;
  }

  add(takenBack: string): void {
    this.#area.value = joined(this.text, takenBack);
  }

  focus(): void {
    this.#area.focus();
  }

  /** On a phone the keyboard would cover the page before it was seen. */
  focusByItself(): void {
    if (!hasNoShiftKey()) this.focus();
  }

  get #area(): HTMLTextAreaElement {
    return part<HTMLTextAreaElement>(this.#composer, "text");
  }
}
