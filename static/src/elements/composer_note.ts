import type { Refusal } from "../models/send";
import { part, say } from "./parts";

export const BUSY = "You can send this when the reply is done.";
export const OFFLINE = "You are offline. Your text is kept and nothing was sent.";
export const CROWDED = "Parley is open in too many tabs. Close one, and this one goes on.";

/** The line above the composer: what is to be said about sending, one thing at a time. */
export class ComposerNote {
  readonly #composer: HTMLElement;
  #isCrowded = false;

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

  suspended(): void {
    this.say("Your account is suspended. Ask an administrator.", "alert");
  }

  /** Too many tabs are open. What was just said of a send goes before it; the sentence comes once that is over. */
  crowded(isCrowded: boolean): void {
    this.#isCrowded = isCrowded;
    if (isCrowded ? !this.text : this.text === CROWDED) this.pass();
  }

  /** Lets go of what was said of a text that is now another; what holds on is said on. */
  pass(): void {
    if (navigator.onLine) this.say(this.#isCrowded ? CROWDED : "");
  }

  /** Says what holds for as long as it holds. */
  keepUp(isOnline: boolean, isRunning: boolean): void {
    if (!isOnline) this.say(OFFLINE);
    else if (this.text === OFFLINE || (this.text === BUSY && !isRunning)) this.pass();
  }

  get #note(): HTMLElement {
    return part(this.#composer, "note");
  }
}
