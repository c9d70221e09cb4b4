import type { Progress } from "../../models/patient_post";
import type { Refusal } from "../../models/send";
import { t } from "../../words";
import { isSaidByConnection } from "../connection";
import { part, sayNote } from "../parts";
import { onSignal } from "../signals";

export const CROWDED = t("Parley is open in too many tabs. Close one, and this one goes on.");
export const HANGING = t(
  "The server has not answered yet. Your text is kept; trying again does not send it twice.",
);
const BACK = t("You are signed in again. Your text is still here.");

/** The line above the composer: what is to be said about sending, one thing at a time. */
export class ComposerNote implements Progress {
  readonly #composer: HTMLElement;
  #isCrowded = false;
  #tryAgain: (() => void) | null = null;

  constructor(composer: HTMLElement) {
    this.#composer = composer;
  }

  /** Says what befalls the page, until the returned functions are called. */
  listen(): (() => void)[] {
    return [
      onSignal("signedOut", () => this.#signedOut()),
      onSignal("suspended", () => this.say(t("Your account is suspended. Ask an administrator."), "alert")),
      onSignal("crowded", (isCrowded) => this.crowded(isCrowded)),
    ];
  }

  get text(): string {
    return part(this.#note, "note-text").textContent ?? "";
  }

  say(sentence: string, kind: "quiet" | "alert" = "quiet", id = ""): void {
    sayNote(this.#note, sentence, kind, id);
    this.#again.hidden = true;
  }

  slow(): void {
    this.say(t("Sending…"));
  }

  hanging(tryAgain: () => void): void {
    this.say(HANGING);
    this.#again.hidden = false;
    this.#tryAgain = tryAgain;
  }

  /** Was it the button that tries again? Then it does. */
  triesAgain(button: HTMLElement | null): boolean {
    if (button !== this.#again) return false;
    this.slow();
    this.#tryAgain?.();
    return true;
  }

  refuse(refusal: Refusal): void {
    const { code, message, id } = refusal;
    if (isSaidByConnection(refusal)) this.pass();
    else this.say(message, code === "offline" ? "quiet" : "alert", id);
  }

  #signedOut(): void {
    this.say("");
    this.#signIn.hidden = false;
    // The page may have become another since the server wrote it.
    const link = this.#signIn.querySelector("a");
    if (link) link.search = new URLSearchParams({ next: location.pathname }).toString();
  }

  signedIn(hasText: boolean): void {
    this.#signIn.hidden = true;
    this.say(hasText ? BACK : "");
  }

  /** Too many tabs are open. What was just said of a send goes before it; the sentence comes once that is over. */
  crowded(isCrowded: boolean): void {
    this.#isCrowded = isCrowded;
    if (isCrowded ? !this.text : this.text === CROWDED) this.pass();
  }

  /** Lets go of what was said of a text that is now another; what holds on is said on. */
  pass(): void {
    this.say(this.#isCrowded ? CROWDED : "");
  }

  get #note(): HTMLElement {
    return part(this.#composer, "note");
  }

  get #again(): HTMLElement {
    return part(this.#composer, "try-again");
  }

  get #signIn(): HTMLElement {
    return part(this.#composer, "sign-in");
  }
}
