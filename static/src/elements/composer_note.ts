import type { Refusal } from "../models/send";
import { part, say } from "./parts";

export const BUSY = "You can send this when the reply is done.";
export const OFFLINE = "You are offline. Your text is kept and nothing was sent.";

/** The line above the composer: what is to be said about sending, one thing at a time. */
export class ComposerNote {
  readonly #composer: HTMLElement;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  get text(): string {
    return part(this.#note, "note-text").textContent ?? "";
  }

  say(sentence: string, kind: "quiet" | "alert" = "quiet", id = ""): void {
    this.#note.hidden = !sentence;
    this.#note.classList.toggle("note--alert", kind === "alert");
    say(part(this.#note, "note-text"), sentence);
    say(part(this.#note, "fault-id"), id);
  }

  refuse({ code, message, id }: Refusal): void {
    if (code === "signed_out") this.signedOut();
    else this.say(message, code === "offline" ? "quiet" : "alert", id);
  }

  signedOut(): void {
    this.say("");
    const line = part(this.#composer, "sign-in");
    line.hidden = false;
    // The page may have become another since the server wrote it.
    const link = line.querySelector("a");
    if (link) link.search = new URLSearchParams({ next: location.pathname }).toString();
  }

  /** Says what holds for as long as it holds. */
  keepUp(isOnline: boolean, isRunning: boolean): void {
    if (!isOnline) this.say(OFFLINE);
    else if (this.text === OFFLINE || (this.text === BUSY && !isRunning)) this.say("");
  }

  get #note(): HTMLElement {
    return part(this.#composer, "note");
  }
}
