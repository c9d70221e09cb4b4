import { copyBy } from "../../copy-button";
import type { ReplyView } from "../../models/views";
import { part, sayNote, sayOrHide } from "../parts";
import type { Receipt } from "./receipt";

/** What stands under a reply: a line on how it ended, what it cost, and what can be done with it. */
export class ReplyEnd {
  readonly #reply: HTMLElement;

  constructor(reply: HTMLElement) {
    this.#reply = reply;
  }

  /** Lets Copy take the answer as Markdown, without its thinking, until the returned function is called. */
  copies(markdown: () => string): () => void {
    const copy = (event: Event): void => {
      const button = (event.target as Element).closest("button");
      if (button?.dataset.part === "copy") void copyBy(button, markdown());
    };
    this.#reply.addEventListener("click", copy);
    return () => this.#reply.removeEventListener("click", copy);
  }

  get note(): string {
    return this.#note.hidden ? "" : (part(this.#note, "note-text").textContent ?? "");
  }

  get noteKind(): ReplyView["note_kind"] {
    if (!this.note) return "";
    return this.#note.classList.contains("note--alert") ? "alert" : "quiet";
  }

  get faultId(): string {
    return part(this.#note, "fault-id").textContent ?? "";
  }

  get canRetry(): boolean {
    return this.#acts("retry", "retry-here").some((act) => !act.hidden);
  }

  get canContinue(): boolean {
    return this.#acts("continue").some((act) => !act.hidden);
  }

  get isAtOwnLimit(): boolean {
    return this.#acts("own-limit").some((act) => !act.hidden);
  }

  get mend(): ReplyView["mend"] {
    const link = this.#mend;
    return link && !link.hidden ? { url: link.href, label: link.textContent ?? "" } : null;
  }

  /** Ties everything here to its message. */
  name(message: string): void {
    part<Receipt>(this.#reply, "foot").name(message);
    for (const act of this.#acts("retry", "retry-here")) act.formAction = `/replies/${message}/retry/`;
    for (const act of this.#acts("continue")) act.formAction = `/replies/${message}/continue/`;
  }

  say(sentence: string, kind: ReplyView["note_kind"] = "quiet", id = ""): void {
    sayNote(this.#note, sentence, kind, id);
  }

  /** Shows all of it once a reply is over. */
  show(view: ReplyView): void {
    this.say(view.note, view.note_kind, view.fault_id);
    part<Receipt>(this.#reply, "foot").fill(view.tally);
    part(this.#reply, "copy").hidden = !view.text;
    this.offer(view);
  }

  /** Where a reply has failed, Retry stands beside the sentence that says so. A shared page offers nothing. */
  offer({ status, can_retry, can_continue, is_at_own_limit: isAtOwnLimit, mend }: ReplyView): void {
    const hasFailed = status === "failed" || status === "interrupted";
    for (const act of this.#acts("retry")) act.hidden = !can_retry || hasFailed;
    for (const act of this.#acts("retry-here")) act.hidden = !can_retry || !hasFailed;
    for (const act of this.#acts("continue")) act.hidden = !can_continue;
    for (const act of this.#acts("own-limit")) act.hidden = !isAtOwnLimit;
    if (!this.#mend) return;
    sayOrHide(this.#mend, mend?.label ?? "");
    if (mend) this.#mend.href = mend.url;
  }

  get #note(): HTMLElement {
    return part(this.#reply, "note");
  }

  get #mend(): HTMLAnchorElement | null {
    return this.#reply.querySelector('[data-part="mend"]');
  }

  #acts(...names: string[]): HTMLButtonElement[] {
    const places = names.map((name) => `[data-part="${name}"]`).join(", ");
    return [...this.#reply.querySelectorAll<HTMLButtonElement>(places)];
  }
}
